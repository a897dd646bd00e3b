"""What may be done with contacts."""

from crm.core.permissions import Permission


class Contacts(Permission):
    VIEW = "contacts:view", "See contacts, find and filter them"
    CREATE = "contacts:create", "Add contacts"
    EDIT = "contacts:edit", "Change, tag, archive and restore contacts one by one"
    BULK_EDIT = "contacts:bulk_edit", "Change, tag and archive many contacts at once"
    EXPORT = "contacts:export", "Take contacts out as a file"
    QUALIFY = "contacts:qualify", "See and change the fields that qualify a lead: status, budget, need and the like"
