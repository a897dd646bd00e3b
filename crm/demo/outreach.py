"""The campaigns of the sample data: one under way for seven weeks, carried out by the real engine with the clock moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.activity import service as activity
from crm.activity.models import Activity
from crm.campaigns.logic.presets import draft_of_preset
from crm.campaigns.service.making import create_campaign
from crm.core import clock
from crm.core.db import reading, session, unit_of_work
from crm.core.jobs import run_everything_due
from crm.demo.people import SHARES, starter_tag
from crm.sequences.service import lifecycle

DAYS_UNDER_WAY = 47


def run_campaigns(team: list[User], chance: Random) -> None:
    """Newsletter readers get the nurture cadence, day by day up to now; a second campaign stands as a draft."""
    marketing = next(user for user in team if "marketing" in user.roles)
    now = clock.now()
    began = (now - timedelta(days=DAYS_UNDER_WAY)).replace(hour=7, minute=0, second=0, microsecond=0)
    with clock.frozen(began), unit_of_work():
        _name_sender()
        newsletter, webinar, trial = (starter_tag(*words).slug for words in SHARES)
        running = create_campaign(
            replace(
                draft_of_preset("nurture", name="Getting to know us", locale="en"),
                audience={"all": [{"tag": newsletter}, {"not": {"tag": trial}}]},
            ),
            actor=marketing,
        )
        lifecycle.start(running)
        create_campaign(
            replace(
                draft_of_preset("nurture", name="آشنایی با ما", locale="fa"),
                audience={"all": [{"tag": webinar}, {"field": "country", "is": "IR"}]},
            ),
            actor=marketing,
        )
    for day in (
        day for day in range(DAYS_UNDER_WAY + 1) if day % 7 <= 3
    ):  # a mail falls due each week, and waits for Monday
        for hour in (1, 6):
            moment = began + timedelta(days=day, hours=hour)
            if moment < now:
                _pass_to(moment)
    _answer(chance, now)


def _name_sender() -> None:
    workspace = accounts.get_workspace()
    workspace.name = "Alder & Co"
    workspace.sender_name, workspace.sender_email = "Mina at Alder & Co", "mina@alder.example"
    workspace.postal_address = "Alder & Co, 12 Orchard Lane, Bristol BS1 4DJ"


def _pass_to(moment: datetime) -> None:
    with clock.frozen(moment):
        run_everything_due(moment)


def _answer(chance: Random, now: datetime) -> None:
    """Some read what they got, some click, a few reply: facts on the timeline like any other."""
    with reading():
        sent = session.execute(
            select(Activity.contact_id, Activity.at, Activity.campaign, Activity.step)
            .where(Activity.kind == "sent")
            .order_by(Activity.id)
        ).all()
    with unit_of_work():
        for contact_id, at, campaign, step in sent:
            for kind, share, hours in (("opened", 0.46, 30), ("clicked", 0.13, 36)):
                seen = at + timedelta(minutes=chance.randrange(4, hours * 60))
                if chance.random() < share and seen < now:
                    activity.record(contact_id, kind, at=seen, campaign=campaign, step=step)
