"""Routes of contacts: the list, one person, and acts on many."""

from flask import Blueprint

bp = Blueprint("contacts", __name__)

from crm.contacts.views import listing, many, single  # noqa: E402, F401 - the routes hang themselves on `bp`
