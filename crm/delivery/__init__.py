"""One message to one address, at most once: content, the outbox, senders, suppression, opens and clicks.

Words: a *message* is one email to one address; *content* is what a message says before anybody's data is in it;
a *suppression* is an address we must not write to. Stands on contacts, activity and accounts.
"""
