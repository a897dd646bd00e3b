"""Forms of imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, RadioField, SelectChoice, SelectField, StringField

from crm.contacts.fields import LABELS
from crm.core.calendars import Calendar
from crm.core.text import sort_key
from crm.transfer.cells import FIELDS, split_tags
from crm.transfer.encodings import OFFERED
from crm.transfer.models import Import
from crm.transfer.options import MatchBy, Mode, Options, read_options
from crm.transfer.reading import DELIMITERS
from crm.web.forms import BaseForm
from crm.web.i18n import lang

OVERWRITE, FILL, LEAVE = "overwrite", "fill", "leave"
MOST_COLUMNS = 500


class UploadForm(BaseForm):
    file = FileField(
        _l("CSV file"),
        description=_l(
            "Up to 200 MB. Exports of Google Contacts, Outlook and HubSpot are understood as they are."
        ),
    )


class MatchForm(BaseForm):
    """What each column becomes, how the file is read, and what happens to people who are here already."""

    columns = FieldList(SelectField(), max_entries=MOST_COLUMNS)
    encoding = SelectField(_l("Encoding"))
    delimiter = SelectField(_l("Columns are separated by"))
    region = SelectField(_l("Phone numbers without a country are from"))
    calendar = SelectField(
        _l("Years of two digits are"),
        choices=[
            SelectChoice(Calendar.GREGORIAN.value, _l("Gregorian")), SelectChoice(Calendar.JALALI.value, _l("Jalali"))
        ],
    )  # fmt: skip
    match = SelectField(
        _l("Somebody is here already when this is the same"),
        choices=[
            SelectChoice(MatchBy.EMAIL.value, _l("Email")), SelectChoice(MatchBy.PHONE.value, _l("Phone")),
            SelectChoice(MatchBy.EXTERNAL_ID.value, _l("External ID")),
        ],
    )  # fmt: skip
    known = RadioField(
        _l("People who are here already"),
        choices=[
            SelectChoice(OVERWRITE, _l("Overwrite with the file")), SelectChoice(FILL, _l("Fill empty fields only")),
            SelectChoice(LEAVE, _l("Skip the row")),
        ],
    )  # fmt: skip
    new = BooleanField(_l("Add people who are new"))
    tags = StringField(_l("Tags for everybody"), description=_l("Separated by commas. New ones are made."))


def match_form(record: Import, fields: Iterable[str]) -> MatchForm:
    """The form with what stands now; the choices depend on the file and on what the person may see."""
    options = read_options(record.options)
    form = MatchForm(
        columns=[field or "" for field in record.mapping],
        encoding=record.shape["encoding"], delimiter=record.shape["delimiter"], region=options.region,
        calendar=options.calendar.value, match=options.match.value, tags=", ".join(options.tags),
        known=LEAVE if options.mode is Mode.CREATE else FILL if options.fills_only else OVERWRITE,
        new=options.mode is not Mode.UPDATE,
    )  # fmt: skip
    choices = _field_choices(fields)
    for field in form.columns:
        field.choices = choices
    encodings = dict.fromkeys((record.shape["encoding"], *OFFERED))
    form.encoding.choices = [SelectChoice(name, name.removesuffix("-sig").upper()) for name in encodings]
    words = {",": _("a comma"), ";": _("a semicolon"), "\t": _("a tab"), "|": _("a vertical line")}
    signs = dict.fromkeys((record.shape["delimiter"], *DELIMITERS))
    form.delimiter.choices = [SelectChoice(sign, words.get(sign, sign)) for sign in signs]
    form.region.choices = [SelectChoice("", _("No country: only numbers with + go in")), *_countries()]
    return form


def chosen_columns(form: MatchForm, count: int) -> Sequence[str | None]:
    """The field of each column; what the browser did not send is left out."""
    chosen = [field.data or None for field in form.columns]
    return [*chosen[:count], *[None] * (count - len(chosen))]


def chosen_options(form: MatchForm) -> Options:
    """Raises Invalid for a tag that is too long."""
    mode = (
        Mode.BOTH
        if form.new.data and form.known.data != LEAVE
        else Mode.CREATE
        if form.new.data
        else Mode.UPDATE
    )
    return Options(
        match=MatchBy(form.match.data), mode=mode, fills_only=form.known.data == FILL,
        tags=split_tags(form.tags.data or ""), region=form.region.data or "", calendar=Calendar(form.calendar.data),
    )  # fmt: skip


def _field_choices(fields: Iterable[str]) -> list[SelectChoice]:
    wanted = FIELDS.intersection(fields)
    known = [
        SelectChoice(key, _("Full name") if key == "name" else _(label))
        for key, label in LABELS.items()
        if key in wanted
    ]
    return [SelectChoice("", _("Do not import")), *known]


def _countries() -> list[SelectChoice]:
    names = Locale(lang()).territories
    countries = [(code, str(name)) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    in_order = sorted(countries, key=lambda country: sort_key(country[1]))
    return [SelectChoice(code, name) for code, name in in_order]
