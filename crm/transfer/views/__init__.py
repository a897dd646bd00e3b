"""Routes of imports and exports."""

from flask import Blueprint

bp = Blueprint("transfer", __name__)

from crm.transfer.views import going_out, outcome, wizard  # noqa: E402, F401 - the routes hang themselves on `bp`
