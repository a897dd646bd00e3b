"""Routes of campaigns: the list, the sequence and its calendar, audience, settings, review, report."""

from flask import Blueprint

bp = Blueprint("campaigns", __name__)

from crm.campaigns.views import audience, index, report, run, sequence, settings, steps  # noqa: E402, F401 - the routes hang themselves on `bp`
