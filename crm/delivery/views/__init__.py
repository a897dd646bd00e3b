"""Routes of delivery: the outbox, how sending stands, and the public pages that links in mails lead to."""

from flask import Blueprint

bp = Blueprint("delivery", __name__)

from crm.delivery.views import outbox, status, unsubscribe  # noqa: E402, F401 - the routes hang themselves on `bp`
