"""The sentences rules are read back with: a whole phrase for each operator and for its opposite."""

from __future__ import annotations

from typing import Protocol

from crm.core.messages import N_
from crm.rules.operators import Operator


class Translations(Protocol):
    """What gettext's translation objects do."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...


FIELD_PHRASES: dict[Operator, tuple[str, str]] = {
    Operator.IS: (N_("whose %(field)s is %(value)s"), N_("whose %(field)s is not %(value)s or not known")),
    Operator.IS_NOT: (
        N_("whose %(field)s is known and not %(value)s"),
        N_("whose %(field)s is %(value)s or not known"),
    ),
    Operator.IN: (
        N_("whose %(field)s is one of %(value)s"),
        N_("whose %(field)s is none of %(value)s or not known"),
    ),
    Operator.NOT_IN: (
        N_("whose %(field)s is known and none of %(value)s"),
        N_("whose %(field)s is one of %(value)s or not known"),
    ),
    Operator.CONTAINS: (
        N_("whose %(field)s contains %(value)s"),
        N_("whose %(field)s does not contain %(value)s or is not known"),
    ),
    Operator.STARTS_WITH: (
        N_("whose %(field)s starts with %(value)s"),
        N_("whose %(field)s does not start with %(value)s or is not known"),
    ),
    Operator.ENDS_WITH: (
        N_("whose %(field)s ends with %(value)s"),
        N_("whose %(field)s does not end with %(value)s or is not known"),
    ),
    Operator.KNOWN: (N_("whose %(field)s is known"), N_("whose %(field)s is not known")),
    Operator.UNKNOWN: (N_("whose %(field)s is not known"), N_("whose %(field)s is known")),
    Operator.LT: (
        N_("whose %(field)s is less than %(value)s"),
        N_("whose %(field)s is not less than %(value)s or not known"),
    ),
    Operator.LTE: (
        N_("whose %(field)s is at most %(value)s"),
        N_("whose %(field)s is not at most %(value)s or not known"),
    ),
    Operator.GT: (
        N_("whose %(field)s is more than %(value)s"),
        N_("whose %(field)s is not more than %(value)s or not known"),
    ),
    Operator.GTE: (
        N_("whose %(field)s is at least %(value)s"),
        N_("whose %(field)s is not at least %(value)s or not known"),
    ),
    Operator.BETWEEN: (
        N_("whose %(field)s is between %(first)s and %(last)s"),
        N_("whose %(field)s is not between %(first)s and %(last)s or not known"),
    ),
    Operator.BEFORE: (
        N_("whose %(field)s is before %(value)s"),
        N_("whose %(field)s is not before %(value)s or not known"),
    ),
    Operator.AFTER: (
        N_("whose %(field)s is after %(value)s"),
        N_("whose %(field)s is not after %(value)s or not known"),
    ),
}
# Days in order of time are before and after each other, not less and more.
DAY_ORDER_PHRASES: dict[Operator, tuple[str, str]] = {
    Operator.LT: FIELD_PHRASES[Operator.BEFORE],
    Operator.GT: FIELD_PHRASES[Operator.AFTER],
    Operator.LTE: (
        N_("whose %(field)s is on or before %(value)s"),
        N_("whose %(field)s is not on or before %(value)s or not known"),
    ),
    Operator.GTE: (
        N_("whose %(field)s is on or after %(value)s"),
        N_("whose %(field)s is not on or after %(value)s or not known"),
    ),
}


def day_count_phrase(said: Translations, operator: Operator, days: int, *, holds: bool) -> str:
    """The template for an operator that counts days from today, with places for the field and the days."""
    if days == 0 and operator in (Operator.WITHIN_DAYS, Operator.WITHIN_NEXT_DAYS):
        today = N_("whose %(field)s is today"), N_("whose %(field)s is not today or not known")
        return said.gettext(today[0] if holds else today[1])
    phrase = {
        Operator.WITHIN_DAYS: _last_days,
        Operator.WITHIN_NEXT_DAYS: _next_days,
        Operator.OLDER_THAN_DAYS: _days_ago,
        Operator.ANNIVERSARY_WITHIN_DAYS: _anniversary,
    }[operator]
    return phrase(said, days, holds)


def _last_days(said: Translations, days: int, holds: bool) -> str:
    if holds:
        return said.ngettext(
            "whose %(field)s lies in the last %(days)s day",
            "whose %(field)s lies in the last %(days)s days",
            days,
        )
    return said.ngettext(
        "whose %(field)s does not lie in the last %(days)s day or is not known",
        "whose %(field)s does not lie in the last %(days)s days or is not known",
        days,
    )


def _next_days(said: Translations, days: int, holds: bool) -> str:
    if holds:
        return said.ngettext(
            "whose %(field)s lies in the next %(days)s day",
            "whose %(field)s lies in the next %(days)s days",
            days,
        )
    return said.ngettext(
        "whose %(field)s does not lie in the next %(days)s day or is not known",
        "whose %(field)s does not lie in the next %(days)s days or is not known",
        days,
    )


def _days_ago(said: Translations, days: int, holds: bool) -> str:
    if holds:
        return said.ngettext(
            "whose %(field)s lies more than %(days)s day back",
            "whose %(field)s lies more than %(days)s days back",
            days,
        )
    return said.ngettext(
        "whose %(field)s does not lie more than %(days)s day back or is not known",
        "whose %(field)s does not lie more than %(days)s days back or is not known",
        days,
    )


def _anniversary(said: Translations, days: int, holds: bool) -> str:
    if days == 0:
        today = (
            N_("whose %(field)s has its anniversary today"),
            N_("whose %(field)s does not have its anniversary today or is not known"),
        )
        return said.gettext(today[0] if holds else today[1])
    if holds:
        return said.ngettext(
            "whose %(field)s has its anniversary in the next %(days)s day",
            "whose %(field)s has its anniversary in the next %(days)s days",
            days,
        )
    return said.ngettext(
        "whose %(field)s does not have its anniversary in the next %(days)s day or is not known",
        "whose %(field)s does not have its anniversary in the next %(days)s days or is not known",
        days,
    )


def window_phrase(said: Translations, days: int) -> str:
    """The template around a fact for when it happened."""
    if days == 0:
        return said.gettext(N_("%(did)s today"))
    return said.ngettext("%(did)s in the last %(days)s day", "%(did)s in the last %(days)s days", days)


def at_least_phrase(said: Translations, count: int) -> str:
    return said.ngettext("%(did)s at least %(count)s time", "%(did)s at least %(count)s times", count)


def at_most_phrase(said: Translations, count: int) -> str:
    return said.ngettext("%(did)s at most %(count)s time", "%(did)s at most %(count)s times", count)


def exactly_phrase(said: Translations, count: int) -> str:
    return said.ngettext("%(did)s exactly %(count)s time", "%(did)s exactly %(count)s times", count)


def not_exactly_phrase(said: Translations, count: int) -> str:
    return said.ngettext(
        "%(did)s any number of times but %(count)s", "%(did)s any number of times but %(count)s", count
    )


BETWEEN_TIMES = (
    N_("%(did)s between %(first)s and %(last)s times"),
    N_("%(did)s fewer than %(first)s or more than %(last)s times"),
)
