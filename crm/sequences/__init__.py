"""The engine that walks a contact through steps over time: enrolment, waits, windows, outcomes, and foreseeing them.

Words: a *sequence* is ordered steps; an *enrolment* is one contact's way through one; each *step run* settles once,
with an outcome and a reason. Stands on delivery, tags and contacts; campaigns and workflows stand on it.
"""
