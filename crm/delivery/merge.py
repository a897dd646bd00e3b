"""Merge fields: the small, closed part of Liquid a message may use, filled for each recipient."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from typing import TextIO
from urllib.parse import quote

from liquid import BoundTemplate, Environment, Token
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string
from liquid.token import TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT
from liquid.undefined import UNDEFINED, Undefined
from markupsafe import escape

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.delivery.encoding import quoted_piece

FILTERS = frozenset(
    {"append", "capitalize", "default", "downcase", "prepend", "strip", "truncate", "truncatewords", "upcase"}
)
TAGS = frozenset({"if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase"})
LONGEST_EXPRESSION = 500
OUTPUT_LIMIT = 1_000_000

_BLOCKS = ("if", "unless", "case")
_PSEUDO_TAGS = (TOKEN_CONTENT, TOKEN_OUTPUT, TOKEN_ILLEGAL)
_SUFFIXES = {"v": "link_target", "u": "url_part", "m": "mail_part"}
_OPENING = re.compile(r"\{\{|\{%")
_GAP = re.compile(r"\s*")
_ADDRESS = re.compile(r"(?i)(https?://|mailto:|tel:)[^\s\x00-\x1f\x7f]+")


class MissingField(Invalid):
    """A merge field without a default has no value for this recipient; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(N_("The merge field “%(name)s” has no value here and no default."), name=name)
        self.name = name


class _Missing(Undefined):
    """May be asked whether it is there, and may be given a default, but not written out."""

    __slots__ = ()

    def __str__(self) -> str:
        raise MissingField(self.name)


class _FieldContext(RenderContext):
    """Looks a field up by its whole dotted key, so that there is nothing to walk into.

    And so `contact.company` may be a name while `contact.company.name` is a field of its own.
    """

    __slots__ = ()

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        name = ".".join(map(str, path))
        value = self.globals.get(name)
        is_text = isinstance(value, str) and value != "" and not value.isspace()
        return value if is_text or isinstance(value, (int, float)) else _Missing(name, token=token)


class _Template(BoundTemplate):
    context_class = _FieldContext


class _Environment(Environment):
    template_class = _Template
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 1
    local_namespace_limit = 1_000
    output_stream_limit = OUTPUT_LIMIT
    suppress_blank_control_flow_blocks = False


def _environment(write: Callable[[str], str]) -> _Environment:
    """An environment of the allowed tags and filters that passes each value through `write`.

    Liquid's own autoescape believes in text an author puts between quotes, which no sanitiser has seen;
    here everything that is not the prepared HTML itself is escaped.
    """

    class Node(OutputNode):
        __slots__ = ()

        def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
            text = to_liquid_string(self.expression.evaluate(context), autoescape=False)
            if len(text) + buffer.tell() > OUTPUT_LIMIT:
                raise Invalid(N_("The message becomes too long with this recipient's data."))
            return buffer.write(write(text))

    class Statement(Output):
        node_class = Node

    environment = _Environment(undefined=_Missing)
    environment.tags = {name: environment.tags[name] for name in (*_BLOCKS, *_PSEUDO_TAGS)}
    environment.add_tag(Statement)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.add_filter("link_target", _link_target)
    environment.add_filter("url_part", _url_part)
    environment.add_filter("mail_part", _mail_part)
    return environment


def _link_target(value: object) -> str:
    """A whole address from a merge field, or `#` for what is none: no data brings a script into a link."""
    text = str(value).strip()
    return text if _ADDRESS.fullmatch(text) else "#"


def _url_part(value: object) -> str:
    return quote(str(value), safe="", errors="replace")


def _mail_part(value: object) -> str:
    return quote(str(value), safe="@", errors="replace")


PLAIN = _environment(lambda value: value)
"""Values as they are: subjects, and text parts that are encoded as a whole."""
HTML = _environment(lambda value: str(escape(value)))
"""Values escaped, for HTML that is encoded as a whole."""
QUOTED = _environment(quoted_piece)
"""Values in quoted-printable, between literals that already are."""
QUOTED_HTML = _environment(lambda value: quoted_piece(str(escape(value))))
"""The same, escaped before."""


def parse(environment: Environment, source: str) -> BoundTemplate:
    """The template; raises Invalid with the place and what is wrong there."""
    try:
        return environment.from_string(source)
    except LiquidError as error:
        raise _unreadable(error) from None


def filled(templates: Iterable[BoundTemplate], values: Mapping[str, object]) -> list[str]:
    """Each template with these values; raises MissingField, or Invalid for what is too long or no text."""
    return [_rendered(template, _FieldContext(template, globals=values)) for template in templates]


def _rendered(template: BoundTemplate, context: _FieldContext) -> str:
    # Without newline="" each CRLF of an encoded part would become a bare newline.
    buffer = StringIO(newline="")
    try:
        for node in template.nodes:
            node.render(context, buffer)
    except LiquidError as error:
        raise _unreadable(error) from None
    return buffer.getvalue()


def fields_of(source: str) -> frozenset[str]:
    """The merge fields a source names; raises Invalid for a filter there is none of."""
    analysis = parse(PLAIN, source).analyze()
    for name in analysis.filters.keys() - FILTERS:
        raise Invalid(
            N_("There is no filter “%(name)s”. These can be used: %(known)s."),
            name=name,
            known=", ".join(sorted(FILTERS)),
        )
    return frozenset(str(variable) for found in analysis.variables.values() for variable in found)


def _unreadable(error: LiquidError) -> Invalid:
    problem = str(error).splitlines()[0] if str(error) else type(error).__name__
    return Invalid(N_("The merge fields cannot be read: %(problem)s"), problem=problem)


class Marker:
    """Swaps merge fields for words that no converter or sanitiser touches, and puts them back.

    The last letter of a word says what stands there: x a value, y a tag, and inside links v a whole address,
    u a part of a web address, m a part of a mail address.
    """

    def __init__(self, *sources: str) -> None:
        self.prefix = "zqf"
        while any(self.prefix in source.lower() for source in sources):
            self.prefix += "q"
        self._expressions: list[str] = []
        self.words = re.compile(rf"{self.prefix}(\d+)([xyvum])")

    def mark(self, source: str) -> str:
        """The source with each merge field or tag as one word; whitespace control is carried out here."""
        pieces: list[str] = []
        at = 0
        while opening := _OPENING.search(source, at):
            pieces.append(source[at : opening.start()])
            end = source.find("}}" if opening[0] == "{{" else "%}", opening.end())
            if end < 0:
                raise Invalid(
                    N_("A merge field is opened with “%(sign)s” and never closed."), sign=opening[0]
                )
            inner = source[opening.end() : end]
            at = end + 2
            if inner.startswith("-"):
                pieces[-1] = pieces[-1].rstrip()
            if inner.endswith("-") and (gap := _GAP.match(source, at)):
                at = gap.end()
            pieces.append(self._word(opening[0], inner.removeprefix("-").removesuffix("-").strip()))
        pieces.append(source[at:])
        return "".join(pieces)

    def _word(self, opening: str, expression: str) -> str:
        if len(expression) > LONGEST_EXPRESSION:
            raise Invalid(N_("A merge field has at most %(count)s signs."), count=LONGEST_EXPRESSION)
        if opening == "{%":
            name = (re.match(r"\w*", expression) or [""])[0]
            if name not in TAGS:
                raise Invalid(
                    N_("The tag “%(name)s” cannot be used in a message. These can be used: %(known)s."),
                    name=name,
                    known="if, elsif, else, unless, case, when",
                )
        self._expressions.append(expression)
        return f"{self.prefix}{len(self._expressions) - 1}{'x' if opening == '{{' else 'y'}"

    def restored(self, text: str, literal: Callable[[str], str] = str) -> str:
        """Liquid again, each literal between the fields passed through `literal`."""
        pieces: list[str] = []
        at = 0
        for word in self.words.finditer(text):
            pieces += [literal(_harmless(text[at : word.start()])), self._source(int(word[1]), word[2])]
            at = word.end()
        pieces.append(literal(_harmless(text[at:], last=True)))
        return "".join(pieces)

    def _source(self, number: int, kind: str) -> str:
        expression = self._expressions[number]
        if kind == "y":
            return f"{{% {expression} %}}"
        suffix = f" | {_SUFFIXES[kind]}" if kind in _SUFFIXES else ""
        return f"{{{{ {expression}{suffix} }}}}"


def _harmless(literal: str, *, last: bool = False) -> str:
    """A literal that Liquid takes for one, even where a converter made braces out of entities."""
    if "{" not in literal:
        return literal
    literal = re.sub(r"\{(?=[{%])", "{ ", literal)
    return literal + " " if literal.endswith("{") and not last else literal
