"""Forms of the tags page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, Length

from crm.web.fields import TrimmedStringField
from crm.web.forms import BaseForm

NAME = [DataRequired(_l("Give it a name.")), Length(max=80, message=_l("At most 80 characters."))]
COLOURS = (
    _l("Red"), _l("Blue"), _l("Yellow"), _l("Green"), _l("Turquoise"), _l("Sky"), _l("Violet"), _l("Pink"),
)  # fmt: skip
HUES = [SelectChoice(number, name) for number, name in enumerate(COLOURS, start=1)]


class TagForm(BaseForm):
    name = TrimmedStringField(_l("Name"), NAME, max_length=80)
    hue = RadioField(_l("Colour"), coerce=int, choices=HUES, default=6)
    group_id = SelectField(_l("Group"), coerce=int)
    description = TrimmedStringField(_l("What it means"), max_length=300)


class GroupForm(BaseForm):
    name = TrimmedStringField(_l("Name"), NAME, max_length=80)
    is_exclusive = BooleanField(_l("A person holds at most one tag of this group"))


class MergeForm(BaseForm):
    into = SelectField(_l("Merge into"), coerce=int)
