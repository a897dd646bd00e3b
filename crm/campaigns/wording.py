"""What the campaign pages say in sentences: windows, waits, outcomes. Whole sentences, in the viewer's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from crm.campaigns.board import PersonRow
from crm.campaigns.labels import outcome_label
from crm.campaigns.timeline import Card
from crm.core.calendars import WEEKDAY_CODES, WEEKDAY_NAMES, local_time, parse_date, parts
from crm.core.paging import Page
from crm.sequences.logic.schedule import Wait, WaitUnit, read_time
from crm.sequences.models import Sequence as Campaign
from crm.sequences.models import SequenceStatus
from crm.web.i18n import (
    current_preferences,
    digits,
    format_date,
    format_date_short,
    format_list,
    format_number,
    format_time,
    lang,
    month_name,
    today,
    viewer_calendar,
)  # fmt: skip
from crm.web.i18n.sentences import gettext as _
from crm.web.i18n.sentences import ngettext


def wait_label(wait: Wait, is_folded: bool = False) -> str:
    """What stands on the pill between two steps."""
    if wait.amount == 0:
        return _("At once")
    count = format_number(wait.amount)
    if is_folded:
        return ngettext("Then every month", "Then every %(count)s months", wait.amount, count=count)
    says: dict[WaitUnit, Callable[[], str]] = {
        WaitUnit.HOURS: lambda: ngettext(
            "Wait %(count)s hour", "Wait %(count)s hours", wait.amount, count=count
        ),
        WaitUnit.DAYS: lambda: ngettext(
            "Wait %(count)s day", "Wait %(count)s days", wait.amount, count=count
        ),
        WaitUnit.BUSINESS_DAYS: lambda: ngettext(
            "Wait %(count)s business day", "Wait %(count)s business days", wait.amount, count=count
        ),
        WaitUnit.WEEKS: lambda: ngettext(
            "Wait %(count)s week", "Wait %(count)s weeks", wait.amount, count=count
        ),
        WaitUnit.MONTHS: lambda: ngettext(
            "Wait %(count)s month", "Wait %(count)s months", wait.amount, count=count
        ),
    }
    return says[wait.unit]()


def every_label(wait: Wait) -> str:
    """How often the steps of a monthly tail come."""
    return ngettext("Every month", "Every %(count)s months", wait.amount, count=format_number(wait.amount))


def window_sentence(window: Mapping[str, Any]) -> str:
    """On which days and between which hours messages may go."""
    days = _days_in_words(window.get("days") or WEEKDAY_CODES)
    opens, closes = window.get("from") or "00:00", window.get("to") or "24:00"
    if opens == "00:00" and closes in ("00:00", "24:00"):
        return _("Sends %(days)s, at any hour", days=days)
    return _("Sends %(days)s, %(opens)s to %(closes)s", days=days, opens=_clock(opens), closes=_clock(closes))


def window_details(campaign: Campaign) -> str:
    """Whose clock counts, what is left out, and how much one person gets."""
    window = campaign.window
    zone = window.get("timezone", "contact")
    said = [
        _("By each person’s own clock.")
        if zone == "contact"
        else _("By the clock of %(zone)s.", zone=str(zone).replace("_", " "))
    ]
    holidays = len(window.get("holidays") or ())
    if holidays:
        said.append(
            ngettext(
                "Nothing on %(count)s holiday.",
                "Nothing on %(count)s holidays.",
                holidays,
                count=format_number(holidays),
            )
        )
    said += [_cap_in_words(unit, limit) for unit, limit in (campaign.cap or {}).items() if limit]
    return " ".join(said)


def enrolment_sentence(enrols: str, count: int) -> str:
    if enrols == "once":
        return ngettext(
            "%(count)s person now, nobody later",
            "%(count)s people now, nobody later",
            count,
            count=format_number(count),
        )
    return ngettext(
        "%(count)s person now, and whoever comes to fit later",
        "%(count)s people now, and whoever comes to fit later",
        count,
        count=format_number(count),
    )


def reach_sentence(campaign: Campaign, count: int, waiting: int) -> str:
    """For how many a step, or a change of it, is."""
    if campaign.status in (SequenceStatus.DRAFT, SequenceStatus.SCHEDULED):
        return ngettext(
            "Reaches up to %(count)s person.",
            "Reaches up to %(count)s people.",
            count,
            count=format_number(count),
        )
    return ngettext(
        "A change holds for the %(count)s person who has not reached this step.",
        "A change holds for the %(count)s people who have not reached this step.",
        waiting,
        count=format_number(waiting),
    )


def start_sentence(count: int, cards: Sequence[Card]) -> str:
    """What the button will set going."""
    if not cards:
        return ""
    return ngettext(
        "%(count)s person gets the first mail from %(day)s on.",
        "%(count)s people get the first mail from %(day)s on.",
        count,
        count=format_number(count),
        day=format_date(cards[0].goes_on),
    )


def dates_sentence(cards: Sequence[Card]) -> str:
    """How often, and the first of the dates."""
    dates = format_list([format_date_short(card.goes_on) for card in cards[:3]])
    return ngettext(
        "%(count)s time: %(dates)s",
        "%(count)s times: %(dates)s",
        len(cards),
        count=format_number(len(cards)),
        dates=dates,
    )


def moves_label(day: date) -> str:
    name = WEEKDAY_NAMES[lang()][day.weekday()]
    return _("moves to %(day)s", day=name[:3] if lang() == "en" else name)


def local_time_of(moment: datetime, timezone: str) -> str:
    """The time of day on the clocks of the person of the example, not on the viewer's."""
    return format_time(local_time(moment, timezone).time())


def day_number(day: date) -> Markup:
    """The number in a calendar cell; the first of a month says which."""
    written = parts(day, viewer_calendar())
    number = digits(written.day)
    if written.day != 1 or written[:2] == parts(today(), viewer_calendar())[:2]:
        return escape(number)
    name = month_name(written.month)
    return Markup('{}<span class="mo"> {}</span>').format(number, name[:3] if lang() == "en" else name)


def parse_join(text: str) -> tuple[date | None, str | None]:
    """The day that was typed, or what is wrong with it."""
    if not text:
        return None, None
    try:
        return parse_date(text), None
    except ValueError as problem:
        return None, _(str(problem))


def _days_in_words(codes: Sequence[str]) -> str:
    first = current_preferences().week_begins
    in_order = [(first + n) % 7 for n in range(7)]
    chosen = [day for day in in_order if WEEKDAY_CODES[day] in codes]
    names = [WEEKDAY_NAMES[lang()][day] for day in chosen]
    if len(chosen) == 7:
        return _("every day")
    places = [in_order.index(day) for day in chosen]
    if len(chosen) > 2 and places == list(range(places[0], places[0] + len(places))):
        return _("%(first)s to %(last)s", first=names[0], last=names[-1])
    return format_list(names)


def _cap_in_words(unit: str, limit: int) -> str:
    count = format_number(limit)
    says: dict[str, Callable[[], str]] = {
        "day": lambda: ngettext(
            "At most %(count)s mail a day.", "At most %(count)s mails a day.", limit, count=count
        ),
        "week": lambda: ngettext(
            "At most %(count)s mail a week.", "At most %(count)s mails a week.", limit, count=count
        ),
        "month": lambda: ngettext(
            "At most %(count)s mail a month.", "At most %(count)s mails a month.", limit, count=count
        ),
    }
    return says[unit]()


def _clock(text: str) -> str:
    return digits("24:00") if text in ("24:00", "00:00") else format_time(read_time(text))


def people_heading(asked: Mapping[str, str], page: Page[PersonRow]) -> str:
    """What the people of this list have in common, and how many they are."""
    what = outcome_label(asked.get("outcome") or asked.get("who") or "all")
    step = (
        next((row.step_name for row in page.rows if row.step_name), asked.get("step"))
        if asked.get("step")
        else None
    )
    count = format_number(page.total)
    if step:
        return ngettext("%(what)s at “%(step)s”: %(count)s person", "%(what)s at “%(step)s”: %(count)s people", page.total,
                        what=what, step=step, count=count)  # fmt: skip
    return ngettext(
        "%(what)s: %(count)s person", "%(what)s: %(count)s people", page.total, what=what, count=count
    )


def count_link(url: str, count: int) -> Markup:
    """A number that leads to its people; nought leads nowhere."""
    number = format_number(count)
    return (
        Markup('<a class="link" href="{}">{}</a>').format(url, number)
        if count
        else Markup('<span class="muted">{}</span>').format(number)
    )
