"""Campaigns come from text files and go into them."""

from __future__ import annotations

from dataclasses import dataclass

from crm.campaigns.logic.draft import CampaignFileError
from crm.campaigns.logic.reading import read_campaign
from crm.campaigns.logic.writing import write_campaign
from crm.campaigns.queries import draft_of_campaign, find_campaign
from crm.campaigns.service.making import create_campaign, replace_campaign
from crm.core.errors import DomainError, Invalid
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.rules.errors import RuleError
from crm.rules.parse import parse
from crm.rules.vocabulary import VOCABULARY
from crm.sequences.models import Sequence


@dataclass(frozen=True)
class Imported:
    campaign: Sequence
    is_new: bool


def import_campaign(text: str, *, actor: Viewer) -> Imported:
    """Make a draft of a file, or make the draft of that name anew; raises an error naming the place in the file."""
    draft = read_campaign(text)
    for key in ("audience", "exclude", "goal"):
        _check_rule(key, getattr(draft, key))
    found = find_campaign(draft.name)
    try:
        campaign = replace_campaign(found, draft) if found else create_campaign(draft, actor=actor)
    except RuleError:
        raise
    except Invalid as problem:
        raise CampaignFileError(N_("%(path)s: %(problem)s"), _place(problem), problem=str(problem)) from None
    return Imported(campaign, found is None)


def export_campaign(campaign: Sequence) -> str:
    """The file that makes this campaign again."""
    return write_campaign(draft_of_campaign(campaign))


def _check_rule(key: str, rule: object) -> None:
    if rule:
        try:
            parse(rule, VOCABULARY)
        except RuleError as problem:
            path = f"{key}.{problem.path}" if problem.path else key
            raise RuleError(
                problem.message,
                path,
                **{name: value for name, value in problem.params.items() if name != "path"},
            ) from None


def _place(problem: DomainError) -> str:
    return (
        f"steps: {problem.field}" if problem.field in ("subject", "body", "name") else (problem.field or "")
    )
