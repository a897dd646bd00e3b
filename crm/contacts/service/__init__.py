"""What can be done with contacts: one by one, and many at once."""

from crm.contacts.service.bulk import (
    Actor,
    archive_contacts,
    archive_step,
    create_contacts_bulk,
    delete_contacts,
    restore_contacts,
    restore_step,
    update_contacts_bulk,
)
from crm.contacts.service.facts import Facts, clean_facts
from crm.contacts.service.single import (
    DuplicateEmail,
    archive_contact,
    create_contact,
    restore_contact,
    undo_update,
    update_contact,
    write_note,
)
from crm.contacts.service.upkeep import mark_email, note_activity

__all__ = [
    "Actor",
    "DuplicateEmail",
    "Facts",
    "archive_contact",
    "archive_contacts",
    "archive_step",
    "clean_facts",
    "create_contact",
    "create_contacts_bulk",
    "delete_contacts",
    "mark_email",
    "note_activity",
    "restore_contact",
    "restore_contacts",
    "restore_step",
    "undo_update",
    "update_contact",
    "update_contacts_bulk",
    "write_note",
]
