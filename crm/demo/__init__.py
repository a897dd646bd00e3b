"""Sample data: a believable team with its contacts, tags and a campaign under way, so that every screen shows life.

Everything is made through the same services people use, with the clock moved; no account comes with a password.
"""

from __future__ import annotations

from random import Random

from crm.demo.outreach import run_campaigns
from crm.demo.people import make_contacts, make_team, tag_contacts, write_history


def install_demo() -> None:
    """Fill an empty installation; opens its own units of work. The same each time, but for the dates."""
    chance = Random(1404)  # noqa: S311 - sample data, no secret
    team = make_team()
    ids = make_contacts(team, chance)
    tag_contacts(ids, chance)
    write_history(ids, team, chance)
    run_campaigns(team, chance)
