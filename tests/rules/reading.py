"""The plain reading of rule documents, written from the words of the language and not from its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm.core.text import fold
from crm.rules.days import RuleContext
from tests.rules.world import Person


@dataclass(frozen=True)
class Reader:
    """Says of one person whether a document holds."""

    context: RuleContext
    segments: Mapping[str, dict]

    def holds(self, document: dict, person: Person) -> bool:
        if "all" in document:
            return all(self.holds(part, person) for part in document["all"])
        if "any" in document:
            return any(self.holds(part, person) for part in document["any"])
        if "not" in document:
            return not self.holds(document["not"], person)
        if "tag" in document:
            return document["tag"] in person.tags
        if "segment" in document:
            slug = document["segment"]
            return person.is_listed if slug == "friends" else self.holds(self.segments[slug], person)
        if "did" in document:
            return self.did(document, person)
        ((operator, asked),) = ((key, value) for key, value in document.items() if key != "field")
        return self.compares(values_of(person, document["field"]), operator, asked)

    def did(self, document: dict, person: Person) -> bool:
        count = 0
        for happening in person.happenings:
            if happening.kind != document["did"]:
                continue
            if "within_days" in document and not self.one(
                happening.at, "within_days", document["within_days"]
            ):
                continue
            if all(
                self.attribute(getattr(happening, key), asked)
                for key, asked in document.get("where", {}).items()
            ):
                count += 1
        return self.compares([count], *next(iter(document.get("times", {"gte": 1}).items())))

    def attribute(self, value: object, asked: object) -> bool:
        if isinstance(asked, dict):
            return self.compares([value], *next(iter(asked.items())))
        return self.compares([value], "in" if isinstance(asked, list) else "is", asked)

    def compares(self, values: Iterable[object], operator: str, asked: object) -> bool:
        known = [value for value in values if value is not None and value != ""]
        match operator:
            case "known":
                return bool(known)
            case "unknown":
                return not known
            case "is_not":
                return bool(known) and not any(self.one(value, "is", asked) for value in known)
            case "not_in":
                return bool(known) and not any(self.one(value, "in", asked) for value in known)
        return any(self.one(value, operator, asked) for value in known)

    def one(self, value: object, operator: str, asked: object) -> bool:
        if operator == "in":
            return any(self.one(value, "is", one) for one in asked)
        if isinstance(value, str):
            return self.text(fold(value), operator, fold(asked))
        if isinstance(value, date):
            return self.day(value, operator, asked)
        if operator == "between":
            return asked[0] <= value <= asked[1]
        return in_order(value, operator, asked)

    def text(self, value: str, operator: str, asked: str) -> bool:
        match operator:
            case "contains":
                return asked in value
            case "starts_with":
                return value.startswith(asked)
            case "ends_with":
                return value.endswith(asked)
        return value == asked

    def day(self, value: date, operator: str, asked: object) -> bool:
        zone = ZoneInfo(self.context.timezone)
        today = self.context.now.astimezone(zone).date()
        day = value.astimezone(zone).date() if isinstance(value, datetime) else value
        match operator:
            case "within_days":
                return today - timedelta(asked) <= day <= today
            case "within_next_days":
                return today <= day <= today + timedelta(asked)
            case "older_than_days":
                return day < today - timedelta(asked)
            case "anniversary_within_days":
                return any(is_anniversary(day, today + timedelta(ahead)) for ahead in range(asked + 1))
            case "between":
                return self.day(value, "gte", asked[0]) and self.day(value, "lte", asked[1])
        operator = {"before": "lt", "after": "gt"}.get(operator, operator)
        if len(asked) > 10:
            return in_order(value, operator, datetime.fromisoformat(asked))
        return in_order(day, operator, date.fromisoformat(asked))


def in_order(value, operator: str, asked) -> bool:
    return {
        "is": value == asked, "lt": value < asked, "lte": value <= asked, "gt": value > asked, "gte": value >= asked,
    }[operator]  # fmt: skip


def is_anniversary(day: date, when: date) -> bool:
    try:
        return day.replace(year=when.year) == when
    except ValueError:
        return when == date(when.year, 2, 28)


def values_of(person: Person, key: str) -> list[object]:
    match key:
        case "email":
            return list(person.emails)
        case "level":
            return list(person.levels)
        case "renewal":
            return list(person.renewals)
        case "company":
            return [person.company[0]] if person.company else []
        case "company.size":
            return [person.company[1]] if person.company else []
        case "budget":
            return [None if person.budget is None else person.budget / 100]
    return [getattr(person, key)]
