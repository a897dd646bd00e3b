"""Routes of tags: the page they are managed on, and putting them on people."""

from flask import Blueprint

bp = Blueprint("tags", __name__)

from crm.tags.views import carry, manage  # noqa: E402, F401 - the routes hang themselves on `bp`
