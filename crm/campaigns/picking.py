"""Tags picked as all of, any of and none of, as a rule and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Mode = Literal["all", "any", "none"]
Picks = dict[str, Mode]
MODES = ("all", "any", "none")

EVERYONE: dict[str, Any] = {"all": []}
NO_ONE: dict[str, Any] = {"any": []}


def rule_of(picks: Mapping[str, str]) -> dict[str, Any]:
    """The rule of picked tags; without any it is no one, since nobody means to write to everybody by leaving out."""
    clauses: list[dict[str, Any]] = [{"tag": slug} for slug, mode in picks.items() if mode == "all"]
    any_of = [{"tag": slug} for slug, mode in picks.items() if mode == "any"]
    if any_of:
        clauses.append({"any": any_of})
    clauses += [{"not": {"tag": slug}} for slug, mode in picks.items() if mode == "none"]
    return {"all": clauses} if clauses else NO_ONE


def picks_of(rule: Mapping[str, Any]) -> Picks | None:
    """The tags a rule picks; None when the rule says more than the picker can draw."""
    if rule in (EVERYONE, NO_ONE, {}):
        return {}
    clauses = rule["all"] if set(rule) == {"all"} else [rule]
    picks: Picks = {}
    for clause in clauses:
        found = _picked(clause)
        if (
            found is None
            or found.keys() & picks.keys()
            or ("any" in found.values() and "any" in picks.values())
        ):
            return None
        picks.update(found)
    return picks


def tags_of(rule: Mapping[str, Any] | None) -> list[str] | None:
    """The tags of a rule that only says “any of these”; None when it says more."""
    if not rule:
        return []
    clauses = rule["any"] if set(rule) == {"any"} else [rule]
    return (
        [clause["tag"] for clause in clauses] if all(set(clause) == {"tag"} for clause in clauses) else None
    )


def any_of(slugs: list[str]) -> dict[str, Any] | None:
    """A rule for people with any of these tags; None without any."""
    if not slugs:
        return None
    return {"tag": slugs[0]} if len(slugs) == 1 else {"any": [{"tag": slug} for slug in slugs]}


def _picked(clause: Mapping[str, Any]) -> Picks | None:
    match clause:
        case {"tag": str(slug)} if len(clause) == 1:
            return {slug: "all"}
        case {"not": {"tag": str(slug), **rest}} if len(clause) == 1 and not rest:
            return {slug: "none"}
        case {"any": [*parts]} if len(clause) == 1 and parts and all(set(part) == {"tag"} for part in parts):
            return {part["tag"]: "any" for part in parts}
    return None
