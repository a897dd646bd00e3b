"""Labels on contacts, in groups.

Words: a *tag* is a label given by hand or by rule; a *tag group* gathers tags that answer one question, an exclusive
group lets a contact hold one of them. Stands on contacts.
"""
