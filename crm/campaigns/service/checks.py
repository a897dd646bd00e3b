"""What a person should know before mail goes to many."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pyroaring import BitMap
from sqlalchemy import func, select

from crm.accounts.queries import get_workspace
from crm.campaigns.queries import list_steps
from crm.contacts.models import Contact
from crm.core import clock
from crm.core.db import session
from crm.core.dialect import one_of
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.settings import current_settings
from crm.delivery.content import unknown_fields
from crm.delivery.likeness import NEARLY_THE_SAME, similarity
from crm.delivery.service.composing import compiled
from crm.rules.errors import RuleError
from crm.sequences.models import Sequence, Step
from crm.sequences.queries.audience import audience_of
from crm.sequences.queries.people import MERGE_FIELDS


class Weight(StrEnum):
    STOPS = "stops"
    WARNS = "warns"


@dataclass(frozen=True)
class Finding:
    """One thing to mend or to know; `message` is a msgid that `params` fill."""

    weight: Weight
    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    step: str | None = None


@dataclass(frozen=True)
class Review:
    audience: int
    reachable: int
    """Of these, who has an address we may write to."""
    findings: Rows[Finding]

    @property
    def may_start(self) -> bool:
        return not any(finding.weight is Weight.STOPS for finding in self.findings)


def review(campaign: Sequence) -> Review:
    """Look at everything that can be seen before the start."""
    steps = list_steps(campaign.id)
    findings = [*_sender(campaign), *_steps(steps)]
    try:
        audience = audience_of(campaign, clock.now())
    except RuleError as problem:
        stop = Finding(
            Weight.STOPS,
            "audience",
            N_("The audience cannot be read: %(problem)s"),
            {"problem": str(problem)},
        )
        return Review(0, 0, [*findings, stop])
    counts = _counts(audience, steps)
    findings += _people(len(audience), counts)
    return Review(len(audience), counts.get("email", 0), findings)


def refuse_unready(campaign: Sequence) -> None:
    """Raises Invalid with the first thing that has to be mended before a start."""
    for finding in review(campaign).findings:
        if finding.weight is Weight.STOPS:
            raise Invalid(finding.message, **finding.params)


def _sender(campaign: Sequence) -> list[Finding]:
    workspace = get_workspace()
    found = []
    if not (campaign.sender or {}).get("email") and not workspace.sender_email:
        found.append(_from_whom())
    if not workspace.postal_address.strip():
        message = N_(
            "There is no postal address in the settings. The law of most countries wants one under every campaign mail."
        )
        found.append(Finding(Weight.WARNS, "postal_address", message))
    return found


def _from_whom() -> Finding:
    weight = Weight.WARNS if current_settings().smtp_url is None else Weight.STOPS
    return Finding(
        weight,
        "sender",
        N_("Nobody is named as the sender: neither here nor in the settings of the workspace."),
    )


def _steps(steps: Rows[Step]) -> list[Finding]:
    if not steps:
        return [Finding(Weight.STOPS, "no_steps", N_("The campaign has no steps yet."))]
    found = []
    for step in steps:
        found += _step(step)
    for number, step in enumerate(steps):
        for former in steps[:number]:
            found += _alike(former, step)
    return found


def _step(step: Step) -> list[Finding]:
    if step.content is None or not step.content.body.strip() or not step.content.subject.strip():
        return [
            Finding(
                Weight.STOPS,
                "empty_step",
                N_("“%(step)s” has no subject or no text."),
                {"step": step.name},
                step.key,
            )
        ]
    try:
        content = compiled(step.content.subject, step.content.body)
    except Invalid as problem:
        params: dict[str, Any] = {"step": step.name, "problem": str(problem)}
        return [
            Finding(
                Weight.STOPS,
                "unreadable",
                N_("“%(step)s” cannot be put together: %(problem)s"),
                params,
                step.key,
            )
        ]
    return [
        Finding(
            Weight.STOPS, "unknown_field", N_("“%(step)s” uses the merge field “%(name)s”, which does not exist."),
            {"step": step.name, "name": name}, step.key,
        )
        for name in unknown_fields(content, MERGE_FIELDS.keys())
    ]  # fmt: skip


def _alike(former: Step, step: Step) -> list[Finding]:
    if former.content is None or step.content is None:
        return []
    if former.content.fingerprint == step.content.fingerprint:
        message = N_("“%(step)s” says the same as “%(former)s”, so nobody will get it.")
    elif similarity(former.content.body, step.content.body) >= NEARLY_THE_SAME:
        message = N_("“%(step)s” says nearly the same as “%(former)s”.")
    else:
        return []
    return [Finding(Weight.WARNS, "alike", message, {"step": step.name, "former": former.name}, step.key)]


def _counts(audience: BitMap, steps: Rows[Step]) -> dict[str, int]:
    """How many of the audience can be written to, and for how many each merge field that is used has a value."""
    if not audience:
        return {}
    used = sorted({name for step in steps if step.content for name in _fields(step)} & set(_OWN))
    columns = [func.count(_OWN[name]) for name in used]
    may = Contact.email.is_not(None) & Contact.email_status.in_(("unverified", "valid"))
    people = one_of(session, Contact.id, audience)
    row = session.execute(select(*columns, func.count()).where(people, may)).one()
    return {**dict(zip(used, row[:-1], strict=True)), "email": row[-1]}


_OWN = {
    name: column
    for name, column in MERGE_FIELDS.items()
    if getattr(column, "table", None) is Contact.__table__
}


def _fields(step: Step) -> frozenset[str]:
    try:
        return compiled(step.content.subject, step.content.body).fields if step.content else frozenset()
    except Invalid:
        return frozenset()


def _people(audience: int, counts: dict[str, int]) -> list[Finding]:
    if not audience:
        return [Finding(Weight.WARNS, "nobody", N_("Nobody is in the audience at the moment."))]
    reachable = counts.get("email", 0)
    found = []
    if reachable < audience:
        found.append(
            Finding(
                Weight.WARNS, "unreachable", N_("%(count)s of %(all)s people cannot be written to and are passed over."),
                {"count": audience - reachable, "all": audience},
            )
        )  # fmt: skip
    for name, known in counts.items():
        if name != "email" and known < reachable:
            found.append(
                Finding(
                    Weight.WARNS, "empty_field",
                    N_(
                        "The merge field “%(name)s” is empty for %(count)s people: "
                        "they get the default, or without one no message."
                    ),
                    {"name": name, "count": reachable - known},
                )
            )  # fmt: skip
    return found
