"""A page as the tests look at it: parsed, searchable, with forms to fill in and send as a person would."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

from werkzeug.test import TestResponse

from tests.support.html import Element, read

if TYPE_CHECKING:
    from tests.support.client import CheckingClient

Values = dict[str, Any]


class Page:
    """An HTML answer. `page.form("#edit").submit(name="Sara")` sends what a browser would send."""

    def __init__(self, response: TestResponse, client: CheckingClient) -> None:
        self.response = response
        self.client = client
        self.markup = response.get_data(as_text=True)
        self.root: Element = read(self.markup).root

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def url(self) -> str:
        """Path and query this came from, after redirects."""
        query = self.response.request.query_string.decode()
        return f"{self.response.request.path}?{query}" if query else self.response.request.path

    @property
    def text(self) -> str:
        """What a person reads on it."""
        return self.root.text

    @property
    def title(self) -> str:
        return self.root.one("head title").text

    @property
    def ids(self) -> set[str]:
        return {element["id"] for element in self.root.elements if "id" in element}

    @property
    def problems(self) -> list[str]:
        """The sentences beside fields that have to be mended, and those of the summary."""
        return [element.text for element in self.root.all(".err, [role=alert] li")]

    @property
    def toasts(self) -> list[str]:
        return [element.text for element in self.root.all("#toasts .toast")]

    def all(self, selector: str) -> list[Element]:
        return self.root.all(selector)

    def find(self, selector: str) -> Element | None:
        return self.root.find(selector)

    def one(self, selector: str) -> Element:
        return self.root.one(selector)

    def link(self, text: str) -> Element:
        """The only link that reads so, on a wide or a narrow screen."""
        found = [link for link in self.root.all("a") if text in _names(link)]
        assert found, f"no link {text!r}; there are {[link.text for link in self.root.all('a')]}"
        assert len({link["href"] for link in found}) == 1, f"links {text!r} lead to different places: {found}"
        return found[0]

    def follow(self, text: str) -> Page:
        return self.client.page(urljoin(self.url, self.link(text)["href"]))

    def form(self, selector: str = "main form") -> FilledForm:
        """The only form that matches, apart from the choice of a language beside it."""
        found = [form for form in self.root.all(selector) if form.get("action") != "/language"]
        assert len(found) == 1, f"{len(found)} forms match {selector!r}: {found}"
        return FilledForm(found[0], self)

    def form_to(self, path: str) -> FilledForm:
        """The first form that is sent to this path."""
        found = [each for each in self.root.all("form") if urlsplit(each.get("action") or "").path == path]
        assert found, f"no form to {path}; there are {[each.get('action') for each in self.root.all('form')]}"
        return FilledForm(found[0], self)


class FilledForm:
    """A form with what stands in it, ready to be changed and sent."""

    def __init__(self, element: Element, page: Page) -> None:
        self.element = element
        self.page = page
        self.values: dict[str, list[Any]] = {}
        for control in _controls(element, page.root):
            for name, value in _initial(control):
                self.values.setdefault(name, []).append(value)

    def submit(self, *, button: str | None = None, htmx: bool = False, **fields: Any) -> TestResponse:
        """Send it; fields not named keep what the page put in. `button` is the text of the one to press."""
        known = {control.get("name") for control in _controls(self.element, self.page.root)}
        for name, value in fields.items():
            assert name in known, f"the form has no field {name!r}; it has {sorted(filter(None, known))}"
            self.values[name] = list(value) if isinstance(value, list | tuple | set) else [value]
        self._press(button)
        action = urljoin(self.page.url, self.element.get("action") or "")
        headers = self._htmx_headers() if htmx else {}
        if (self.element.get("method") or "get").lower() == "get":
            return self.page.client.get(action, query_string=self.values, headers=headers)
        return self.page.client.post(action, data=self.values, headers=headers)

    def _press(self, text: str | None) -> None:
        if text is None:
            return
        for button in self.element.all("button"):
            if text in _names(button):
                if "name" in button:
                    self.values[button["name"]] = [button.get("value", "")]
                return
        raise AssertionError(f"no button {text!r} in {self.element!r}")

    def _htmx_headers(self) -> dict[str, str]:
        target = (self.element.get("hx-target") or "").removeprefix("#")
        return {
            "HX-Request": "true",
            "HX-Current-URL": f"http://localhost{self.page.url}",
            "HX-Target": target,
        }


def _names(element: Element) -> set[str | None]:
    return {element.text, element.get("aria-label"), *(part.text for part in element.elements)}


def _controls(form: Element, root: Element) -> Iterable[Element]:
    inside = form.all("input, select, textarea, button")
    outside = root.all(f"[form={form['id']}]") if "id" in form else []
    return [control for control in inside + outside if "name" in control and "disabled" not in control]


def _initial(control: Element) -> Iterable[tuple[str, Any]]:
    name = control["name"]
    if control.tag == "button" or control.get("type") in {"submit", "image", "reset", "button", "file"}:
        return []
    if control.get("type") in {"checkbox", "radio"}:
        return [(name, control.get("value") or "on")] if "checked" in control else []
    if control.tag == "select":
        return [(name, value) for value in _chosen(control)]
    if control.tag == "textarea":
        return [(name, "".join(child for child in control.children if isinstance(child, str)))]
    return [(name, control.get("value") or "")]


def _chosen(control: Element) -> list[str]:
    options = control.all("option")
    chosen = [option for option in options if "selected" in option]
    if not chosen and "multiple" not in control:
        chosen = options[:1]
    return [option.get("value", option.text) for option in chosen]


def query_of(url: str) -> dict[str, list[str]]:
    """The query part of an address, as lists."""
    return parse_qs(urlsplit(url).query)
