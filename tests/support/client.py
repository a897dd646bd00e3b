"""The client of the request tests: each answer is checked, each request has its own app context as on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from crm.accounts import service as accounts
from crm.accounts.models import User
from crm.core.db import session, writing
from tests.support.checks import faults
from tests.support.html import read
from tests.support.page import Page

if TYPE_CHECKING:
    from flask import Flask

CSRF_TOKEN = "c" * 40  # what a session would draw by chance


class CheckingClient(FlaskClient):
    """Signs in without the form, sends the CSRF token as pages do, and refuses faulty HTML and crashes."""

    application: Flask
    allows_crash = False
    _known_ids: set[str] | None = None

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        if csrf and kwargs.get("method", "GET") not in {"GET", "HEAD", "OPTIONS"}:
            headers.setdefault("X-CSRF-Token", self._csrf_token())
        session.commit()  # what the test made is there for the request, as if someone else had made it
        # A context of its own, as a server would give it: `g`, the session and who is signed in start anew.
        with self.application.app_context():
            response = super().open(*args, headers=headers, **kwargs)
        session.expire_all()
        self._check(response)
        return response

    def page(self, url: str, **kwargs: Any) -> Page:
        """GET an address, follow redirects, and expect a page."""
        response = self.get(url, follow_redirects=True, **kwargs)
        assert response.status_code == 200, f"{url} answers {response.status}"
        return Page(response, self)

    def read(self, response: TestResponse) -> Page:
        """An answer as a page, whatever its status."""
        return Page(response, self)

    def fragment(self, url: str, *, target: str = "", current: str = "", **kwargs: Any) -> Page:
        """GET as htmx does it for a part of a page."""
        return Page(self.get(url, headers=htmx_headers(target=target, current=current), **kwargs), self)

    def sign_in(self, user: User) -> CheckingClient:
        """A real session with its cookie, without the slow password."""
        with writing():
            accounts.open_session(user, device="Test", address="127.0.0.1")
            session.flush()
        with self.session_transaction() as cookie:
            cookie.update(_user_id=user.session_token, _fresh=True)
        return self

    def sign_out(self) -> None:
        with self.session_transaction() as cookie:
            cookie.clear()

    def _csrf_token(self) -> str:
        with self.session_transaction() as cookie:
            token = cookie.setdefault("csrf_token", CSRF_TOKEN)
        key = self.application.secret_key or ""
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(token))

    def _check(self, response: TestResponse) -> None:
        crashed = f"{response.request.method} {response.request.path} crashed; the log tells where"
        assert self.allows_crash or response.status_code != 500, crashed
        is_redirect = 300 <= response.status_code < 400  # its body is Werkzeug's, and nobody sees it
        if is_redirect or response.mimetype != "text/html" or not response.data.strip():
            return
        markup = response.get_data(as_text=True)
        is_page = "<html" in markup
        reader = read(markup)
        found = faults(reader, markup, is_page=is_page, known_ids=self._known_ids)
        request = response.request
        assert not found, f"{request.method} {request.path} ({response.status}):\n  " + "\n  ".join(found)
        if is_page:
            self._known_ids = {element["id"] for element in reader.root.elements if "id" in element}
        else:
            assert request.headers.get("HX-Request"), (
                f"{request.path} gave a bare fragment to a plain browser"
            )


def htmx_headers(
    *, target: str = "", current: str = "", boosted: bool = False, restoring: bool = False
) -> dict[str, str]:
    """What htmx sends along."""
    headers = {"HX-Request": "true"}
    if target:
        headers["HX-Target"] = target
    if current:
        headers["HX-Current-URL"] = f"http://localhost{current}"
    if boosted:
        headers["HX-Boosted"] = "true"
    if restoring:
        headers["HX-History-Restore-Request"] = "true"
    return headers
