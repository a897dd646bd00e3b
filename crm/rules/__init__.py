"""The one question language about contacts: read, asked of the database, explained, said as a sentence.

Words: a *rule* is a tree of *clauses*; a *field* is what is known of a contact, a *fact* what happened to
one; the *vocabulary* holds the fields, facts, tags and segments that features plug in. Stands on core and
knows no feature.
"""
