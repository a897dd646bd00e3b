"""A step seen before it goes to many: as one person would get it, and as a test to oneself."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.accounts.queries import find_workspace
from crm.contacts.queries import get_contact
from crm.core.errors import Invalid, NotFound
from crm.core.language import language_of, sentence
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.delivery.content import Content, Footer, Rendered, render
from crm.delivery.models import Message
from crm.delivery.service.composing import UNSUBSCRIBE, compiled
from crm.delivery.service.queue import queue_test
from crm.sequences.models import Sequence, Step
from crm.sequences.queries.loading import load_one
from crm.sequences.queries.people import load_people, merge_for

SHOWN_FOR_NOTHING = "…"


def render_step(step: Step, *, contact_id: int | None, viewer: Viewer) -> Rendered:
    """The mail as a contact would get it, or with a sign where a value would stand."""
    if step.content is None:
        raise NotFound
    content = compiled(step.content.subject, step.content.body)
    workspace = find_workspace()
    language = language_of(content.language, "en")
    footer = Footer(
        workspace.postal_address if workspace else "", "#", sentence(UNSUBSCRIBE, language), language
    )
    return render(content, _filled(content, _merge_of(content, contact_id, viewer)), footer)


def send_test(campaign: Sequence, step: Step, *, to: Any) -> Message:
    """Queue the step to oneself, with one's own name where the person's stands."""
    if step.content is None:
        raise Invalid(N_("Only emails can be tested."))
    content = compiled(step.content.subject, step.content.body)
    known = _own_values(to)
    merge = _filled(content, {name: known.get(name) for name in content.fields})
    return queue_test(
        step.content,
        to=to.email,
        to_name=to.name,
        merge=merge,
        sender=dict(load_one(campaign).sender),
        locale=to.locale,
    )


def _merge_of(content: Content, contact_id: int | None, viewer: Viewer) -> dict[str, str | None]:
    if contact_id is None:
        return {}
    contact = get_contact(contact_id, viewer)
    return merge_for(content, load_people([contact.id], content.fields)[contact.id])


def _filled(content: Content, merge: dict[str, str | None]) -> dict[str, str | None]:
    """A default is used where there is one; only where a real message would be skipped, a sign stands for the value."""
    try:
        render(content, merge)
    except Invalid:
        return {name: merge.get(name) or SHOWN_FOR_NOTHING for name in content.fields}
    return merge


def _own_values(user: User) -> dict[str, str]:
    first = user.name.split()[0] if user.name.split() else user.name
    return {"contact.name": user.name, "contact.first_name": first, "contact.email": user.email}
