"""What the worker does of imports: a part of one at each turn, so that mail and pages never wait for a file."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError

from crm.core import clock
from crm.core.db import reading, unit_of_work
from crm.core.errors import DomainError, Invalid
from crm.core.messages import N_
from crm.transfer.models import ImportState
from crm.transfer.queries import imports
from crm.transfer.service.forecast import check, plain
from crm.transfer.service.running import run_part
from crm.transfer.service.undoing import undo_part

BROKEN = N_("Something broke on our side. What is in so far stays; the import can go on where it stopped.")


def carry_on() -> int:
    """Go on with the oldest import that nobody else is at; returns how many rows or people that was.

    There is no lease to wait for: each part is one transaction that holds the import's row, so that after a
    kill the next process goes on at once.
    """
    with reading():
        waiting = imports.under_way()
    for import_id, state in waiting:
        done = _go_on(import_id, state, waits=False)
        if done:
            return done
    return 0


def finish(import_id: int) -> int:
    """Do the next part in the foreground, waiting for whoever is at it; 0 when nothing is left to do."""
    with reading():
        state = imports.get_import(import_id).state
        error = _error_of(import_id) if state is ImportState.FAILED else None
    if error is not None:
        raise error
    if state not in {ImportState.RUNNING, ImportState.UNDOING}:
        return 0
    return _go_on(import_id, state, waits=True) or 1


def _go_on(import_id: int, state: ImportState, *, waits: bool) -> int:
    try:
        if state is ImportState.CHECKING:
            return check(import_id)
        return (run_part if state is ImportState.RUNNING else undo_part)(import_id, waits=waits)
    except OperationalError:
        raise  # The database is away or busy: nothing is wrong with the import.
    except DomainError as error:
        _break_off(import_id, error)
        return 1
    except Exception:
        _break_off(import_id, Invalid(BROKEN))
        raise


def _break_off(import_id: int, error: DomainError) -> None:
    with unit_of_work():
        record = imports.lock_import(import_id, waits=True)
        if record is not None:
            record.state, record.finished_at = ImportState.FAILED, clock.now()
            record.error, record.error_params = error.message, plain(error.params)


def _error_of(import_id: int) -> DomainError:
    record = imports.get_import(import_id)
    return Invalid(record.error or BROKEN, **record.error_params)
