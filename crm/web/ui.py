"""Jinja globals of the pages: the `ui` macros, icons, element ids, and the few facts macros ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol, cast
from zlib import crc32

from flask import Flask, current_app, request
from jinja2 import BaseLoader, Environment
from markupsafe import Markup, escape
from wtforms import Field, FieldList, Form, FormField
from wtforms.widgets import ListWidget, Select, TextArea

from crm.core.paging import Page

ROOT = Path(__file__).resolve().parents[2]
SPRITE = ROOT / "static" / "icons" / "sprite.svg"
HUES = 8

FLIPPED = frozenset(
    {
        "arrow-left",
        "arrow-right",
        "chevron-left",
        "chevron-right",
        "chevrons-left",
        "chevrons-right",
        "columns-3",
    }
    | {"external-link", "list", "list-tree", "log-out", "redo-2", "reply", "send", "split", "undo-2"}
)
"""Icons that show reading direction and turn round in Persian; nothing else does."""

CLASSES = {"checkbox": "check", "radio": "check", "select": "select", "textarea": "textarea"}
LTR_KINDS = frozenset({"email", "tel", "url", "password"})


class NavigationEntry(Protocol):
    """What the page frame needs of one line of the navigation."""

    url: str
    on_phone: bool


class NavigationGroup(Protocol):
    """One titled part of the navigation."""

    entries: Sequence[NavigationEntry]


@dataclass(frozen=True)
class Problem:
    """One thing to fix in a form; without a field it is about the form as a whole."""

    message: str
    field: Field | None = None


class Macros:
    """The `ui` global: every macro of templates/ui, and a few functions, under one name.

    A macro sees its arguments and the Jinja globals, never the page's context. A file is read at the first
    use of one of its macros, when all globals are in place; while developing, again when it changes.
    """

    def __init__(self, environment: Environment, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._environment = environment
        self._homes = _macro_homes(environment)
        if doubles := self._homes.keys() & functions.keys():
            raise RuntimeError(f"macros with the name of a function: {sorted(doubles)}")
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        if name not in self._homes:
            raise AttributeError(f"no macro {name!r} in templates/ui")
        macro = getattr(self._environment.get_template(self._homes[name]).module, name)
        if not self._environment.auto_reload:
            self.__dict__[name] = macro
        return macro


def _macro_homes(environment: Environment) -> dict[str, str]:
    homes: dict[str, str] = {}
    loader = cast("BaseLoader", environment.loader)
    for template in environment.list_templates(filter_func=_holds_macros):
        source = loader.get_source(environment, template)[0]
        for name in re.findall(r"\{%-? *macro +([a-z]\w*)", source):
            if name in homes:
                raise RuntimeError(f"{homes[name]} and {template} both define the macro {name!r}")
            homes[name] = template
    return homes


def _holds_macros(template: str) -> bool:
    return template.startswith("ui/") and template.endswith(".html") and not template.startswith("ui/_")


def init_ui(app: Flask) -> None:
    """Put `ui`, `icon` and `dom_id` among the globals. The app brings `static_url` and the language's own."""
    functions: dict[str, Callable[..., Any]] = {
        "icon": icon,
        "dom_id": dom_id,
        "initials": initials,
        "hue_for": hue_for,
        "attributes": attributes,
        "control": control,
        "kind_of": kind_of,
        "problems": problems,
        "page_numbers": page_numbers,
        "phone_entries": phone_entries,
        "command_key": command_key,
    }
    environment = app.jinja_env
    environment.globals.update(ui=Macros(environment, functions), icon=icon, dom_id=dom_id)


def icon(name: str, size: str = "") -> Markup:
    """An icon of the sprite: size '', 'xs', 's' or 'l'. It is never heard, so words stand beside it."""
    if name not in _icons():
        raise LookupError(f"no icon {name!r} in static/icons/sprite.svg")
    static_url = cast("Callable[[str], str]", current_app.jinja_env.globals["static_url"])
    return _drawn(static_url("icons/sprite.svg"), name, size)


@lru_cache(maxsize=1024)
def _drawn(sprite: str, name: str, size: str) -> Markup:
    classes = " ".join(filter(None, ("ico", size, "flip" if name in FLIPPED else "")))
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        classes, sprite, name
    )


@cache
def _icons() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))


def dom_id(record: Any, purpose: str | None = None) -> str:
    """The id of a record's element: `contact-12`, or for one part of it `contact-12-tags`.

    Plain rows that stand for a record (`ContactRow`) have the id of that record.
    """
    kind = type(record).__name__.removesuffix("Row")
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower()
    return f"{name}-{record.id}-{purpose}" if purpose else f"{name}-{record.id}"


def initials(name: str) -> str:
    """Two letters of a Latin name, one of a name in a joined script, where two would be read as a word."""
    words = [word for word in re.split(r"[\s\u200c_.@-]+", name) if word and word[0].isalpha()]
    if not words:
        return ""
    first, last = words[0][0], words[-1][0]
    is_joined = "\u0590" <= first <= "\u08ff"
    return first if is_joined or len(words) == 1 else f"{first}{last}".upper()


def hue_for(text: str) -> int:
    """A hue from 1 to 8 that is always the same for the same text."""
    return crc32(text.casefold().encode()) % HUES + 1


def attributes(given: Mapping[str, Any]) -> Markup:
    """Keywords of a macro as HTML attributes: `hx_get` → `hx-get`, True → the bare name, None → nothing."""
    parts = [
        Markup(" ") + _attribute(name, value) for name, value in given.items() if value not in (None, False)
    ]
    return Markup("").join(parts)


def _attribute(name: str, value: Any) -> Markup:
    hyphened = _hyphened(name)
    return escape(hyphened) if value is True else Markup('{}="{}"').format(hyphened, value)


def _hyphened(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def kind_of(field: Field) -> str:
    """How a field is drawn: 'select', 'textarea', 'choices' (boxes or radios), or its input type."""
    widget = field.widget
    if isinstance(widget, ListWidget):
        return "choices"
    if isinstance(widget, Select):
        return "select"
    return "textarea" if isinstance(widget, TextArea) else str(getattr(widget, "input_type", "text"))


def control(
    field: Field, *, size: str = "lg", hint: Any = None, given: Mapping[str, Any] | None = None
) -> Markup:
    """The bare input of a field with its class, direction, and the tie to its error or hint."""
    kind = kind_of(field)
    own_class = CLASSES.get(kind, "input")
    extra: dict[str, Any] = {_hyphened(name): value for name, value in (given or {}).items()}
    sized = size if own_class != "check" else ""
    extra["class"] = " ".join(filter(None, (own_class, sized, extra.pop("class", ""))))
    if kind in LTR_KINDS:
        extra.setdefault("dir", "ltr")
    if field.errors:
        extra |= {"aria-invalid": "true", "aria-describedby": f"{field.id}-error"}
    elif hint:
        extra.setdefault("aria-describedby", f"{field.id}-hint")
    drawn: Markup = field(**extra)
    return drawn


def problems(form: Form) -> list[Problem]:
    """Everything to fix, those of the whole form first, then in the order of the fields."""
    whole = [Problem(str(message)) for message in form.form_errors]
    return whole + [problem for field in form for problem in _field_problems(field)]


def _field_problems(field: Field) -> Iterator[Problem]:
    if isinstance(field, FormField):
        yield from problems(field.form)
        return
    if isinstance(field, FieldList):
        for entry in field.entries:
            yield from _field_problems(entry)
    messages: Sequence[object] = field.errors
    for message in messages:
        # The entries of a list answered for themselves above; what is left are sentences, lazy ones too.
        if not isinstance(message, list | tuple | dict):
            yield Problem(str(message), field)


def page_numbers(page: Page[Any]) -> list[int | None]:
    """The numbers a pager shows: the ends, the page itself and its neighbours; None stands for a gap."""
    near = {1, page.count, *range(page.number - 1, page.number + 2)}
    shown = sorted(number for number in near if 1 <= number <= page.count)
    numbers: list[int | None] = []
    for number in shown:
        before = numbers[-1] if numbers else None
        if before is not None and number - before == 2:
            numbers.append(number - 1)
        elif before is not None and number - before > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers


def phone_entries(groups: Iterable[NavigationGroup], limit: int = 4) -> list[NavigationEntry]:
    """The few places in the bottom bar of a phone: those marked for it, filled up in menu order."""
    entries = [entry for group in groups for entry in group.entries]
    return sorted(entries, key=lambda entry: not entry.on_phone)[:limit]


def command_key() -> str:
    """What stands before a letter in a shortcut on this machine: ⌘ on a Mac, Ctrl elsewhere."""
    return "⌘" if re.search(r"Mac|iPhone|iPad", request.user_agent.string) else "Ctrl "
