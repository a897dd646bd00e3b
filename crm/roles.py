"""The one table: built-in role × permission → reach. It names every feature's permissions, so it stands near the top."""

from __future__ import annotations

from crm.accounts.permissions import Roles, Settings, Tokens, Users
from crm.activity.permissions import Activities, Changes
from crm.campaigns.permissions import Campaigns
from crm.contacts.permissions import Contacts, Leads
from crm.core.messages import N_
from crm.core.permissions import Permission, Reach, register_permissions, register_roles
from crm.delivery.permissions import Delivery, Messages
from crm.tags.permissions import Tags
from crm.transfer.permissions import Imports

NONE, OWN, TEAM, ALL = Reach.NONE, Reach.OWN, Reach.TEAM, Reach.ALL

WORDS = {
    "admin": (N_("Admin"), N_("everything, people and settings too")),
    "manager": (N_("Manager"), N_("all work of the team, without people and settings")),
    "marketing": (N_("Marketing"), N_("contacts, tags, imports and campaigns")),
    "sales": (N_("Sales person"), N_("contacts and tags, without campaigns")),
    "support": (N_("Support"), N_("contacts, without lead qualification and campaigns")),
    "viewer": (N_("Viewer"), N_("looks at contacts and changes nothing")),
}
ORDER = tuple(WORDS)

TABLE: dict[Permission, tuple[Reach, Reach, Reach, Reach, Reach, Reach]] = {
    #                      admin manager marketing sales support viewer
    Contacts.VIEW:         (ALL, ALL, ALL, ALL, ALL, ALL),
    Contacts.CREATE:       (ALL, ALL, ALL, ALL, ALL, NONE),
    Contacts.EDIT:         (ALL, ALL, ALL, ALL, ALL, NONE),
    Contacts.EXPORT:       (ALL, ALL, ALL, NONE, NONE, NONE),
    Contacts.BULK_EDIT:    (ALL, ALL, ALL, ALL, NONE, NONE),
    Leads.VIEW:            (ALL, ALL, ALL, ALL, NONE, ALL),
    Leads.EDIT:            (ALL, ALL, ALL, ALL, NONE, NONE),
    Tags.VIEW:             (ALL, ALL, ALL, ALL, ALL, ALL),
    Tags.MANAGE:           (ALL, ALL, ALL, NONE, NONE, NONE),
    Activities.VIEW:       (ALL, ALL, ALL, ALL, ALL, ALL),
    Activities.CREATE:     (ALL, ALL, ALL, ALL, ALL, NONE),
    Changes.VIEW:          (ALL, ALL, ALL, ALL, ALL, NONE),
    Changes.UNDO_ALL:      (ALL, ALL, NONE, NONE, NONE, NONE),
    Imports.VIEW:          (ALL, ALL, ALL, NONE, NONE, NONE),
    Imports.CREATE:        (ALL, ALL, ALL, NONE, NONE, NONE),
    Campaigns.VIEW:        (ALL, ALL, ALL, NONE, NONE, ALL),
    Campaigns.CREATE:      (ALL, ALL, ALL, NONE, NONE, NONE),
    Campaigns.EDIT:        (ALL, ALL, ALL, NONE, NONE, NONE),
    Campaigns.DELETE:      (ALL, ALL, ALL, NONE, NONE, NONE),
    Campaigns.SEND_MANY:   (ALL, ALL, ALL, NONE, NONE, NONE),
    Messages.VIEW:         (ALL, ALL, ALL, NONE, NONE, NONE),
    Messages.MANAGE:       (ALL, ALL, ALL, NONE, NONE, NONE),
    Delivery.STATUS:       (ALL, ALL, NONE, NONE, NONE, NONE),
    Users.VIEW:            (ALL, ALL, NONE, NONE, NONE, NONE),
    Users.MANAGE:          (ALL, NONE, NONE, NONE, NONE, NONE),
    Roles.VIEW:            (ALL, ALL, NONE, NONE, NONE, NONE),
    Settings.MANAGE:       (ALL, NONE, NONE, NONE, NONE, NONE),
    Tokens.CREATE:         (ALL, ALL, ALL, ALL, NONE, NONE),
}  # fmt: skip


def install_roles() -> None:
    """Hand the permissions and the table to the registry that accounts looks names up in."""
    register_permissions(*dict.fromkeys(type(permission) for permission in TABLE))
    register_roles({
        role: {permission: row[place] for permission, row in TABLE.items()} for place, role in enumerate(ORDER)
    }, WORDS)  # fmt: skip
