"""The people of the sample data: a team, some 500 contacts in both scripts, with tags and a past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from crm.accounts import service as accounts
from crm.accounts.models import User
from crm.activity import service as activity
from crm.contacts import service as contacts
from crm.contacts.models import LeadStatus
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.permissions import SYSTEM
from crm.demo import names
from crm.tags import queries as tag_queries
from crm.tags import service as tags
from crm.tags.models import Tag, TagSource

COUNT = 512
SHARES = {("newsletter", "خبرنامه"): 0.55, ("webinar", "وبینار"): 0.3, ("trial", "دورهٔ آزمایشی"): 0.18}
MONTHS = 14
NOTES = {
    "en": (
        "Wants to move the team off spreadsheets before summer. Send two references.",
        "Asked about the price for 40 seats; budget sits with the CFO.",
        "Happy with the trial, wants to see how the import handles old data.",
        "Will be away until the 15th, call after that.",
    ),
    "fa": (
        "می‌خواهد پیش از نوروز از اکسل خلاص شود. دو معرف بفرستیم.",
        "قیمت را برای ۴۰ نفر پرسید؛ بودجه دست مدیر مالی است.",
        "از نسخهٔ آزمایشی راضی است، می‌خواهد ورود داده‌های قدیمی را ببیند.",
        "تا پانزدهم سفر است، بعد از آن تماس بگیریم.",
    ),
}


def starter_tag(english: str, persian: str) -> Tag:
    """A tag of the starter set, in whichever language this workspace began."""
    return tag_queries.find_tag(english) or tag_queries.find_tag(persian) or tags.create_tag(english)


def make_team() -> list[User]:
    """The people who sign in; none has a password, so none can until a link is made for them."""
    with unit_of_work():
        team = []
        for name, local, roles, language in names.TEAM:
            user = accounts.create_user(name=name, email=f"{local}@peyvand.example", roles=roles)
            user.locale = language
            user.timezone = "Asia/Tehran" if language == "fa" else "Europe/Berlin"
            team.append(user)
        return team


def make_contacts(team: list[User], chance: Random) -> list[int]:
    """Everyone, month by month, so that lists and reports have a past; returns their ids."""
    owners = [user.id for user in team if set(user.roles) & {"sales", "manager"}]
    now, made = clock.now(), []
    people = list(_people(owners, chance))
    each = -(-len(people) // MONTHS)
    for month in range(MONTHS):
        with (
            clock.frozen(now - timedelta(days=30 * (MONTHS - month), minutes=chance.randrange(40_000))),
            unit_of_work(),
        ):
            made += contacts.create_contacts_bulk(people[month * each : (month + 1) * each], actor=SYSTEM)
    return made


def tag_contacts(ids: list[int], chance: Random) -> None:
    """Tags of the starter set, some common and some rare, and one buying stage each for most."""
    with unit_of_work():
        groups: dict[str, list[Any]] = {}
        for tag in tag_queries.list_tags():
            if tag.group:
                groups.setdefault(tag.group.slug, []).append(tag)
        for words, share in SHARES.items():
            _spread(starter_tag(*words), [contact_id for contact_id in ids if chance.random() < share])
        for group in groups.values():
            weights = [1 / (place + 1.5) for place in range(len(group))]
            taken: dict[int, list[int]] = {}
            for contact_id in ids:
                if chance.random() < 0.22:
                    taken.setdefault(chance.choices(range(len(group)), weights)[0], []).append(contact_id)
            for place, chosen in taken.items():
                _spread(group[place], chosen)


def write_history(ids: list[int], team: list[User], chance: Random) -> None:
    """Notes and calls of the team over the last months."""
    now = clock.now()
    for contact_id in chance.sample(ids, 160):
        author = chance.choice([user for user in team if user.roles != ["viewer"]])
        at = now - timedelta(minutes=chance.randrange(60, 60 * 24 * 75))
        with clock.frozen(at), unit_of_work():
            kind = chance.choice(["note", "note", "called"])
            activity.record(contact_id, kind, actor=author, text=chance.choice(NOTES[author.locale]))


def _spread(tag: Any, ids: list[int]) -> None:
    tags.add_tags(ids, [tag], actor=SYSTEM, source=TagSource.SAMPLE, quiet=True)


def _people(owners: list[int], chance: Random) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    while len(seen) < COUNT:
        person = _persian(chance) if chance.random() < 0.45 else _latin(chance)
        if person["email"] in seen:
            continue
        seen.add(person["email"])
        person["owner_id"] = chance.choice([*owners, None])
        if chance.random() < 0.55:
            person["status"] = chance.choice(list(LeadStatus)).value
        if chance.random() < 0.04:
            person["email_status"] = chance.choice(["bounced", "invalid"])
        elif chance.random() < 0.5:
            person["email_status"] = "valid"
        yield person


def _latin(chance: Random) -> dict[str, Any]:
    first, last = chance.choice(names.LATIN_FIRST), chance.choice(names.LATIN_LAST)
    company, domain, country, city = chance.choice(names.COMPANIES)
    local = f"{first}.{last}".lower().replace(" ", "").replace("’", "")
    plain = local.translate(str.maketrans("éëöøüäáóńçńąłžşıż", "eeoouaaonpnalzsiz"))
    return {
        "name": f"{first} {last}", "first_name": first, "last_name": last,
        "email": f"{plain.encode('ascii', 'ignore').decode()}@{domain}",
        "company": company, "job_title": chance.choice(names.TITLES), "country": country, "city": city, "language": "en",
        "timezone": "Europe/Berlin", "source": chance.choice(names.SOURCES),
        "phone": f"+4930{chance.randrange(10_000_000, 99_999_999)}" if chance.random() < 0.6 else None,
    }  # fmt: skip


def _persian(chance: Random) -> dict[str, Any]:
    (first, first_latin), (last, last_latin) = (
        chance.choice(names.PERSIAN_FIRST),
        chance.choice(names.PERSIAN_LAST),
    )
    company, domain, country, city = chance.choice(names.PERSIAN_COMPANIES)
    return {
        "name": f"{first} {last}", "first_name": first, "last_name": last, "email": f"{first_latin}.{last_latin}@{domain}",
        "company": company, "job_title": chance.choice(names.PERSIAN_TITLES), "country": country, "city": city, "language": "fa",
        "timezone": "Asia/Tehran", "source": chance.choice(names.PERSIAN_SOURCES),
        "phone": f"+98912{chance.randrange(1_000_000, 9_999_999)}" if chance.random() < 0.8 else None,
    }  # fmt: skip
