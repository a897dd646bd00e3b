"""What every HTML answer must be, whatever its screen: strict, complete, labelled, and working without script."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from tests.support.html import Element, Reader
from tests.support.translations import MARK

HTMX_METHODS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
REFUSED = {"style", "hx-on", "hx-vars", "hx-prompt"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
BLOCKS = {
    "address",
    "article",
    "blockquote",
    "div",
    "dl",
    "fieldset",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
}
BLOCKS |= {"header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"}
DIRECTIONS = {"en": "ltr", "fa": "rtl"}
NOT_IDS = ("this", "closest ", "find ", "next", "previous", "body")

Check = Callable[[Element], Iterator[str]]


def faults(reader: Reader, markup: str, *, is_page: bool, known_ids: set[str] | None = None) -> list[str]:
    """Everything wrong with an answer; `known_ids` are those of the page a fragment goes into."""
    found = list(_page_faults(reader)) if is_page else []
    for check in EVERYWHERE:
        found += check(reader.root)
    found += _ids_named(reader.root, known_ids if not is_page else set())
    if MARK in markup:
        missing = markup.partition(MARK)[2].partition(MARK)[0]
        found.append(f"not translated into Persian: {missing!r}")
    return found


def _page_faults(reader: Reader) -> Iterator[str]:
    root = reader.root
    if not reader.has_doctype:
        yield "no <!doctype html>"
    pages = root.all("html")
    if len(pages) != 1:
        yield f"{len(pages)} <html> elements"
        return
    lang, direction = pages[0].get("lang"), pages[0].get("dir")
    if DIRECTIONS.get(lang or "") != direction:
        yield f"lang={lang!r} with dir={direction!r}"
    titles = [title for title in root.all("head title") if title.text]
    if len(titles) != 1:
        yield f"{len(titles)} titles"
    if len(root.all("h1")) != 1:
        yield f"{len(root.all('h1'))} <h1> headings"
    if len(root.all("main")) != 1:
        yield f"{len(root.all('main'))} <main> elements"


def _unique_ids(root: Element) -> Iterator[str]:
    counts = Counter(element["id"] for element in root.elements if "id" in element)
    yield from (f"id {name!r} is there {count} times" for name, count in counts.items() if count > 1)
    yield from (f"id {name!r} is empty or has blanks" for name in counts if not name or " " in name)


def _nesting(root: Element) -> Iterator[str]:
    for element in root.elements:
        outer = [ancestor.tag for ancestor in element.ancestors]
        if element.tag in BLOCKS and "p" in outer:
            yield f"{element!r} inside <p>"
        if element.tag in {"form", "a", "button"} and element.tag in outer:
            yield f"{element!r} inside <{element.tag}>"
        if element.tag in {"a", "button", "input", "select"} and {"a", "button"} & set(outer):
            yield f"{element!r} inside a link or button"
        if element.tag == "form" and outer and outer[0] in {"table", "thead", "tbody", "tr"}:
            yield f"{element!r} straight inside <{outer[0]}>, where browsers throw it out"


def _no_inline(root: Element) -> Iterator[str]:
    for element in root.elements:
        if element.tag == "style":
            yield "inline <style>"
        if element.tag == "script" and ("src" not in element or element.text):
            yield "inline <script>"
        for name, value in element.attributes.items():
            is_event = name.startswith("on") and name != "on"
            if name in REFUSED or name.startswith(("hx-on:", "hx-on-")) or is_event:
                yield f"{element!r} has {name}"
            if value.lower().lstrip().startswith("javascript:"):
                yield f"{element!r} has a javascript: address"
            if name == "hx-vals" and value.lstrip().startswith(("js:", "javascript:")):
                yield f"{element!r} has script in hx-vals"
            if name == "hx-trigger" and "[" in value:
                yield f"{element!r} has a filter in hx-trigger, which needs eval"


def _links(root: Element) -> Iterator[str]:
    for link in root.all("a"):
        href = link.get("href")
        if not href or href == "#":
            yield f"{link!r} leads nowhere"
        if not _accessible_name(link):
            yield f"{link!r} has no text"
    for button in root.all("button"):
        if not _accessible_name(button):
            yield f"{button!r} has no text"
        if "type" not in button:
            yield f"{button!r} does not say its type"
    yield from (f"{image!r} has no alt" for image in root.all("img") if "alt" not in image)


def _forms(root: Element) -> Iterator[str]:
    for form in root.all("form"):
        method = (form.get("method") or "get").lower()
        if method == "dialog":
            continue
        if "action" not in form:
            yield f"{form!r} has no action"
        if method not in {"get", "post"}:
            yield f"{form!r}: browsers know only get and post"
        is_ours = not urlsplit(form.get("action") or "").netloc
        tokens = [each for each in form.all("input[name=csrf_token]") if each.get("value")]
        if method == "post" and is_ours and not tokens:
            yield f"{form!r} has no CSRF field"
        if method == "get" and form.all("input[name=csrf_token]"):
            yield f"{form!r} would put the CSRF token into the address"


def _labels(root: Element) -> Iterator[str]:
    labelled = {label["for"] for label in root.all("label") if "for" in label and label.text}
    for control in root.all("input, select, textarea"):
        if control.tag == "input" and control.get("type", "text") in UNLABELLED:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in labelled
        inside = any(ancestor.tag == "label" and ancestor.text for ancestor in control.ancestors)
        if not named and not inside:
            yield f"{control!r} has no label"


def _twins(root: Element) -> Iterator[str]:
    """Each htmx request is a real link or form first; lazy panels and polling hold a link inside."""
    for element in root.elements:
        asked = [name for name in HTMX_METHODS if name in element]
        if not asked:
            continue
        if "hx-swap" not in element or (element["hx-swap"] != "none" and "hx-target" not in element):
            yield f"{element!r} does not write out hx-target and hx-swap"
        if asked[0] == "hx-get":
            yield from _get_twin(element)
        elif asked[0] == "hx-post":
            yield from _post_twin(element)
        else:
            yield f"{element!r}: only GET and POST in pages"


def _get_twin(element: Element) -> Iterator[str]:
    form = _form_of(element)
    by_itself = {"load", "every", "revealed", "intersect"} & set((element.get("hx-trigger") or "").split())
    if by_itself or ":" in (element.get("hx-trigger") or "").replace("delay:", "").replace("throttle:", ""):
        if (
            not element.all("a[href]")
            and not (form and element.tag in {"input", "select"})
            and "href" not in element
        ):
            yield f"{element!r} loads by itself and holds no link for browsers without script"
        return
    if "href" in element or (form is not None and ("action" in form or "formaction" in element)):
        return
    yield f"{element!r} has neither href nor a form with an action"


def _post_twin(element: Element) -> Iterator[str]:
    form = _form_of(element)
    if form is None:
        yield f"{element!r} posts without a form"
        return
    plain = element.get("formaction") or form.get("action")
    if (element.get("formmethod") or form.get("method") or "").lower() != "post" or plain != element[
        "hx-post"
    ]:
        yield f"{element!r} posts to another place than its form ({plain})"


def _form_of(element: Element) -> Element | None:
    if element.tag == "form":
        return element
    named = element.get("form")
    top = element
    for ancestor in element.ancestors:
        if ancestor.tag == "form" and not named:
            return ancestor
        top = ancestor
    return top.find(f"form#{named}") if named else None


def _configuration(root: Element) -> Iterator[str]:
    for element in root.elements:
        for name in ("hx-headers", "hx-vals"):
            if name in element:
                try:
                    json.loads(element[name])
                except ValueError:
                    yield f"{element!r}: {name} is not JSON"


def _ids_named(root: Element, known: set[str] | None) -> Iterator[str]:
    """Ids that attributes point at exist. Without the surrounding page (None) only what is here can be judged."""
    if known is None:
        return
    ids = known | {element["id"] for element in root.elements if "id" in element}
    for element in root.elements:
        for name in ("hx-target", "hx-include", "hx-indicator", "hx-disabled-elt"):
            value = element.get(name, "") or ""
            if value.startswith("#") and value[1:] not in ids and not value.startswith(NOT_IDS):
                yield f"{element!r}: {name} names no element of the page"
        for name in (
            "for",
            "aria-describedby",
            "aria-labelledby",
            "aria-controls",
            "popovertarget",
            "form",
            "list",
        ):
            for value in (element.get(name) or "").split():
                if value not in ids and not (name == "list" and element.tag != "input"):
                    yield f"{element!r}: {name} names no element of the page"
        href = element.get("href") or ""
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"{element!r} jumps to no element of the page"


def _accessible_name(element: Element) -> str:
    images = " ".join(image.get("alt") or "" for image in element.all("img"))
    return element.text or element.get("aria-label") or element.get("aria-labelledby") or images.strip()


EVERYWHERE: tuple[Check, ...] = (
    _unique_ids,
    _nesting,
    _no_inline,
    _links,
    _forms,
    _labels,
    _twins,
    _configuration,
)
