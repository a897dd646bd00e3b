"""Features: each stands in the contracts, its jobs are tried, its sentences are translated."""

import tomllib

import pytest

from crm.core.jobs import due_work_names, job_kinds
from crm.factory import FEATURES
from tests.support.source import ROOT, python_files, text_of
from tools.translations import LANGUAGES, faults, gather

NO_FEATURES = {"core", "web", "cli", "rules", "demo", "translations"}


def test_every_feature_is_in_the_contract_of_drawers():
    contracts = _pyproject()["tool"]["importlinter"]["contracts"]
    drawers = next(contract for contract in contracts if contract["id"] == "drawers")

    missing = {f"crm.{name}" for name in _features() - {"api"}} - set(drawers["containers"])

    assert missing == set()


def test_every_feature_is_plugged_in():
    assert _features() == set(FEATURES)


def test_every_kind_of_job_is_run_by_a_test(app):
    tried = "\n".join(text_of(path) for path in python_files("tests") if path.name != "test_features.py")

    assert [kind for kind in job_kinds() if f'"{kind}"' not in tried] == []


def test_everything_that_comes_due_is_run_by_a_test(app):
    tried = "\n".join(text_of(path) for path in python_files("tests"))

    assert not due_work_names() or "run_everything_due" in tried


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language):
    assert list(faults(language, gather())) == []


def _features():
    folders = [path for path in (ROOT / "crm").iterdir() if (path / "__init__.py").exists()]
    return {path.name for path in folders} - NO_FEATURES


def _pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
