"""Forms of campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from crm.campaigns.fields import DaysField, TextFileField, TimeOfDayField
from crm.campaigns.logic.draft import StepDraft
from crm.campaigns.picking import any_of, tags_of
from crm.core.calendars import WEEKDAY_CODES, WEEKDAY_NAMES
from crm.sequences.logic.schedule import Wait, WaitUnit
from crm.tags.models import Tag
from crm.web.fields import EmailAddressField, LocalIntegerField, TrimmedStringField, TrimmedTextField
from crm.web.forms import BaseForm
from crm.web.i18n import current_preferences, format_number, lang

ZONES = [
    SelectChoice(zone, zone.replace("_", " "))
    for zone in sorted(available_timezones())
    if "/" in zone or zone == "UTC"
]
BOXES = ListWidget(prefix_label=False)
NAME = [DataRequired(_l("Fill in a name."))]
UNITS = [
    SelectChoice("hours", _l("hours")),
    SelectChoice("days", _l("days")),
    SelectChoice("business_days", _l("business days")),
    SelectChoice("weeks", _l("weeks")),
    SelectChoice("months", _l("months")),
]
EXITS = [
    SelectChoice("reply", _l("replies")),
    SelectChoice("unsubscribe", _l("unsubscribes")),
    SelectChoice("bounce", _l("cannot be reached: mail came back")),
    SelectChoice("complaint", _l("marks a mail as spam")),
    SelectChoice("goal", _l("reaches the goal")),
    SelectChoice("leaves_audience", _l("leaves the audience")),
]
NEVER = NumberRange(min=0, max=10_000, message=_l("Between 0 and 10,000."))


class NewCampaignForm(BaseForm):
    name = TrimmedStringField(_l("Name"), NAME, max_length=120)
    preset = RadioField(_l("Start with"), validators=[InputRequired(_l("Choose how to start."))])


class ImportForm(BaseForm):
    file = TextFileField(
        _l("Campaign as a text file"), [DataRequired(_l("Choose a file."))],
        description=_l("A YAML file, as another campaign exports it."),
    )  # fmt: skip


class StepForm(BaseForm):
    amount = LocalIntegerField(
        _l("Wait"),
        [
            InputRequired(_l("Fill in a number; 0 is at once.")),
            NumberRange(0, 1000, _l("Between 0 and 1,000.")),
        ],
    )
    unit = SelectField(_l("Unit"), choices=UNITS)
    name = TrimmedStringField(_l("Name of the step"), NAME, max_length=120)
    subject = TrimmedStringField(_l("Subject"), [DataRequired(_l("Fill in a subject."))], max_length=300)
    body = TrimmedTextField(_l("Text"), [DataRequired(_l("Fill in a text."))], max_length=100_000)
    base = HiddenField()

    @property
    def draft(self) -> StepDraft:
        wait = Wait(self.amount.data or 0, WaitUnit(self.unit.data))
        return StepDraft(self.name.data or "", self.subject.data or "", self.body.data or "", wait)


class AudienceForm(BaseForm):
    """The tags themselves are radios named `tag-ID`, read by the view: there are as many as there are tags."""

    everyone = BooleanField(_l("Everyone who may be emailed, whatever their tags"))
    exclude = SelectMultipleField(
        _l("Never take in people with one of these tags"),
        choices=[],
        widget=BOXES,
        option_widget=CheckboxInput(),
    )
    enrols = RadioField(
        _l("Who comes in"),
        choices=[
            SelectChoice("continuously", _l("Whoever fits now, and whoever comes to fit later")),
            SelectChoice("once", _l("Only those who fit when it starts")),
        ],
    )
    re_entry_days = LocalIntegerField(
        _l("May come in again after so many days"), [Optional(), NumberRange(1, 3650, _l("Between 1 and 3,650 days."))],
        description=_l("Left blank, nobody comes in twice."),
    )  # fmt: skip

    def __init__(self, *args: Any, tags: Iterable[Tag] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exclude.choices = tag_choices(tags)


class SettingsForm(BaseForm):
    name = TrimmedStringField(_l("Name"), NAME, max_length=120)
    sender_name = TrimmedStringField(_l("Sender name"), max_length=120)
    sender_email = EmailAddressField(_l("Sender address"), [Optional()])
    reply_to = EmailAddressField(
        _l("Answers go to"), [Optional()], description=_l("Left blank, to the sender address.")
    )
    days = SelectMultipleField(_l("Days"), choices=[], widget=BOXES, option_widget=CheckboxInput())
    opens = TimeOfDayField(_l("From"), max_length=8)
    closes = TimeOfDayField(_l("To"), max_length=8)
    timezone = SelectField(_l("Whose clock"))
    fallback_timezone = SelectField(_l("For people whose time zone is not known"))
    holidays = DaysField(
        _l("Days on which nothing is sent"), max_length=10_000,
        description=_l("One on each line, in either calendar, as in 2026-12-25 or 1405/10/04."),
    )  # fmt: skip
    cap_day = LocalIntegerField(_l("A day"), [Optional(), NEVER])
    cap_week = LocalIntegerField(_l("A week"), [Optional(), NEVER])
    cap_month = LocalIntegerField(_l("A month"), [Optional(), NEVER])
    over_cap = RadioField(
        _l("A message over the limit"),
        choices=[
            SelectChoice("defer", _l("waits until there is room")),
            SelectChoice("drop", _l("is left out")),
        ],
    )
    priority = LocalIntegerField(
        _l("Priority"), [Optional(), NumberRange(-100, 100, _l("Between -100 and 100."))],
        description=_l("When the limit leaves room for one message, the campaign with the higher number sends it."),
    )  # fmt: skip
    uncertain = RadioField(
        _l("A message whose fate is not known"),
        choices=[
            SelectChoice("hold", _l("waits for a person to decide")),
            SelectChoice("resend", _l("is sent again: somebody may get it twice")),
        ],
    )
    calendar = RadioField(
        _l("Months are those of the"),
        choices=[
            SelectChoice("gregorian", _l("Gregorian calendar")),
            SelectChoice("jalali", _l("Jalali calendar")),
        ],
    )
    exit_on = SelectMultipleField(
        _l("People leave early when someone"), choices=EXITS, widget=BOXES, option_widget=CheckboxInput()
    )
    goal = SelectField(_l("The goal is reached with the tag"))
    base = HiddenField()

    def __init__(self, *args: Any, tags: Iterable[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days.choices = week_choices()
        self.timezone.choices = [SelectChoice("contact", _("Each person’s own time zone")), *ZONES]
        self.fallback_timezone.choices = [SelectChoice("", _("As the workspace has it")), *ZONES]
        self.goal.choices = [SelectChoice("", _("No goal")), *tag_choices(tags)]

    def validate_sender_name(self, field: Field) -> None:
        if field.data and not self.sender_email.data and not self.sender_email.errors:
            raise StopValidation(_("A sender name needs a sender address beside it."))

    def validate_days(self, field: Field) -> None:
        if not field.data:
            raise StopValidation(_("Choose at least one day."))

    def validate_closes(self, field: Field) -> None:
        if self.opens.errors or not self.opens.data or not field.data:
            return
        if field.data not in ("24:00", "00:00") and self.opens.data >= field.data:
            raise StopValidation(_("A sending window has to open before it closes."))

    @property
    def window(self) -> dict[str, Any]:
        window = {
            "days": [code for code in WEEKDAY_CODES if code in self.days.data],
            "from": self.opens.data or "00:00",
            "to": self.closes.data or "24:00",
            "timezone": self.timezone.data,
        }
        more = {"fallback_timezone": self.fallback_timezone.data, "holidays": self.holidays.data}
        return window | {name: value for name, value in more.items() if value}

    @property
    def cap(self) -> dict[str, int]:
        limits = {"day": self.cap_day.data, "week": self.cap_week.data, "month": self.cap_month.data}
        return {unit: limit for unit, limit in limits.items() if limit}

    def settings(self, goal: Mapping[str, Any] | None) -> dict[str, Any]:
        """What the campaign takes. A goal that is more than one tag stays as it is until a tag is chosen."""
        keeps_goal = not self.goal.data and goal is not None and tags_of(goal) is None
        plain = ("name", "over_cap", "uncertain", "calendar")
        return {
            **{name: self[name].data for name in plain},
            "priority": self.priority.data or 0,
            "exit_on": list(self.exit_on.data),
            "window": self.window,
            "cap": self.cap,
            "sender": self.sender,
            "goal": goal if keeps_goal else any_of([self.goal.data] if self.goal.data else []),
        }

    @property
    def sender(self) -> dict[str, str]:
        given = {
            "name": self.sender_name.data,
            "email": self.sender_email.data,
            "reply_to": self.reply_to.data,
        }
        return {key: value for key, value in given.items() if value}


class ReviewForm(BaseForm):
    """The deliberate second step: for many people the number has to be typed."""

    people = LocalIntegerField(_l("Type the number of people to go on"))
    sure = BooleanField(_l("I have read the texts and looked at the people"))

    def is_meant(self, count: int, *, typed: bool) -> bool:
        """Whether the number was typed, or the box ticked; says beside the field what is missing."""
        if typed and self.people.data != count:
            self.people.errors = [
                _("Type %(count)s, the number of people who get it.", count=format_number(count))
            ]
        elif not typed and not self.sure.data:
            self.sure.errors = [_("Tick this to go on.")]
        return not self.errors


def tag_choices(tags: Iterable[Tag]) -> list[SelectChoice]:
    return [SelectChoice(tag.slug, tag.name) for tag in tags]


def week_choices() -> list[SelectChoice]:
    """The days of the week by code, in the order of the viewer's week."""
    first = current_preferences().week_begins
    names = WEEKDAY_NAMES[lang()]
    return [SelectChoice(WEEKDAY_CODES[(first + n) % 7], names[(first + n) % 7]) for n in range(7)]
