"""The one append-only stream of facts, and the before-images behind every undo.

Words: an *activity* is one fact on the timeline; a *change set* is one act that can be taken back.
Stands on accounts. Contacts lies above, so its foreign key is named as text and there is no relationship.
"""
