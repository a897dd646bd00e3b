"""How sending and the work in the background stand, and what a person can do about it."""

from __future__ import annotations

from datetime import timedelta

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, jobs, standing
from crm.core.settings import current_settings
from crm.delivery import queries
from crm.delivery.permissions import Delivery, Messages
from crm.delivery.service import way_out
from crm.delivery.states import MessageState
from crm.delivery.views import bp
from crm.web import htmx
from crm.web.access import requires, viewer

ASLEEP_AFTER = timedelta(minutes=2)


@bp.get("/settings/status")
@requires(Delivery.STATUS)
def status() -> ResponseReturnValue:
    last_tick = jobs.last_beat("worker:")
    return htmx.render(
        "delivery/status.html",
        last_tick=last_tick,
        is_asleep=last_tick is None or clock.now() - last_tick > ASLEEP_AFTER,
        next_due=standing.next_due(),
        oldest_due=jobs.oldest_due(),
        counts=queries.count_by_state(),
        outgoing=queries.find_outgoing(),
        failed=standing.list_failed_jobs(),
        uncertain=queries.list_outbox(viewer(), state=MessageState.UNCERTAIN),
        leaves=bool(current_settings().smtp_url),
        can_manage=viewer().can(Messages.MANAGE),
    )


@bp.post("/settings/status/jobs/<int:job_id>/retry")
@requires(Delivery.STATUS)
def retry_job(job_id: int) -> ResponseReturnValue:
    found = standing.retry_job(job_id)
    htmx.notify(
        _("The job runs again") if found else _("This job is not there any more"), "done" if found else "info"
    )
    return htmx.go_to("delivery.status")


@bp.post("/settings/status/jobs/<int:job_id>/drop")
@requires(Delivery.STATUS)
def drop_job(job_id: int) -> ResponseReturnValue:
    found = standing.drop_job(job_id)
    htmx.notify(
        _("The job was given up") if found else _("This job is not there any more"),
        "gone" if found else "info",
    )
    return htmx.go_to("delivery.status")


@bp.post("/sending/hold")
@requires(Messages.MANAGE)
def hold_sending() -> ResponseReturnValue:
    way_out.hold_sending()
    htmx.notify(_("All sending is held. Nothing leaves until someone releases it."))
    return htmx.go_to("delivery.outbox")


@bp.post("/sending/release")
@requires(Messages.MANAGE)
def release_sending() -> ResponseReturnValue:
    way_out.release_sending()
    htmx.notify(_("Sending goes on"))
    return htmx.go_to("delivery.outbox")
