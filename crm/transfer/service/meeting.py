"""Rows meet the people who are here: looked up by what tells them apart, a part of the file at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.contacts import queries as contacts
from crm.contacts import sets
from crm.contacts.permissions import Contacts
from crm.core.db import session
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.permissions import SYSTEM, Viewer
from crm.transfer.drafts import Draft, DraftReader
from crm.transfer.models import Import
from crm.transfer.options import MatchBy, Options, read_options
from crm.transfer.outcomes import IN_ARCHIVE, NOT_YOURS, Judge, People, Person, Tally
from crm.transfer.queries import people as asked
from crm.transfer.reading import FileShape
from crm.transfer.service import storage
from crm.transfer.service.uploads import shape_of

_COLUMNS = {MatchBy.EMAIL: "email_key", MatchBy.PHONE: "phone_key", MatchBy.EXTERNAL_ID: "external_id"}


@dataclass(frozen=True)
class Plan:
    """All there is to know for reading a file, taken out of the database so that no transaction stays open."""

    path: Path
    shape: FileShape
    mapping: tuple[str | None, ...]
    options: Options
    actor_id: int | None
    line: int = 0


def plan_of(record: Import) -> Plan:
    """Raises Invalid when the file is gone."""
    path = storage.path_of(record.path)
    if not path.exists():
        raise Invalid(N_("The uploaded file is no longer there. Upload it again."))
    return Plan(
        path, shape_of(record), tuple(record.mapping), read_options(record.options),
        record.actor_id, record.line,
    )  # fmt: skip


def actor_of(actor_id: int | None) -> Viewer:
    """Whoever began the import; the product itself when it came by the command line."""
    user: User | None = session.get(User, actor_id) if actor_id else None
    return accounts.get_user(user.id) if user else SYSTEM


def draft_reader(plan: Plan) -> DraftReader:
    """Reads rows as this import wants them; call inside a unit, since it asks who may be an owner."""
    owners = asked.owner_ids()
    return DraftReader(plan.mapping, plan.options, _find_in(owners))


def judge_for(
    drafts: Sequence[Draft], people: People, options: Options, tally: Tally, *, actor: Viewer
) -> Judge:
    """What decides these rows: with everybody they may be about, and the addresses that are barred."""
    meet(people, drafts, options, actor=actor)
    addresses = {key for draft in drafts if (key := draft.key(MatchBy.EMAIL))}
    slugs = {tag.slug: tag.key for tag in asked.tag_keys()}
    return Judge(people, options, slugs, asked.barred_addresses(sorted(addresses)), tally)


def meet(people: People, drafts: Sequence[Draft], options: Options, *, actor: Viewer) -> None:
    """Add everybody to `people` whom these rows may be about."""
    found: list[tuple[MatchBy, str, int]] = []
    for by in MatchBy:
        keys = _keys_to_ask(people, drafts, by, options.match)
        found += [(by, key, contact_id) for key, contact_id in contacts.find_ids(_COLUMNS[by], keys).items()]
    new = {contact_id for _by, _key, contact_id in found} - people.by_id.keys()
    archived, editable = sets.ids_of(sets.ARCHIVED), contacts.visible_ids(actor, Contacts.EDIT)
    for held in asked.held_contacts(new).values():
        closed = IN_ARCHIVE if held.id in archived else None
        if editable is not None and held.id not in editable:
            closed = NOT_YOURS
        people.by_id[held.id] = Person(
            held.id, dict(held.facts), set(held.tags.values()), held.version, closed
        )
    for by, key, contact_id in found:
        people.put(by, key, people.by_id[contact_id])


def _keys_to_ask(people: People, drafts: Sequence[Draft], by: MatchBy, match: MatchBy) -> list[str]:
    """The values by which somebody has to be looked up.

    What is asked for, an external ID always since nobody may share one, the others only where a row has no value
    of the kind asked for.
    """
    is_always = by in {match, MatchBy.EXTERNAL_ID}
    keys = {
        draft.key(by) for draft in drafts if draft.problem is None and (is_always or not draft.key(match))
    }
    return sorted(key for key in keys if key and people.find(by, key) is None)


def _find_in(owners: dict[str, int]) -> Callable[[str], int | None]:
    return lambda written: owners.get(asked.owner_key(written))
