"""What may be done with contacts, and with the fields that qualify them as leads."""

from __future__ import annotations

from crm.core.messages import N_
from crm.core.permissions import Permission


class Contacts(Permission):
    VIEW = "contacts:view", N_("See contacts, find and filter them")
    CREATE = "contacts:create", N_("Add contacts")
    EDIT = "contacts:edit", N_("Change, tag, archive and restore a contact")
    EXPORT = "contacts:export", N_("Take contacts out as a file")
    BULK_EDIT = "contacts:bulk_edit", N_("Change, tag and archive many contacts at once")


class Leads(Permission):
    VIEW = "leads:view", N_("See what qualifies a contact as a lead: status, budget, need and the like")
    EDIT = "leads:edit", N_("Change what qualifies a contact as a lead")
