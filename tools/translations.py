"""The catalogues: `gather` brings them up to date with the source, `check` tells what is not translated.

python tools/translations.py gather
python tools/translations.py check
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "crm" / "translations"
LANGUAGES = ("fa",)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
PLACE = re.compile(r"%\(\w+\)s|%\(\w+\)d")


def gather() -> Catalog:
    """Every string of the source, with the place it stands at."""
    catalogue = Catalog(project="Peyvand", charset="utf-8")
    for folder, methods in (
        ("crm", [("**.py", "python")]),
        ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.md", "jinja2")]),
    ):
        options = {pattern: {"silent": "false"} for pattern, method in methods if method == "jinja2"}
        found = extract_from_dir(
            ROOT / folder,
            methods,
            options,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for name, _line, message, comments, context in found:
            # Without line numbers, so that moving code does not change the catalogue.
            catalogue.add(
                message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context
            )
    return catalogue


def path_of(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Peyvand", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, source: Catalog) -> None:
    """Add what is new, drop what is gone, guess nothing."""
    catalogue = read(language)
    catalogue.update(source, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    target = io.BytesIO()
    write_po(target, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [
        line
        for line in target.getvalue().splitlines()
        if not line.startswith((b'"POT-Creation-Date', b'"Generated-By'))
    ]
    path.write_bytes(b"\n".join(kept) + b"\n")


def faults(language: str, source: Catalog) -> Iterator[str]:
    """What is missing, empty, unsure, left over, or loses a value."""
    catalogue = read(language)
    known = {(message.id, message.context): message for message in catalogue if message.id}
    wanted = {(message.id, message.context) for message in source if message.id}
    for key in sorted(wanted - known.keys(), key=str):
        yield f"missing: {_shown(key[0])}"
    for key in sorted(known.keys() - wanted, key=str):
        yield f"no longer in the source: {_shown(key[0])}"
    for key in wanted & known.keys():
        yield from _message_faults(known[key])


def _message_faults(message: Message) -> Iterator[str]:
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        yield f"unsure: {_shown(message.id)}"
    if not texts or not all(texts):
        yield f"not translated: {_shown(message.id)}"
        return
    wanted = set(PLACE.findall(message.id if isinstance(message.id, str) else message.id[1]))
    for text in texts:
        lost = wanted - set(PLACE.findall(text))
        unknown = set(PLACE.findall(text)) - wanted
        # A plural may say "one" in words and leave the number away.
        if unknown or (lost and isinstance(message.id, str)):
            yield f"values differ ({', '.join(sorted(lost | unknown))}): {_shown(message.id)}"


def _shown(msgid: str | list[str] | tuple[str, ...]) -> str:
    return repr(msgid if isinstance(msgid, str) else msgid[0])


def main(arguments: list[str]) -> int:
    source = gather()
    if arguments == ["gather"]:
        for language in LANGUAGES:
            update(language, source)
            missing = sum(1 for fault in faults(language, source) if fault.startswith("not"))
            print(
                f"{language}: {len(source)} strings, {missing} to translate in {path_of(language).relative_to(ROOT)}"
            )
        return 0
    if arguments != ["check"]:
        print(__doc__)
        return 2
    found = [f"{language}: {fault}" for language in LANGUAGES for fault in faults(language, source)]
    shown = found[:40]
    print("\n".join(shown) if found else f"{len(source)} strings, all translated")
    if len(found) > len(shown):
        print(f"… and {len(found) - len(shown)} more")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
