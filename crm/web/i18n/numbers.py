"""Numbers, sizes and lists in the viewer's digits and signs."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from crm.core.text import local_digits
from crm.web.i18n.preferences import lang
from crm.web.i18n.sentences import gettext, ngettext

# The minus needs a mark before it, or it jumps to the other side of the number in a line from right to left.
_PERSIAN_SIGNS = str.maketrans({",": "٬", ".": "٫", "-": "\u200e−"})


def digits(value: object) -> str:
    """Any text with the viewer's digits; never for addresses, codes and versions."""
    return local_digits(str(value), lang())


def format_number(value: float | Decimal, decimals: int | None = None) -> str:
    """Grouped by thousands; without `decimals` as many as there are, up to two."""
    number = Decimal(str(value))
    rounded = number.quantize(Decimal(1).scaleb(-(2 if decimals is None else decimals)), ROUND_HALF_UP)
    written = f"{rounded:,f}"
    if decimals is None:
        written = written.rstrip("0").rstrip(".")
    written = written.removeprefix("-") if rounded == 0 else written
    return digits(written.translate(_PERSIAN_SIGNS) if lang() == "fa" else written)


def format_percent(ratio: float | Decimal, decimals: int | None = None) -> str:
    """0.5 is 50%; without `decimals` one below ten percent, where it tells something, and none above."""
    percent = Decimal(str(ratio)) * 100
    if decimals is None:
        step = Decimal("0.1") if abs(percent) < 10 else Decimal(1)
        percent = percent.quantize(step, ROUND_HALF_UP)
    number = format_number(percent, decimals)
    return f"{number}٪" if lang() == "fa" else f"{number}%"


def format_file_size(size: int) -> str:
    """In units of a thousand, as disks and file managers count."""
    if size < 1000:
        return ngettext("%(count)s byte", "%(count)s bytes", size, count=format_number(size))
    if size < 1_000_000:
        return gettext("%(size)s kB", size=format_number(Decimal(size) / 1000, 0))
    if size < 1_000_000_000:
        return gettext("%(size)s MB", size=format_number((Decimal(size) / 10**6).quantize(Decimal("0.1"))))
    return gettext("%(size)s GB", size=format_number((Decimal(size) / 10**9).quantize(Decimal("0.1"))))


def format_list(items: Iterable[object]) -> str:
    """One, two and three."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    text = words[0]
    for word in words[1:-1]:
        text = gettext("%(words)s, %(next)s", words=text, next=word)
    return gettext("%(words)s and %(last)s", words=text, last=words[-1])
