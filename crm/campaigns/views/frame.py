"""What every page of one campaign needs: the campaign, its parts as tabs, and what its reader may do."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from crm.campaigns import board
from crm.campaigns.permissions import Campaigns
from crm.sequences.models import Sequence as Campaign
from crm.sequences.models import SequenceStatus
from crm.web.access import viewer

UNTOUCHED = (SequenceStatus.DRAFT, SequenceStatus.SCHEDULED)


def frame(campaign: Campaign, here: str) -> dict[str, Any]:
    """`here` is the part that is open: sequence, audience, settings, report, or review."""
    parts = [
        ("sequence", _("Sequence"), board.count_steps(campaign)),
        ("audience", _("Audience"), board.count_audience(campaign)),
        ("settings", _("Settings"), None),
        ("report", _("Report"), None),
    ]
    tabs = [
        {
            "label": label,
            "url": url_for(f"campaigns.{name}", campaign_id=campaign.id),
            "is_current": name == here,
            "count": count,
        }
        for name, label, count in parts
    ]
    return {
        "campaign": campaign,
        "tabs": tabs,
        "may_edit": viewer().can(Campaigns.EDIT) and campaign.status is not SequenceStatus.FINISHED,
        "may_send": viewer().can(Campaigns.SEND_MANY),
    }
