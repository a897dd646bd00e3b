"""Sequences whose steps are mails: audience, content, calendar, report, and the campaign as a text file.

Stands on sequences. A campaign *is* a sequence with mails in it, so there is no table of its own.
"""
