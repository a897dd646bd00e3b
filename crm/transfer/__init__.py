"""Contacts in and out as files.

Words: an *import* is one file brought in; its *rows* go in, are left out with a reason, or fail with one. Stands on tags
and contacts.
"""
