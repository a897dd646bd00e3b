"""Real Chromium against the real server.

`installation` is a journey's own; `office` is shared by the tests that only look, or that touch nothing but what
they made themselves.
"""

import os
import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.browser.office import Office
from tests.browser.steps import EMAIL, sign_in
from tests.factories.accounts import PASSWORD
from tests.support.installation import Installation
from tests.support.mailbox import Mailbox
from tests.support.running import find_chromium

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "test-results"
FAILED = pytest.StashKey[bool]()
QUIET = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
EXPECTED = re.compile(
    # An answer that refuses is told by the page itself; Chromium tells it once more.
    r"Failed to load resource: the server responded with a status of (401|422) |Response Status Error Code 401 "
    # Chromium's way of saying that a page goes without its cross-fade.
    r"|Transition was (aborted|skipped)"
)


def pytest_collection_modifyitems(items):
    """Whatever stands in this folder needs a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium: set PEYVAND_CHROMIUM, or install it")
    # Chromium's sandbox does not work for root, as which CI runs.
    arguments = ["--no-sandbox", *QUIET] if os.geteuid() == 0 else QUIET
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}


@pytest.fixture
def mailbox():
    """An SMTP server that keeps what it is given."""
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """An installation in which nobody has an account yet, made once and copied."""
    folder = tmp_path_factory.mktemp("blank")
    Installation(folder).run("init")
    return folder


@pytest.fixture(scope="session")
def prepared(blank, tmp_path_factory):
    """An installation with Olivia, its admin, made once and copied for each journey."""
    folder = shutil.copytree(blank, tmp_path_factory.mktemp("prepared") / "instance")
    add = ("user", "add", EMAIL, "--name", "Olivia Owens", "--role", "admin", "--password-stdin")
    Installation(folder).run(*add, given=PASSWORD + "\n")
    return folder


@pytest.fixture
def installation(prepared, tmp_path, mailbox):
    """A running installation that sends to the mailbox, with a worker and without sample data."""
    made = Installation(shutil.copytree(prepared, tmp_path / "instance"), smtp_url=mailbox.url, workers="1")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def new_installation(blank, tmp_path, mailbox):
    """What `make run` leads to on a fresh machine, with a worker that sends to the mailbox."""
    made = Installation(shutil.copytree(blank, tmp_path / "instance"), smtp_url=mailbox.url, workers="1")
    made.start("run")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def office(prepared, tmp_path_factory, browser):
    """A running installation with people in both scripts and a campaign under way. No mail leaves it."""
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("office") / "instance")
    office = Office(Installation(folder, workers="1"))
    office.settle_in(browser)
    yield office
    office.installation.stop()


@pytest.fixture
def open_window(browser, request):
    """Makes browser windows at an installation. They may complain about nothing; a failure leaves pictures behind."""
    opened, complaints = [], []

    def complain(text):
        if not EXPECTED.search(text):
            complaints.append(text)

    def make(at, **options):
        context = browser.new_context(**{"base_url": at.url, "locale": "en-GB"} | options)
        context.on("console", lambda message: complain(message.text) if message.type == "error" else None)
        context.on("weberror", lambda problem: complain(str(problem.error)))
        opened.append(context)
        return context

    yield make
    pages = [page for context in opened for page in context.pages]
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(pages):
            page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png", full_page=True)
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def new_context(open_window, installation):
    """Makes browser windows whose addresses are those of the installation."""
    return partial(open_window, installation)


@pytest.fixture
def page(new_context):
    return new_context().new_page()


@pytest.fixture
def signed_in(page):
    """A window in which Olivia has signed in."""
    sign_in(page)
    page.wait_for_url("**/contacts*")
    return page


@pytest.fixture
def visitor(open_window, office):
    """A window of the office in which nobody has signed in."""
    return open_window(office.installation).new_page()


@pytest.fixture
def at_work(open_window, office):
    """A window of the office in which Olivia has signed in."""
    return open_window(office.installation, storage_state=office.cookies["en"]).new_page()
