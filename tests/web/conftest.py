"""An app with a few routes that do what no real route may, to see that the web layer takes it."""

import pytest
from flask import Blueprint
from sqlalchemy.exc import OperationalError

from crm.accounts.models import Workspace
from crm.accounts.permissions import Users
from crm.core.db import Base, db, session, writing
from crm.core.errors import Conflict, Invalid, NotAllowed, NotFound
from crm.factory import create_app
from crm.web import htmx
from crm.web.access import public, requires
from tests.conftest import settings_for
from tests.support.client import CheckingClient

bp = Blueprint("probe", __name__)


def rename(name):
    session.get(Workspace, 1).name = name
    session.flush()


@bp.get("/probe/reads-and-writes")
@public("probe")
def reads_and_writes():
    rename("written by a GET")
    return "", 200


@bp.post("/probe/keeps")
@public("probe")
def keeps():
    rename("kept")
    return "", 200


@bp.post("/probe/answers/<int:status>")
@public("probe")
def answers(status):
    rename("not kept")
    return "", status


@bp.post("/probe/crashes")
@public("probe")
def crashes():
    rename("not kept")
    raise RuntimeError("told nobody")


@bp.post("/probe/database-is-away")
@public("probe")
def database_is_away():
    raise OperationalError("SELECT 1", {}, Exception("database is locked"))


@bp.post("/probe/breaks/<kind>")
@public("probe")
def breaks(kind):
    rename("not kept")
    kinds = {"not-found": NotFound, "not-allowed": NotAllowed, "conflict": Conflict, "invalid": Invalid}
    raise kinds[kind]("%(thing)s is wrong.", thing="Something")


@bp.post("/probe/tells")
@public("probe")
def tells():
    htmx.notify("ذخیره شد")
    return htmx.go_to("accounts.sign_in")


@bp.post("/probe/refuses")
@public("probe")
def refuses():
    return htmx.refuse("نمی‌شود", 403)


@bp.get("/probe/people-only")
@requires(Users.MANAGE)
def people_only():
    return ""


@pytest.fixture(scope="module")
def probe_app(tmp_path_factory):
    app = create_app(settings_for("sqlite:///:memory:", tmp_path_factory.mktemp("probe")))
    app.register_blueprint(bp)
    app.test_client_class = CheckingClient
    with app.app_context(), writing():
        Base.metadata.create_all(db.engine)
        session.add(Workspace(id=1, name="as it was", locale="en", timezone="UTC", calendar="auto"))
        session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def probe(probe_app):
    """A client of the app with odd routes; the name of its workspace is `as it was` again in each test."""
    with probe_app.app_context(), writing():
        rename("as it was")
        session.commit()
        client = probe_app.test_client()
        client.allows_crash = True
        yield client
        session.remove()


@pytest.fixture
def workspace_name(probe_app):
    """What another request would read now."""

    def read():
        with probe_app.app_context():
            return session.get(Workspace, 1).name

    return read


@pytest.fixture
def fresh_settings(tmp_path):
    return settings_for("sqlite:///:memory:", tmp_path)


@pytest.fixture
def fresh_app(fresh_settings):
    """An app that has not answered anything yet, so that routes can be added."""
    return create_app(fresh_settings)
