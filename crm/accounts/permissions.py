"""What may be done with people who sign in and with the workspace."""

from __future__ import annotations

from crm.core.messages import N_
from crm.core.permissions import Permission


class Users(Permission):
    VIEW = "users:view", N_("See who has an account and which roles they hold")
    MANAGE = "users:manage", N_("Invite people, give roles, close accounts")


class Roles(Permission):
    VIEW = "roles:view", N_("See what each role may do")


class Settings(Permission):
    MANAGE = "settings:manage", N_("Change the workspace: name, language, sender, address")


class Tokens(Permission):
    CREATE = "tokens:create", N_("Make API tokens for oneself")
