"""A rule as a sentence in the viewer's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import get_translations

from crm.campaigns.picking import NO_ONE
from crm.rules.errors import RuleError
from crm.rules.parse import read
from crm.rules.sentence import say
from crm.rules.vocabulary import VOCABULARY
from crm.web.i18n import digits
from crm.web.i18n.sentences import gettext as _


def rule_sentence(rule: Mapping[str, Any] | None) -> str:
    """Who is meant; a rule that cannot be read any more says so."""
    if not rule or rule == NO_ONE:
        return _("Nobody yet: pick the tags of the people who are to get it.")
    try:
        return say(read(dict(rule), VOCABULARY), VOCABULARY, get_translations(), digits)
    except RuleError:
        return _("This rule cannot be read any more: something it names is gone.")
