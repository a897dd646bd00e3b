"""How fast the contact list answers: our pages, the bare SQL of the same questions, and the ratio.

    python -m benchmarks.contacts [--sizes 100000,1000000] [--postgres URL] [--runs 30]

Seeds a database for each size once (kept under instance/bench), SQLite always, PostgreSQL when an address is given or in
PEYVAND_BENCH_POSTGRES. Pages are asked through the whole app, signed in; "bare" is the least SQL that answers the same
question on the same data, plus the same rows through a template that only prints them.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import Environment
from sqlalchemy import Select, and_, create_engine, exists, func, select, text

from benchmarks.seed import seed
from crm.accounts import service as accounts
from crm.accounts.models import User
from crm.config import Settings
from crm.contacts.models import Company, Contact
from crm.contacts.queries import has_contacts
from crm.core.db import Base, db, reading, session, unit_of_work
from crm.core.dialect import ids_with_fragments
from crm.factory import create_app
from crm.tags.models import ContactTag, Tag

HERE = Path(__file__).resolve().parent.parent / "instance" / "bench"
BARE = Environment(autoescape=True).from_string(
    "{% for row in rows %}<tr><td>{{ row[0] }}</td><td>{{ row[1] }}</td><td>{{ row[2] }}</td><td>{{ row[3] }}</td>"
    "<td>{% for tag in tags[row[0]] %}<span>{{ tag }}</span>{% endfor %}</td></tr>{% endfor %}"
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default="100000,1000000")
    asked.add_argument("--postgres", default=os.environ.get("PEYVAND_BENCH_POSTGRES", ""))
    asked.add_argument("--runs", type=int, default=30)
    given = asked.parse_args()
    HERE.mkdir(parents=True, exist_ok=True)
    for size in map(int, given.sizes.split(",")):
        _measure_database(f"sqlite:///{HERE}/{size}.db", size, given.runs)
        if given.postgres:
            _measure_database(_own_database(given.postgres, size), size, given.runs)


def _own_database(server: str, size: int) -> str:
    name = f"peyvand_bench_{size}"
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return f"{server.rsplit('/', 1)[0]}/{name}"


def _measure_database(url: str, size: int, runs: int) -> None:
    app = create_app(_settings(url))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with reading():
            is_filled = has_contacts()
        if not is_filled:
            started = time.perf_counter()
            seed(size)
            print(f"seeded {size:,} contacts in {time.perf_counter() - started:.0f} s")
    print(
        f"\n{url.split(':', maxsplit=1)[0]}, {size:,} contacts{'':24}   matches   ours ms    p95   bare ms   ratio"
    )
    client = _signed_in(app)
    # As the server does: without it, collecting garbage is what p95 shows.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    for label, query, bare in _questions():
        _report(label, client, f"/contacts?{query}", lambda bare=bare: _answer_bare(app, bare), runs)


def _settings(url: str) -> Settings:
    return Settings(
        database_url=url, secret_key="bench", base_url="http://localhost", smtp_url=None, mail_rate=None, data_dir=HERE,
        locale="en", timezone="UTC", calendar="auto", workers=0,
    )  # fmt: skip


def _signed_in(app: Flask) -> Any:
    client = app.test_client()
    with app.app_context(), unit_of_work():
        user = session.scalars(select(User).order_by(User.id)).first()
        assert user is not None
        accounts.open_session(user, device="Bench", address="127.0.0.1")
        token = user.session_token
    with client.session_transaction() as cookie:
        cookie.update(_user_id=token, _fresh=True)
    return client


def _questions() -> list[tuple[str, str, Callable[[], tuple[Select[Any], Select[Any]]]]]:
    """Label, query string, and the bare SQL: (ids of the page in order, count)."""
    by_name = (Contact.sort_key, Contact.id)

    def having(*wanted: int, none: Sequence[int] = ()) -> Any:
        carries = [
            exists().where(ContactTag.contact_id == Contact.id, ContactTag.tag_id == tag) for tag in wanted
        ]
        return and_(Contact.archived_at.is_(None), *carries, *(~_carries(tag) for tag in none))

    def plain(condition: Any, page: int = 1, order: Sequence[Any] = by_name) -> tuple[Any, Any]:
        ids = select(Contact.id).where(condition).order_by(*order).offset((page - 1) * 50).limit(50)
        return ids, select(func.count()).select_from(Contact).where(condition)

    def found(fragment: str) -> tuple[Any, Any]:
        return plain(Contact.id.in_(ids_with_fragments(session, [fragment])))

    newest = (Contact.created_at.desc(), Contact.id.desc())
    lately = (Contact.last_activity_at.desc().nulls_last(), Contact.id.desc())
    return [
        ("first page", "", lambda: plain(having())),
        ("newest first", "sort=-created_at", lambda: plain(having(), order=newest)),
        ("last activity", "sort=-last_activity_at", lambda: plain(having(), order=lately)),
        ("page 1000", "page=1000", lambda: plain(having(), 1000)),
        ("page 1500", "page=1500", lambda: plain(having(), 1500)),
        ("one common tag", "all=tag-1", lambda: plain(having(1))),
        ("one common tag, page 400", "all=tag-1&page=400", lambda: plain(having(1), 400)),
        ("one rare tag", "all=tag-200", lambda: plain(having(200))),
        ("two common tags", "all=tag-1&all=tag-2", lambda: plain(having(1, 2))),
        ("two rare tags", "all=tag-150&all=tag-199", lambda: plain(having(150, 199))),
        ("common and rare tag", "all=tag-1&all=tag-200", lambda: plain(having(1, 200))),
        ("all, none", "all=tag-1&none=tag-2&none=tag-200", lambda: plain(having(1, none=(2, 200)))),
        (
            "all, any, none",
            "all=tag-1&any=tag-2&any=tag-200&none=tag-3",
            lambda: plain(and_(having(1, none=(3,)), _carries(2) | _carries(200))),
        ),
        ("fragment, 6 %", "q=kaufe", lambda: found("kaufe")),
        ("fragment, 27 %", "q=mann", lambda: found("mann")),
        ("fragment nobody has", "q=zzqx", lambda: found("zzqx")),
        ("beginning of a word", "q=sa", lambda: found("  sa")),
        (
            "fragment and tag",
            "q=kaufe&all=tag-1",
            lambda: plain(and_(having(1), Contact.id.in_(ids_with_fragments(session, ["kaufe"])))),
        ),
    ]


def _carries(tag: int) -> Any:
    return exists().where(ContactTag.contact_id == Contact.id, ContactTag.tag_id == tag)


def _answer_bare(app: Flask, question: Callable[[], tuple[Select[Any], Select[Any]]]) -> None:
    """The least work that gives the same page: ids, count, rows, their tags, printed."""
    with app.app_context(), reading():
        page, count = question()
        ids = list(session.scalars(page))
        session.scalar(count)
        columns = select(Contact.id, Contact.name, Contact.email, Company.name)
        rows = session.execute(
            columns.outerjoin(Company, Company.id == Contact.company_id).where(Contact.id.in_(ids))
        ).all()
        carried = select(ContactTag.contact_id, Tag.name).join(Tag, Tag.id == ContactTag.tag_id)
        tags: dict[int, list[str]] = {contact_id: [] for contact_id in ids}
        for contact_id, name in session.execute(carried.where(ContactTag.contact_id.in_(ids))):
            tags[contact_id].append(name)
        BARE.render(rows=rows, tags=tags)


def _report(label: str, client: Any, url: str, bare: Callable[[], None], runs: int) -> None:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status)
    total = answer.get_data(as_text=True).split('data-count="')[1].split('"')[0]
    ours = _times(lambda: client.get(url), runs)
    floor = _times(bare, max(3, runs // 5))
    half, late = statistics.median(ours), sorted(ours)[int(len(ours) * 0.95)]
    bottom = statistics.median(floor)
    print(
        f"{label:42}{int(total):>12,}{half:>10.1f}{late:>7.1f}{bottom:>10.1f}{half / bottom:>8.2f}",
        flush=True,
    )


def _times(act: Callable[[], Any], runs: int) -> list[float]:
    """Milliseconds of each run; slow ones are run less often."""
    found: list[float] = []
    started = time.perf_counter()
    while len(found) < runs and (len(found) < 3 or time.perf_counter() - started < 10):
        begun = time.perf_counter()
        act()
        found.append((time.perf_counter() - begun) * 1000)
    return found


if __name__ == "__main__":
    main()
