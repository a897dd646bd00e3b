"""What the page of a sequence draws: the rail, the open step, and the calendar beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request, url_for

from crm.accounts.queries import get_workspace
from crm.campaigns import board, month, queries, timeline
from crm.campaigns.forms import StepForm
from crm.campaigns.views.frame import frame
from crm.campaigns.views.rules import rule_sentence
from crm.campaigns.wording import parse_join
from crm.core import clock
from crm.core.calendars import local_date
from crm.sequences.logic.schedule import Timetable, Timetables
from crm.sequences.models import Sequence as Campaign
from crm.sequences.models import Step
from crm.sequences.queries.people import MERGE_FIELDS
from crm.web.access import viewer
from crm.web.i18n import current_preferences, format_date_dense, today, viewer_calendar

KEPT = ("join", "month", "who", "unfold", "as")
"""Parts of the address that stay while steps are opened and saved."""
FIELDS_SHOWN = [name for name in sorted(MERGE_FIELDS) if not name.startswith("contact.company")]


def sequence_page(
    campaign: Campaign, *, open_key: str | None, form: StepForm | None = None, conflict: object = None
) -> dict[str, Any]:
    """Everything the page needs; `form` holds what was typed, `conflict` what somebody else saved meanwhile."""
    timetable = example_timetable(campaign)
    joined_on, join_error = parse_join(request.args.get("join", ""))
    join = joined_on or local_date(clock.now(), timetable.timezone)
    cards = timeline.cards_of(queries.list_steps(campaign.id), timetable, join)
    opened = next((card for card in cards if card.step.key == open_key), None)
    about = frame(campaign, "sequence")
    if opened and form is None and about["may_edit"]:
        form = step_form(opened.step)
    return {
        **about,
        **_opened(campaign, opened, form, conflict),
        **_calendar(campaign, cards, timetable, join),
        **_addresses(campaign, opened.step.key if opened else None),
        "cards": cards,
        "places": timeline.places_of(cards, open_key=open_key, unfolded="unfold" in request.args),
        "audience_text": rule_sentence(campaign.audience),
        "people_count": about["tabs"][1]["count"],
        "join_error": join_error,
        "join_text": request.args.get("join") if join_error else format_date_dense(join),
    }


def step_form(step: Step) -> StepForm:
    """The editor as the step stands now."""
    content = step.content
    return StepForm(
        formdata=None, amount=step.wait.get("amount", 0), unit=step.wait.get("unit", "days"), name=step.name,
        subject=content.subject if content else "", body=content.body if content else "", base=board.version_of(step),
    )  # fmt: skip


def example_timetable(campaign: Campaign) -> Timetable:
    """How the campaign reckons for somebody whose time zone is not known."""
    return Timetables(campaign.window, campaign.calendar, get_workspace().timezone).of(None)


def kept_of(args: Mapping[str, str]) -> dict[str, str]:
    return {name: args[name] for name in KEPT if args.get(name)}


def _opened(
    campaign: Campaign, opened: timeline.Card | None, form: StepForm | None, conflict: object
) -> dict[str, Any]:
    return {
        "open_key": opened.step.key if opened else None,
        "form": form if opened else None,
        "conflict": conflict,
        "samples": board.sample_people(campaign, viewer()) if opened and form else [],
        "shown_as": request.args.get("as", type=int),
        "merge_fields": [f"{{{{ {name} | default: '' }}}}" for name in FIELDS_SHOWN],
        "reach_count": queries.count_not_reached(opened.step) if opened else 0,
    }


def _calendar(
    campaign: Campaign, cards: list[timeline.Card], timetable: Timetable, join: date
) -> dict[str, Any]:
    who = "all" if request.args.get("who") == "all" else "one"
    shown = _asked_month() or join
    marks, ghosts = month.marks_of(cards)
    load = None
    if who == "all":
        load = board.foresee(
            campaign, timeline.joining_at(join, timetable), until=month.month_after(shown, viewer_calendar())
        )
        marks, ghosts = month.load_of(load.planned, cards), {}
    sheet = month.sheet_of(
        shown, viewer_calendar(), current_preferences().week_begins,
        window=timetable.window, today=today(), marks=marks, ghosts=ghosts,
    )  # fmt: skip
    busy = [cell for week in sheet.weeks for cell in week if cell.marks and not cell.is_out] if load else []
    return {
        "who": who,
        "join": join,
        "sheet": sheet,
        "busy_days": [(cell.day, cell.marks, sum(mark.count or 0 for mark in cell.marks)) for cell in busy],
        "is_estimate": load.is_estimate if load else False,
    }


def _asked_month() -> date | None:
    try:
        return date.fromisoformat(request.args.get("month", ""))
    except ValueError:
        return None


def _addresses(campaign: Campaign, open_key: str | None) -> dict[str, Any]:
    kept = kept_of(request.args)

    def address(endpoint: str, changes: dict[str, Any]) -> str:
        values: dict[str, Any] = {"step": open_key, **kept, **changes}
        if values["step"] != open_key:
            values.pop("as", None)
        return url_for(endpoint, campaign_id=campaign.id, **values)

    return {
        "kept": kept,
        "url": lambda **changes: address("campaigns.sequence", changes),
        "calendar_url": lambda **changes: address("campaigns.calendar", changes),
    }
