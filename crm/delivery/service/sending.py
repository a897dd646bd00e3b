"""The sending loop: lease a batch, hand over group by group, write down what became of each."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Invalid
from crm.core.settings import current_settings
from crm.core.stopping import stopping
from crm.delivery import queries
from crm.delivery.content import MissingField
from crm.delivery.mime import UndeliverableAddress
from crm.delivery.outcomes import Deferred, Letter, Outcome, Refused, Sender, SenderFault, Sent, Uncertain
from crm.delivery.reasons import Reason
from crm.delivery.senders import sender_for
from crm.delivery.service import way_out
from crm.delivery.service.claims import Claimed, Settlement, claim, mark_at_wire, release, settle
from crm.delivery.service.composing import Stationery, compose, stationery
from crm.delivery.service.recovery import MOST_RESENDS, RESEND_AFTER, sweep_abandoned
from crm.delivery.service.suppression import suppress
from crm.delivery.states import MessageState, SuppressionReason, WhenUncertain

log = logging.getLogger(__name__)

BATCH = 200
LARGEST_GROUP = 40
GROUP_SECONDS = 1.0
"""About so long a group may take: what a crash leaves uncertain, and what a stop waits for, is one group."""
RETRY_PAUSES = [timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240)]
GIVE_UP_AFTER = timedelta(days=4)

_own = threading.local()


class _Regroup(Exception):
    """Somebody in the group may not be sent to any more."""

    def __init__(self, going: list[Claimed]) -> None:
        self.going = going


def use_sender(sender: Sender | None) -> None:
    """What this thread sends with, instead of what the settings say; None goes back to them."""
    close_sender()
    _own.sender = sender
    _own.made_for = "given" if sender else None


def close_sender() -> None:
    """Say goodbye to the server; the next message opens a new connection."""
    sender = getattr(_own, "sender", None)
    if sender is not None:
        sender.close()
    if getattr(_own, "made_for", None) != "given":
        _own.sender = None


def send_due(now: datetime) -> int:
    """Hand over one batch of what is due; answers for how many messages something was done."""
    with unit_of_work(durable=True):
        swept = sweep_abandoned(now)
        batch = _claim(now)
        paper = stationery()
    if not batch:
        return swept
    done = 0
    try:
        while batch and not stopping.is_set():
            group = batch[: _group_size()]
            sent, is_open = _send_group(group, paper)
            batch = batch[len(group) :]
            done += sent
            if not is_open:
                break
    finally:
        _give_back(batch)
    return swept + done


def _claim(now: datetime) -> list[Claimed]:
    rate = current_settings().mail_rate
    outgoing = way_out.lock_way_out() if rate else queries.find_outgoing()
    if not way_out.is_open(outgoing, now) or stopping.is_set():
        return []
    limit = BATCH
    if rate:
        limit = min(limit, rate - queries.count_last_hour(now))
        if limit <= 0:
            return []
    return claim(now, limit)


def _give_back(batch: Sequence[Claimed]) -> None:
    if batch:
        with unit_of_work(durable=True):
            release(batch)


def _sender() -> Sender:
    settings = current_settings()
    wanted = (settings.smtp_url, settings.data_dir)
    found: Sender | None = getattr(_own, "sender", None)
    if found is None or getattr(_own, "made_for", None) not in ("given", wanted):
        found = _own.sender = sender_for(*wanted)
        _own.made_for = wanted
    return found


def _group_size() -> int:
    each = getattr(_own, "seconds_each", GROUP_SECONDS / 5)
    return max(1, min(LARGEST_GROUP, int(GROUP_SECONDS / max(each, 0.001))))


def _send_group(group: list[Claimed], paper: Stationery) -> tuple[int, bool]:
    """How many were settled, and whether the way out is still open."""
    started = time.monotonic()
    letters, broken = _letters(group, paper)
    going = [claimed for claimed in group if claimed.id in letters]
    outcomes: list[Outcome] = []
    while going:
        try:
            outcomes = _sender().send_group(
                [letters[claimed.id] for claimed in going], at_wire=partial(_mark, going)
            )
            break
        except _Regroup as change:
            going = change.going
    leaves = _sender().leaves
    now = clock.now()
    settlements = [*broken, *(_settlement(*pair, now, leaves) for pair in zip(going, outcomes, strict=False))]
    fault = next((outcome for outcome in outcomes if isinstance(outcome, SenderFault)), None)
    with unit_of_work(durable=True):
        settle(settlements, now)
        _suppress_unknown(going, outcomes)
        if fault:
            log.warning("sending rests: %s %s %s", fault.stage, fault.code, fault.text)
            way_out.rest_after(fault)
        elif outcomes:
            way_out.note_success()
    if going:
        _own.seconds_each = (time.monotonic() - started) / len(going)
    return len(group), fault is None


def _mark(group: list[Claimed]) -> None:
    with unit_of_work(durable=True):
        going = mark_at_wire(group, clock.now())
    if len(going) < len(group):
        raise _Regroup(going)


def _letters(group: Sequence[Claimed], paper: Stationery) -> tuple[dict[int, Letter], list[Settlement]]:
    """The bytes of each, and what cannot be put together: that is set aside at once, and the others go on."""
    letters: dict[int, Letter] = {}
    broken: list[Settlement] = []
    now = clock.now()
    for claimed in group:
        try:
            letters[claimed.id] = compose(claimed.letter, paper, now)
        except MissingField as problem:
            broken.append(Settlement(claimed, MessageState.REFUSED, Reason.MISSING_FIELD, str(problem)))
        except UndeliverableAddress as problem:
            broken.append(Settlement(claimed, MessageState.REFUSED, Reason.INVALID_ADDRESS, str(problem)))
        except (Invalid, ValueError) as problem:
            broken.append(Settlement(claimed, MessageState.REFUSED, Reason.UNREADABLE, str(problem)))
    return letters, broken


def _settlement(claimed: Claimed, outcome: Outcome, now: datetime, leaves: bool) -> Settlement:
    match outcome:
        case Sent(code, text):
            state = MessageState.SENT if leaves else MessageState.KEPT
            return Settlement(claimed, state, response=f"{code} {text}" if leaves else text)
        case Refused(code, _, text):
            reason = Reason.BOUNCED if _is_unknown_address(outcome) else Reason.REFUSED
            return Settlement(claimed, MessageState.REFUSED, reason, f"{code} {text}")
        case Deferred(code, _, text):
            return _deferred(claimed, f"{code} {text}", now)
        case Uncertain(text):
            return _uncertain(claimed, text, now)
        case SenderFault(_, _, _, text):
            return Settlement(claimed, MessageState.READY, response=text)


def _deferred(claimed: Claimed, response: str, now: datetime) -> Settlement:
    if now - claimed.created_at > GIVE_UP_AFTER and claimed.attempts >= len(RETRY_PAUSES):
        return Settlement(claimed, MessageState.REFUSED, Reason.GAVE_UP, response)
    pause = RETRY_PAUSES[min(claimed.attempts, len(RETRY_PAUSES) - 1)]
    return Settlement(claimed, MessageState.READY, response=response, run_at=now + pause, is_attempt=True)


def _uncertain(claimed: Claimed, text: str, now: datetime) -> Settlement:
    if claimed.when_uncertain is WhenUncertain.RESEND and claimed.attempts < MOST_RESENDS:
        return Settlement(
            claimed, MessageState.READY, response=text, run_at=now + RESEND_AFTER, is_attempt=True
        )
    return Settlement(claimed, MessageState.UNCERTAIN, Reason.NO_ANSWER, text)


def _is_unknown_address(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.enhanced.startswith("5.1.")


def _suppress_unknown(going: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
    for claimed, outcome in zip(going, outcomes, strict=False):
        if _is_unknown_address(outcome) and isinstance(outcome, Refused):
            suppress(
                claimed.letter.address, SuppressionReason.BOUNCED, source=outcome.text,
                campaign=claimed.campaign, step=claimed.step,
            )  # fmt: skip
