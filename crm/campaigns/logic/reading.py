"""A campaign file, read strictly: what cannot be understood is refused by name, never passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from crm.campaigns.logic.draft import EXITS_TO_BEGIN_WITH, CampaignDraft, CampaignFileError, StepDraft
from crm.campaigns.logic.yaml_text import read_yaml
from crm.core.calendars import WEEKDAY_CODES, Calendar, parse_date, zone
from crm.core.messages import N_
from crm.core.text import clean_line, clean_text, normalise_email, slugify
from crm.sequences.logic.schedule import Wait, WaitUnit, read_time, window_of
from crm.sequences.logic.walk import EXITS

KEYS = (
    "campaign", "audience", "enrol", "re_entry", "exclude", "exit_on", "goal", "window", "cap", "over_cap", "priority",
    "uncertain", "calendar", "sender", "steps",
)  # fmt: skip
LATER_KINDS = (
    "wait", "branch", "split", "add_tag", "remove_tag", "set_field", "add_score", "task", "notify", "webhook",
    "start_campaign", "exit",
)  # fmt: skip
MOST_STEPS = 200
LONGEST_WAIT = 10_000
_WAIT = re.compile(r"(\d{1,5})\s+(hour|day|business_day|business day|week|month)s?")
_RE_ENTRY = re.compile(r"after\s+(\d{1,4})\s+days?")


def read_campaign(text: str) -> CampaignDraft:
    """What a file says; raises CampaignFileError with the place. Rules and merge fields are checked by the service."""
    top = _mapping(read_yaml(text), "", KEYS)
    for key in ("campaign", "audience", "steps"):
        if top.get(key) is None:
            raise CampaignFileError(N_("%(path)s is missing."), key)
    return CampaignDraft(
        name=_line(top["campaign"], "campaign", 120),
        audience=_rule(top["audience"], "audience"),
        enrols=_one_of(top, "enrol", ("continuously", "once")),
        re_entry_days=_re_entry(top.get("re_entry")),
        exclude=_rule(top["exclude"], "exclude") if top.get("exclude") is not None else None,
        exit_on=_exits(top.get("exit_on")),
        goal=_rule(top["goal"], "goal") if top.get("goal") is not None else None,
        window=_window(top.get("window")),
        cap=_cap(top.get("cap")),
        over_cap=_one_of(top, "over_cap", ("defer", "drop")),
        priority=_whole(top.get("priority", 0), "priority", -1000, 1000),
        uncertain=_one_of(top, "uncertain", ("hold", "resend")),
        calendar=_one_of(top, "calendar", (Calendar.GREGORIAN.value, Calendar.JALALI.value)),
        sender=_sender(top.get("sender")),
        steps=_steps(top["steps"]),
    )


def read_wait(text: str, path: str) -> Wait:
    """`7 days`, `1 week`, `2 business_days`."""
    written = _WAIT.fullmatch(text.strip().lower())
    if written is None or int(written[1]) > LONGEST_WAIT:
        raise CampaignFileError(
            N_("%(path)s: write a number and hours, days, business_days, weeks or months, as in “7 days”."),
            path,
        )
    return Wait(int(written[1]), WaitUnit(written[2].replace(" ", "_") + "s"))


def _steps(written: Any) -> list[StepDraft]:
    if not isinstance(written, list):
        raise CampaignFileError(N_("%(path)s: write a list of steps here."), "steps")
    if len(written) > MOST_STEPS:
        raise CampaignFileError(
            N_("%(path)s: a campaign has up to %(most)s steps."), "steps", most=MOST_STEPS
        )
    steps = [_step(step, f"steps[{number}]") for number, step in enumerate(written)]
    names = [slugify(step.name) for step in steps]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise CampaignFileError(
                N_("%(path)s: another step is called “%(name)s” already."),
                f"steps[{number}].email.name",
                name=steps[number].name,
            )
    return steps


def _step(written: Any, path: str) -> StepDraft:
    step = _mapping(written, path, None)
    for kind in LATER_KINDS[1:]:
        if kind in step:
            raise CampaignFileError(
                N_("%(path)s: steps of the kind “%(kind)s” are not possible yet; this version sends emails with waits."),
                f"{path}.{kind}", kind=kind,
            )  # fmt: skip
    if "email" not in step and "wait" in step:
        raise CampaignFileError(
            N_("%(path)s: a wait belongs to the email that follows it; write it beside “email”."),
            f"{path}.wait",
        )
    _refuse_unknown(step, path, ("email", "wait"))
    if "email" not in step:
        raise CampaignFileError(N_("%(path)s is missing."), f"{path}.email")
    email = _mapping(step["email"], f"{path}.email", ("name", "subject", "body"))
    for key in ("name", "subject", "body"):
        if email.get(key) is None:
            raise CampaignFileError(N_("%(path)s is missing."), f"{path}.email.{key}")
    name = _line(email["name"], f"{path}.email.name", 120)
    if not slugify(name):
        raise CampaignFileError(N_("%(path)s: a name needs a letter or a digit."), f"{path}.email.name")
    return StepDraft(
        name,
        _line(email["subject"], f"{path}.email.subject", 998),
        _text(email["body"], f"{path}.email.body"),
        _wait(step.get("wait", "0 days"), f"{path}.wait"),
    )


def _wait(written: Any, path: str) -> Wait:
    if isinstance(written, dict):
        raise CampaignFileError(
            N_(
                "%(path)s: waiting until a weekday, a date field or an event is not possible yet; write a length, as in “7 days”."
            ),
            path,
        )
    return read_wait(written if isinstance(written, str) else str(written), path)


def _window(written: Any) -> dict[str, Any]:
    readers: dict[str, Callable[[Any, str], Any]] = {
        "days": _days, "from": _time, "to": _time, "timezone": partial(_timezone, or_contact=True),
        "fallback_timezone": _timezone, "holidays": _holidays,
    }  # fmt: skip
    window = _mapping(written if written is not None else {}, "window", tuple(readers))
    found = {
        key: read(window[key], f"window.{key}")
        for key, read in readers.items()
        if window.get(key) is not None
    }
    try:
        window_of(found, "UTC")
    except ValueError as problem:
        raise CampaignFileError(N_("%(path)s: %(problem)s"), "window", problem=str(problem)) from None
    return found


def _days(written: Any, path: str) -> list[str]:
    days = _list(written, path)
    for day in days:
        if day not in WEEKDAY_CODES:
            raise CampaignFileError(N_("%(path)s: days are mon, tue, wed, thu, fri, sat and sun."), path)
    return [code for code in WEEKDAY_CODES if code in days]


def _holidays(written: Any, path: str) -> list[str]:
    return [_day(day, f"{path}[{number}]") for number, day in enumerate(_list(written, path))]


def _time(written: Any, path: str) -> str:
    try:
        read_time(str(written))
    except ValueError:
        raise CampaignFileError(N_("%(path)s: write a time of day, as in “09:00”."), path) from None
    return str(written)


def _timezone(written: Any, path: str, *, or_contact: bool = False) -> str:
    if or_contact and written == "contact":
        return "contact"
    try:
        return zone(str(written)).key
    except ValueError:
        raise CampaignFileError(
            N_("%(path)s: there is no time zone “%(name)s”."), path, name=str(written)[:60]
        ) from None


def _day(written: Any, path: str) -> str:
    try:
        return parse_date(str(written)).isoformat()
    except ValueError as problem:
        raise CampaignFileError(N_("%(path)s: %(problem)s"), path, problem=str(problem)) from None


def _cap(written: Any) -> dict[str, int]:
    cap = _mapping(written if written is not None else {}, "cap", ("day", "week", "month"))
    return {unit: _whole(limit or 0, f"cap.{unit}", 0, 10_000) for unit, limit in cap.items()}


def _sender(written: Any) -> dict[str, str]:
    sender = _mapping(written if written is not None else {}, "sender", ("name", "email", "reply_to"))
    found = {}
    for key, value in sender.items():
        line = _line(value, f"sender.{key}", 254)
        try:
            found[key] = line if key == "name" else normalise_email(line)
        except ValueError as problem:
            raise CampaignFileError(
                N_("%(path)s: %(problem)s"), f"sender.{key}", problem=str(problem)
            ) from None
    if found and "email" not in found:
        raise CampaignFileError(N_("%(path)s is missing."), "sender.email")
    return found


def _exits(written: Any) -> list[str]:
    if written is None:
        return list(EXITS_TO_BEGIN_WITH)
    exits = _list(written, "exit_on")
    for number, name in enumerate(exits):
        if name not in EXITS:
            raise CampaignFileError(
                N_("%(path)s: “%(name)s” is no way out; possible are %(possible)s."),
                f"exit_on[{number}]", name=str(name)[:60], possible=", ".join(EXITS),
            )  # fmt: skip
    return [name for name in EXITS if name in exits]


def _re_entry(written: Any) -> int | None:
    if written in (None, "never"):
        return None
    found = _RE_ENTRY.fullmatch(str(written).strip().lower())
    if found is None or not int(found[1]):
        raise CampaignFileError(N_("%(path)s: write “never” or “after 90 days”."), "re_entry")
    return int(found[1])


def _rule(written: Any, path: str) -> dict[str, Any]:
    """Only that it is a clause; whether it can be understood the rules themselves say."""
    if not isinstance(written, dict) or not written:
        raise CampaignFileError(N_("%(path)s: write a rule here, as in {tag: pricing-page}."), path)
    return dict(written)


def _one_of(top: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    written = top.get(key)
    if written is not None and written not in choices:
        raise CampaignFileError(N_("%(path)s: write one of %(possible)s."), key, possible=", ".join(choices))
    return str(written or choices[0])


def _mapping(written: Any, path: str, keys: tuple[str, ...] | None) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise CampaignFileError(N_("%(path)s: write keys and values here."), path)
    if keys is not None:
        _refuse_unknown(written, path, keys)
    return written


def _refuse_unknown(written: Mapping[str, Any], path: str, keys: tuple[str, ...]) -> None:
    for key in written:
        if key not in keys:
            raise CampaignFileError(
                N_("%(path)s is not known here; possible are %(possible)s."),
                f"{path}.{key}" if path else str(key)[:60], possible=", ".join(keys),
            )  # fmt: skip


def _list(written: Any, path: str) -> list[Any]:
    if not isinstance(written, list):
        raise CampaignFileError(N_("%(path)s: write a list here, as in [a, b]."), path)
    return written


def _whole(written: Any, path: str, low: int, high: int) -> int:
    if not isinstance(written, int) or isinstance(written, bool) or not low <= written <= high:
        raise CampaignFileError(
            N_("%(path)s: write a whole number from %(low)s to %(high)s."), path, low=low, high=high
        )
    return written


def _line(written: Any, path: str, longest: int) -> str:
    found = clean_line(_text(written, path))
    if len(found) > longest:
        raise CampaignFileError(N_("%(path)s: this has more than %(count)s signs."), path, count=longest)
    return found


def _text(written: Any, path: str) -> str:
    if isinstance(written, dict | list) or written is None:
        raise CampaignFileError(N_("%(path)s: write text here."), path)
    try:
        found = clean_text(str(written))
    except ValueError as problem:
        raise CampaignFileError(N_("%(path)s: %(problem)s"), path, problem=str(problem)) from None
    if not found:
        raise CampaignFileError(N_("%(path)s is empty."), path)
    return found
