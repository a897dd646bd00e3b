"""Forms of accounts."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from crm.web.forms import BaseForm

REQUIRED_NAME = [DataRequired(_l("Fill in a name.")), Length(max=120, message=_l("At most 120 characters."))]
REQUIRED_EMAIL = [
    DataRequired(_l("Fill in an email address.")),
    Length(max=254, message=_l("At most 254 characters.")),
]
REQUIRED_PASSWORD = [DataRequired(_l("Fill in a password."))]

BOXES = ListWidget(prefix_label=False)
LANGUAGES = [SelectChoice("en", "English"), SelectChoice("fa", "فارسی")]
CALENDARS = [
    SelectChoice("auto", _l("As the language has it")),
    SelectChoice("gregorian", _l("Gregorian")),
    SelectChoice("jalali", _l("Jalali")),
]
THEMES = [
    SelectChoice("system", _l("As the device has it")),
    SelectChoice("light", _l("Light")),
    SelectChoice("dark", _l("Dark")),
]
DENSITIES = [SelectChoice("comfortable", _l("Comfortable")), SelectChoice("compact", _l("Compact"))]
ZONES = [
    SelectChoice(zone, zone.replace("_", " "))
    for zone in sorted(available_timezones())
    if "/" in zone or zone == "UTC"
]


class SignInForm(BaseForm):
    email = StringField(_l("Email"), REQUIRED_EMAIL)
    password = PasswordField(_l("Password"), REQUIRED_PASSWORD)
    remember = BooleanField(_l("Keep me signed in on this device"))


class SetUpForm(BaseForm):
    name = StringField(_l("Your name"), REQUIRED_NAME)
    email = StringField(_l("Email"), REQUIRED_EMAIL)
    password = PasswordField(
        _l("Password"), REQUIRED_PASSWORD, description=_l("At least 8 characters; a sentence is fine.")
    )
    workspace = StringField(_l("Name of your team or company"), REQUIRED_NAME)
    timezone = SelectField(_l("Time zone"), choices=ZONES)


class ForgotForm(BaseForm):
    email = StringField(_l("Email"), REQUIRED_EMAIL)


class PasswordForm(BaseForm):
    password = PasswordField(
        _l("New password"), REQUIRED_PASSWORD, description=_l("At least 8 characters; a sentence is fine.")
    )


class ChangePasswordForm(BaseForm):
    current = PasswordField(_l("Present password"))
    password = PasswordField(
        _l("New password"), REQUIRED_PASSWORD, description=_l("At least 8 characters; a sentence is fine.")
    )


class ConfirmForm(BaseForm):
    """A button and nothing else."""


class ProfileForm(BaseForm):
    name = StringField(_l("Name"), REQUIRED_NAME)
    locale = SelectField(_l("Language"), choices=LANGUAGES)
    timezone = SelectField(_l("Time zone"), choices=ZONES)
    calendar = SelectField(_l("Calendar"), choices=CALENDARS)
    theme = SelectField(_l("Appearance"), choices=THEMES)
    density = SelectField(_l("Row height"), choices=DENSITIES)
    single_keys = BooleanField(_l("Single-key shortcuts"))


class WorkspaceForm(BaseForm):
    name = StringField(_l("Name of the workspace"), REQUIRED_NAME)
    locale = SelectField(_l("Language of new people and of mail to the team"), choices=LANGUAGES)
    timezone = SelectField(_l("Time zone"), choices=ZONES)
    calendar = SelectField(_l("Calendar"), choices=CALENDARS)
    region = StringField(
        _l("Country of phone numbers without a prefix"),
        [Optional(), Length(min=2, max=2, message=_l("Two letters, such as DE or IR."))],
        description=_l("Two letters, such as DE or IR."),
    )  # fmt: skip
    sender_name = StringField(
        _l("Sender name of campaigns"), [Length(max=120, message=_l("At most 120 characters."))]
    )
    sender_email = StringField(
        _l("Sender address of campaigns"), [Length(max=254, message=_l("At most 254 characters."))]
    )
    postal_address = TextAreaField(
        _l("Postal address"), [Length(max=500, message=_l("At most 500 characters."))],
        description=_l("Stands at the foot of every campaign mail; the law asks for it in most countries."),
    )  # fmt: skip


class InviteForm(BaseForm):
    name = StringField(_l("Name"), REQUIRED_NAME)
    email = StringField(_l("Email"), REQUIRED_EMAIL)
    roles = SelectMultipleField(_l("Roles"), choices=[], widget=BOXES, option_widget=CheckboxInput())


class ThemeForm(BaseForm):
    theme = SelectField(choices=THEMES)


class RolesForm(BaseForm):
    roles = SelectMultipleField(_l("Roles"), choices=[], widget=BOXES, option_widget=CheckboxInput())


class TokenForm(BaseForm):
    name = StringField(_l("What it is for"), REQUIRED_NAME)
