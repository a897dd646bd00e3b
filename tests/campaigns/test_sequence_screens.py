"""The sequence of a campaign: the rail, the step edited in place, and the calendar beside it."""

from __future__ import annotations

from sqlalchemy import select

from crm.campaigns.queries import list_steps
from crm.core.db import session
from crm.delivery.models import Message
from crm.delivery.states import MessageKind
from crm.sequences.models import SequenceStatus
from tests.factories.sequences import make_person, make_sequence
from tests.support.client import CheckingClient

WORKDAYS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00", "timezone": "UTC"}
DRAFT = SequenceStatus.DRAFT


class BareClient(CheckingClient):
    """For answers that are mail: those have the inline styles that pages must not have."""

    def _check(self, response):
        assert response.status_code != 500


def test_campaign_leads_to_its_sequence(client, cast):
    campaign = make_sequence(0, 3)

    answer = client.sign_in(cast.mina).get(f"/campaigns/{campaign.id}")

    assert (answer.status_code, answer.location) == (303, f"/campaigns/{campaign.id}/sequence")


def test_steps_show_their_day_and_the_date_of_the_example(client, cast, clock):
    campaign = make_sequence(0, 3, 4, window=WORKDAYS)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?join=2026-05-06")

    days = [day.text for day in page.all(".st-day") if day.text]
    assert days == ["Day 0Wed 6 May", "Day 3Sat 9 May moves to Mon", "Day 7Wed 13 May"]


def test_calendar_marks_sends_and_what_moved(client, cast, clock):
    campaign = make_sequence(0, 3, window=WORKDAYS)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?join=2026-05-06")

    days = {time["datetime"]: time.parent for time in page.all(".cal time")}
    assert days["2026-05-11"].all("a.ev")
    assert not days["2026-05-09"].all("a.ev")
    assert days["2026-05-09"].all(".ghost")
    assert "closed" in days["2026-05-10"]["class"]
    assert "Planned for Sat 9 May, when nothing is sent" in page.one(".agenda").text


def test_join_date_is_read_in_either_calendar(client, cast, clock):
    campaign = make_sequence(0, window=WORKDAYS)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?join=۱۴۰۵/۰۲/۱۶")

    assert page.one("#join")["value"] == "2026-05-06"


def test_join_date_that_cannot_be_read_stays_typed(client, cast):
    campaign = make_sequence(0)

    answer = client.sign_in(cast.mina).get(f"/campaigns/{campaign.id}/sequence?join=tomorrowish")

    page = client.read(answer)
    assert answer.status_code == 422
    assert page.one("#join")["value"] == "tomorrowish"
    assert "Write the date as year, month and day" in page.one("#join-note").text


def test_other_month_swaps_only_the_calendar(client, cast, clock):
    campaign = make_sequence(0)
    client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")

    part = client.fragment(f"/campaigns/{campaign.id}/calendar?month=2026-06-01", target="calendar")

    assert part.one("#calendar .cal-nav b").text == "June 2026"
    assert not part.all("#timeline, html")
    assert part.response.headers["HX-Push-Url"] == f"/campaigns/{campaign.id}/sequence?month=2026-06-01"


def test_calendar_of_a_persian_reader_is_jalali_and_begins_on_saturday(client, cast, clock):
    campaign = make_sequence(0)
    cast.mina.locale = "fa"

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")

    assert page.one(".cal-nav b").text == "اردیبهشت ۱۴۰۵"
    assert page.all(".cal abbr")[0]["title"] == "شنبه"


def test_everyone_shows_how_many_messages_go_on_a_day(client, cast, clock):
    campaign = make_sequence(0, 2, window={"timezone": "UTC"})
    for _ in range(3):
        make_person()

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?who=all")

    days = {time["datetime"]: time.parent for time in page.all(".cal time")}
    assert [mark.all("span")[0].text for mark in days["2026-05-06"].all("a.ev")] == ["3"]
    assert [mark.all("span")[0].text for mark in days["2026-05-08"].all("a.ev")] == ["3"]


def test_opening_a_step_gives_the_rail_and_the_calendar(client, cast):
    campaign = make_sequence(0, 3)
    client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")

    part = client.fragment(f"/campaigns/{campaign.id}/sequence?step=letter-2", target="timeline")

    assert part.one("#timeline input[name=subject]")["value"].startswith("Subject")
    assert part.one("#calendar")["hx-swap-oob"] == "true"
    assert not part.all("html")


def test_monthly_tail_is_one_card_until_it_is_unfolded(client, cast):
    monthly = {"amount": 1, "unit": "months"}
    campaign = make_sequence(0, monthly, monthly, monthly)
    client.sign_in(cast.mina)

    folded = client.page(f"/campaigns/{campaign.id}/sequence")
    unfolded = folded.follow("Show each")

    assert "Steps 2 to 4" in folded.text
    assert len(folded.all(".seq .st[data-hue]")) == 2
    assert len(unfolded.all(".seq .st[data-hue]")) == 4


def test_saving_a_step_changes_words_and_wait(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?step=letter-2")

    answer = page.form(".editor").submit(
        amount="۵", unit="weeks", name="Prices", subject="What it costs", body="Little."
    )

    step = list_steps(campaign.id)[1]
    assert answer.status_code == 303
    assert (step.name, step.wait) == ("Prices", {"amount": 5, "unit": "weeks"})
    assert (step.content.subject, step.content.body) == ("What it costs", "Little.")
    assert client.page(answer.location).toasts


def test_saving_with_htmx_swaps_the_rail_and_says_so(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?step=letter-2")

    answer = page.form(".editor").submit(amount="6", htmx=True)

    part = client.read(answer)
    assert "Day 6" in part.one("#timeline").text
    assert part.one("#calendar")["hx-swap-oob"] == "true"
    assert "saved" in part.toasts[0]


def test_step_without_a_subject_keeps_what_was_typed(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?step=letter-1")

    answer = page.form(".editor").submit(subject="", body="Words that must not be lost")

    shown = client.read(answer)
    assert answer.status_code == 422
    assert "Fill in a subject." in shown.text
    assert "Words that must not be lost" in shown.one("textarea").text


def test_unknown_merge_field_is_told_beside_the_text(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?step=letter-1")

    answer = page.form(".editor").submit(body="Dear {{ contact.shoe_size }}")

    assert answer.status_code == 422
    assert "contact.shoe_size" in client.read(answer).problems[0]


def test_step_changed_by_somebody_else_shows_both_values(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?step=letter-1")
    page.form(".editor").submit(body="What somebody else wrote")

    answer = page.form(".editor").submit(body="What I wrote")

    shown = client.read(answer)
    assert answer.status_code == 409
    assert "What somebody else wrote" in shown.one(".note pre").text
    assert "What I wrote" in shown.one("textarea").text
    assert list_steps(campaign.id)[0].content.body == "What somebody else wrote"


def test_conflict_is_settled_by_saving_once_more(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?step=letter-1")
    page.form(".editor").submit(body="What somebody else wrote")
    conflicted = client.read(page.form(".editor").submit(body="What I wrote"))

    answer = conflicted.form(".editor").submit()

    assert answer.status_code == 303
    assert list_steps(campaign.id)[0].content.body == "What I wrote"


def test_step_is_added_before_another_one_and_opened(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT)
    client.sign_in(cast.mina)

    answer = client.post(f"/campaigns/{campaign.id}/steps", data={"before": "letter-2"})

    names = [step.name for step in list_steps(campaign.id)]
    assert names == ["letter-1", "New mail 3", "letter-2"]
    assert client.page(answer.location).one(".editor h2").text == "New mail 3"


def test_step_moves_up_and_down(client, cast):
    campaign = make_sequence(0, 3, 4, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")

    page.form_to(f"/campaigns/{campaign.id}/steps/letter-3/move/up").submit()

    assert [step.key for step in list_steps(campaign.id)] == ["letter-1", "letter-3", "letter-2"]


def test_step_is_copied_behind_itself(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")

    page.form_to(f"/campaigns/{campaign.id}/steps/letter-1/duplicate").submit()

    assert [step.name for step in list_steps(campaign.id)] == ["letter-1", "letter-1 2", "letter-2"]


def test_removed_step_comes_back_to_its_place(client, cast):
    campaign = make_sequence(0, 3, 4, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")
    answer = page.form_to(f"/campaigns/{campaign.id}/steps/letter-2/remove").submit()
    after = client.page(answer.location)
    assert [step.key for step in list_steps(campaign.id)] == ["letter-1", "letter-3"]

    after.form("#toasts form").submit()

    assert [(step.key, step.wait["amount"]) for step in list_steps(campaign.id)] == [
        ("letter-1", 0),
        ("letter-2", 3),
        ("letter-3", 4),
    ]


def test_removed_step_of_a_running_campaign_is_the_same_one_again(client, cast):
    campaign = make_sequence(0, 3)
    before = list_steps(campaign.id)[1].id
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")
    answer = page.form_to(f"/campaigns/{campaign.id}/steps/letter-2/remove").submit()

    client.page(answer.location).form("#toasts form").submit()

    assert [step.id for step in list_steps(campaign.id)][1] == before


def test_preview_shows_the_mail_as_a_person_gets_it(app, cast, database):
    campaign = make_sequence(0, status=DRAFT)
    step = list_steps(campaign.id)[0]
    person = make_person(first_name="Nasrin")
    bare = BareClient(app, app.response_class).sign_in(cast.mina)
    page = bare.page(f"/campaigns/{campaign.id}/sequence?step={step.key}")
    page.form(".editor").submit(body="Hello {{ contact.first_name }}!")

    answer = bare.get(f"/campaigns/{campaign.id}/steps/{step.key}/preview?as={person.id}")

    assert "Hello Nasrin!" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_preview_without_a_person_shows_a_sign_for_missing_values(app, cast, database):
    campaign = make_sequence(0, status=DRAFT)
    bare = BareClient(app, app.response_class).sign_in(cast.mina)
    page = bare.page(f"/campaigns/{campaign.id}/sequence?step=letter-1")
    page.form(".editor").submit(body="Hello {{ contact.first_name }}!")

    assert "Hello …!" in bare.get(f"/campaigns/{campaign.id}/steps/letter-1/preview").text


def test_test_goes_to_oneself_and_counts_nowhere(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence")

    page.form_to(f"/campaigns/{campaign.id}/steps/letter-1/test").submit()

    message = session.scalars(select(Message)).one()
    assert (message.kind, message.address, message.sequence_id) == (
        MessageKind.TEST,
        "mina@example.com",
        None,
    )


def test_viewer_sees_the_sequence_and_may_change_nothing(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT)
    client.sign_in(cast.vic)

    page = client.page(f"/campaigns/{campaign.id}/sequence?step=letter-1")

    assert not page.all(".editor, form[method=post][action*=steps]")
    assert client.post(f"/campaigns/{campaign.id}/steps/letter-1", data={}).status_code == 403
    assert client.post(f"/campaigns/{campaign.id}/steps", data={}).status_code == 403
    assert client.post(f"/campaigns/{campaign.id}/steps/letter-1/remove").status_code == 403


def test_reading_changes_nothing(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT)
    client.sign_in(cast.mina)
    version = campaign.version

    client.page(f"/campaigns/{campaign.id}/sequence?step=letter-1&who=all")

    session.refresh(campaign)
    assert campaign.version == version


def test_finished_campaign_is_not_edited_any_more(client, cast):
    campaign = make_sequence(0, status=SequenceStatus.FINISHED)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/sequence?step=letter-1")

    assert not page.all(".editor")
