"""What a review found, as lines with a way to mend each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.accounts.permissions import Settings
from crm.campaigns.service.checks import Finding, Review, Weight
from crm.sequences.models import Sequence as Campaign
from crm.web.access import viewer
from crm.web.i18n import format_number


@dataclass(frozen=True, slots=True)
class Check:
    text: str
    is_fine: bool = True
    blocks: bool = False
    """It cannot start until this is mended."""
    fix_url: str | None = None
    fix_label: str = ""


def checks_of(campaign: Campaign, found: Review, step_count: int) -> list[Check]:
    """What is wrong first, then what was looked at and is right."""
    wrong = sorted(found.findings, key=lambda each: each.weight is not Weight.STOPS)
    return [*(_check(campaign, finding) for finding in wrong), *_right(found, step_count)]


def _check(campaign: Campaign, finding: Finding) -> Check:
    params = {
        name: format_number(value) if isinstance(value, int) else value
        for name, value in finding.params.items()
    }
    url, label = _fix(campaign, finding)
    return Check(_(finding.message, **params), False, finding.weight is Weight.STOPS, url, label)


def _fix(campaign: Campaign, finding: Finding) -> tuple[str | None, str]:
    if finding.code == "sender":
        return url_for("campaigns.settings", campaign_id=campaign.id), _("Set the sender")
    if finding.code == "postal_address":
        return (url_for("accounts.general") if viewer().can(Settings.MANAGE) else None), _("Fill it in")
    if finding.code in ("nobody", "unreachable", "audience"):
        return url_for("campaigns.audience", campaign_id=campaign.id), _("Look at the people")
    if finding.code == "no_steps":
        return url_for("campaigns.sequence", campaign_id=campaign.id), _("Add a step")
    return url_for("campaigns.sequence", campaign_id=campaign.id, step=finding.step), _("Open the step")


def _right(found: Review, step_count: int) -> list[Check]:
    codes = {finding.code for finding in found.findings}
    lines = []
    if step_count and not codes & {"empty_step", "unreadable", "unknown_field"}:
        lines.append(
            ngettext(
                "%(count)s mail can be put together",
                "%(count)s mails can be put together",
                step_count,
                count=format_number(step_count),
            )
        )
    if found.audience and "unreachable" not in codes:
        lines.append(_("Everyone who fits can be emailed"))
    if "sender" not in codes:
        lines.append(_("There is a sender address"))
    if "postal_address" not in codes:
        lines.append(_("The postal address stands at the foot"))
    return [Check(line) for line in [*lines, _("Every mail carries a way to unsubscribe")]]
