"""Routes of the API, one module per resource."""

from crm.api.blueprint import bp

__all__ = ["bp"]

from crm.api.openapi import describe_on_registration
from crm.api.views import (  # noqa: F401 - the routes hang themselves on `bp`
    activities,
    campaigns,
    contacts,
    description,
    enrolments,
    messages,
    segments,
    tags,
)

describe_on_registration(bp)
