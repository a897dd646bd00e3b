"""Routes of accounts: the door, oneself, the people, the workspace."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from crm.accounts.views import door, people, profile  # noqa: E402, F401 - the routes hang themselves on `bp`
