"""From the file to the outcome, as a person goes through it."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from crm.contacts.models import Contact
from crm.core import clock as core_clock
from crm.core.db import session
from crm.core.jobs import run_everything_due
from crm.transfer.models import Import, ImportState
from crm.transfer.service import forecast, storage
from tests.factories.transfer import import_text, make_import, undo_import
from tests.support.queries import queries

FILE = "Email,Name,Tags,Note\nsara@a.example,سارا احمدی,vip,one\nno address,Kian,,two\n"
BAD = {
    "not a CSV file": b"%PDF-1.7 ...",
    "cannot be read as": b"Email,Name\nsara@a.example,Sara\nkian@a.example,\xff\xfe\xfa\n%b"
    % ("سارا\n".encode() * 9),
    "never closed": b'Email,Name\nsara@a.example,"Sara\nkian@a.example,Kian\n',
    "NUL": b"Email,Name\nsara@a.example,Sa\0ra\n",
    "empty": b"",
}


@pytest.fixture
def mina(client, cast):
    client.sign_in(cast.mina)
    return client


def upload(client, content, name="people.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(
        "/imports/new", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )


def stored_files():
    return set(storage.path_of("imports").glob("*"))


def newest():
    return session.scalar(select(Import).order_by(Import.id.desc()))


def count_people():
    return session.scalar(select(func.count()).select_from(Contact))


def work():
    session.commit()
    run_everything_due(core_clock.now())
    session.expire_all()


def test_an_upload_leads_to_its_columns(mina):
    answer = upload(mina, FILE, name="../../مشتریان.csv")

    record = newest()
    page = mina.page(answer.location)
    assert answer.status_code == 303
    assert record.filename == "مشتریان.csv"
    assert storage.path_of(record.path).parent.name == "imports"
    assert [each.text for each in page.all(".colname")] == ["Email", "Name", "Tags", "Note"]
    assert "سارا احمدی" in page.one("#preview").text
    assert count_people() == 0


@pytest.mark.parametrize("words", BAD)
def test_a_bad_file_is_refused_with_what_to_do_and_nothing_is_kept(mina, words):
    before = stored_files()

    answer = upload(mina, BAD[words])

    assert answer.status_code == 422
    assert words in " ".join(mina.read(answer).problems)
    assert newest() is None
    assert stored_files() == before


def test_without_a_file_the_form_comes_back(mina):
    answer = mina.post("/imports/new", data={}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert mina.read(answer).problems


def test_a_file_that_is_too_large_is_refused_before_it_is_read(mina):
    answer = mina.post(
        "/imports/new", data=b"", content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(900 * 1024 * 1024)},
    )  # fmt: skip

    assert answer.status_code == 413
    assert "200" in " ".join(mina.read(answer).problems)


def test_checking_says_what_would_happen_and_writes_nothing(mina):
    import_text("Email,Name\nsara@a.example,Sara\n")
    record = make_import(FILE)

    answer = mina.page(f"/imports/{record.id}/match").form("#match-form").submit(then="check", tags="spring")

    page = mina.page(answer.location)
    told = newest().forecast
    assert (told["created"], told["updated"], told["failed"]) == (0, 1, 1)
    assert "@" in page.text
    assert count_people() == 1
    assert session.scalar(select(Contact.name)) == "Sara"


def test_a_large_file_is_checked_in_the_background(mina, monkeypatch):
    monkeypatch.setattr(forecast, "IN_REQUEST", 0)
    record = make_import(FILE)
    mina.page(f"/imports/{record.id}/match").form("#match-form").submit(then="check")
    waiting = mina.page(f"/imports/{record.id}/check")

    work()

    assert waiting.one("#forecast")["hx-trigger"] == "every 1s"
    assert newest().state is ImportState.CHECKED
    assert "hx-trigger" not in mina.page(f"/imports/{record.id}/check").one("#forecast")


def test_started_it_runs_and_tells_what_came_of_it(mina):
    record = make_import(FILE)
    checked = mina.page(f"/imports/{record.id}/match").form("#match-form").submit(then="check", tags="spring")
    answer = mina.page(checked.location).form("[action$=start]").submit()
    running = mina.page(answer.location)

    work()

    page = mina.page(answer.location)
    assert running.one("#outcome")["hx-trigger"] == "every 1s"
    assert running.find("#outcome progress") is not None
    assert page.one("#outcome").get("hx-trigger") is None
    assert count_people() == 1
    people = page.follow("See these people")
    assert [row.text for row in people.all("[data-contact-id] a[href^=/contacts/]")][:1] == ["سارا احمدی"]
    assert "spring" in people.text


def test_failed_rows_are_a_file_with_the_reason(mina):
    record = import_text(FILE, filename="مشتریان.csv")

    answer = mina.get(f"/imports/{record.id}/failures.csv", buffered=True)

    assert answer.mimetype == "text/csv"
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines[0] == "Email,Name,Tags,Note,Reason"
    assert lines[1].startswith("no address,Kian,,two,")
    assert "@" in lines[1]


def test_two_columns_cannot_become_one_field(mina):
    record = make_import(FILE)
    form = mina.page(f"/imports/{record.id}/match").form("#match-form")

    answer = form.submit(**{"columns-3": "email", "then": "check"})

    page = mina.read(answer)
    assert answer.status_code == 422
    assert page.problems
    assert page.one("[name=columns-3] option[selected]")["value"] == "email"


def test_the_file_can_be_read_in_another_way(mina):
    record = make_import("Email;Name\nsara@a.example;Sara\n")
    form = mina.page(f"/imports/{record.id}/match").form("#match-form")

    form.submit(delimiter=",", then="look")

    session.expire_all()
    assert newest().shape["header"] == ["Email;Name"]


def test_another_row_is_a_fragment(mina):
    record = make_import(FILE)
    mina.page(f"/imports/{record.id}/match")

    fragment = mina.fragment(f"/imports/{record.id}/match?row=2", target="preview")

    assert fragment.find("html") is None
    assert "Kian" in fragment.one("#preview").text or fragment.find(".note") is not None


def test_polling_gets_the_region_alone(mina):
    record = import_text(FILE)
    mina.page(f"/imports/{record.id}")

    fragment = mina.fragment(f"/imports/{record.id}", target="outcome")

    assert fragment.find("html") is None
    assert fragment.find("#outcome") is not None


def test_an_upload_can_be_thrown_away(mina):
    record = make_import(FILE)
    path = storage.path_of(record.path)

    mina.page(f"/imports/{record.id}/match").form("[action$=drop]").submit()

    assert newest() is None
    assert not path.exists()


def test_an_import_is_taken_back_on_the_page(mina):
    record = import_text(FILE)
    answer = mina.page(f"/imports/{record.id}").follow("Take it back").form("main form").submit()

    work()

    assert "taken back" in mina.page(answer.location).text
    assert count_people() == 0


def test_the_list_shows_each_import_with_its_outcome(mina):
    import_text(FILE)
    undo_import(import_text("Email\nkian@a.example\n", filename="second.csv"))

    page = mina.page("/imports")

    assert "1 new, 0 changed, 1 failed" in page.text
    assert "Taken back" in page.text


def test_the_list_asks_as_much_for_many_imports_as_for_one(mina):
    import_text(FILE)
    with queries() as one:
        mina.page("/imports")
    for number in range(5):
        import_text(f"Email\nperson{number}@a.example\n")

    with queries() as many:
        mina.page("/imports")

    assert len(many) == len(one)


def test_pages_change_nothing(mina):
    record = make_import(FILE)
    pages = ["/imports", "/imports/new", f"/imports/{record.id}/match", f"/imports/{record.id}"]

    with queries() as seen:
        for page in pages:
            mina.page(page)

    assert [each for each in seen if each.startswith(("INSERT", "UPDATE", "DELETE"))] == []


@pytest.mark.parametrize(
    "address",
    ["/imports/99", "/imports/99/match", "/imports/99/check", "/imports/99/undo", "/imports/99/failures.csv"],
)
def test_there_is_no_such_import(mina, address):
    assert mina.get(address).status_code == 404


def test_a_started_import_cannot_be_matched_again(mina):
    record = import_text(FILE)

    assert mina.get(f"/imports/{record.id}/match").status_code == 404
    assert mina.post(f"/imports/{record.id}/start").status_code == 404


@pytest.mark.parametrize("who", ["sara", "sue", "vic"])
def test_without_the_right_nobody_comes_near(client, cast, who):
    record = make_import(FILE)
    client.sign_in(getattr(cast, who))

    answers = [
        client.get("/imports"),
        client.get("/imports/new"),
        client.get(f"/imports/{record.id}/failures.csv"),
    ]
    answers += [
        client.post(f"/imports/{record.id}/{verb}") for verb in ("match", "start", "drop", "undo", "resume")
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_every_page_speaks_persian(client, cast):
    cast.mina.locale = "fa"
    client.sign_in(cast.mina)
    record, done = make_import(FILE), import_text(FILE)
    session.flush()

    pages = ["/imports", "/imports/new", f"/imports/{record.id}/match", f"/imports/{record.id}/check"]
    pages += [f"/imports/{done.id}", f"/imports/{done.id}/undo"]

    assert {client.page(page).one("html")["dir"] for page in pages} == {"rtl"}
