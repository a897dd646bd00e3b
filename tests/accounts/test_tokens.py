"""API tokens of oneself."""

import pytest

from crm.accounts import queries


@pytest.fixture
def sara(client, cast):
    return client.sign_in(cast.sara)


def make(client, name="Zapier"):
    return client.read(client.page("/settings/tokens").form_to("/settings/tokens").submit(name=name))


def test_a_token_is_shown_once(sara, cast):
    page = make(sara)

    token = page.one(".note code").text
    assert queries.find_token(token).user_id == cast.sara.id
    assert token not in sara.page("/settings/tokens").markup


def test_only_its_hash_is_kept(sara, cast):
    token = make(sara).one(".note code").text

    assert token not in queries.list_tokens(cast.sara.id)[0].token_hash


def test_a_name_is_used_once(sara):
    make(sara)

    page = make(sara)

    assert page.status == 422
    assert "Zapier" in page.one("#name-error").text


def test_a_revoked_token_is_refused_from_then_on(sara, cast):
    token = make(sara).one(".note code").text
    row = queries.list_tokens(cast.sara.id)[0]

    sara.page("/settings/tokens").form_to(f"/settings/tokens/{row.id}/delete").submit()

    assert queries.find_token(token) is None


def test_the_token_of_somebody_else_is_out_of_reach(sara, cast):
    make(sara)
    row = queries.list_tokens(cast.sara.id)[0]
    mina = sara.application.test_client().sign_in(cast.mina)

    mina.post(f"/settings/tokens/{row.id}/delete")

    assert queries.list_tokens(cast.sara.id)


def test_the_role_viewer_has_no_tokens(client, cast):
    client.sign_in(cast.vic)

    assert client.get("/settings/tokens").status_code == 403


def test_the_token_of_a_closed_account_does_not_work(sara, cast):
    token = make(sara).one(".note code").text

    cast.sara.is_active = False

    assert queries.find_token(token) is None
