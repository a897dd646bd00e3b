"""People and companies: their facts, who may see them, and the list they are found in.

Words: a *contact* is a person we know; a *company* is an organisation contacts belong to; an *owner* is the user
responsible. Stands on activity and accounts; tags, segments and everything else stand on it.
"""
