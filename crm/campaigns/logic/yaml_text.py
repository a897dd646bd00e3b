"""YAML as we read and write it: plain values only, no surprises from its older rules, nothing that unfolds without end."""

from __future__ import annotations

import re
from typing import Any

import yaml

from crm.campaigns.logic.draft import CampaignFileError
from crm.core.messages import N_

LONGEST_FILE = 2_000_000
DEEPEST = 80


class _Loader(yaml.SafeLoader):
    """Only true, false, null, integers and text: 17:00 is no number in base sixty, and NO is Norway."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise CampaignFileError(
                N_("Line %(line)s: anchors and references are not possible here."), "", line=mark.line + 1
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                raise CampaignFileError(
                    N_("Line %(line)s: “%(key)s” stands here twice."),
                    "",
                    line=key_node.start_mark.line + 1,
                    key=key,
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"true|false|True|False", list("tfTF")),
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?(0|[1-9][0-9]{0,17})", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"[-+]?[0-9]+\.[0-9]+", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), _first)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, short things in one line, keys in our order."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    is_block = "\n" in text and not re.search(
        r"[ \t]\n|\t|^\s|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]", text
    )
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if is_block else '"' if _is_ambiguous(text) else None
    )


def _is_ambiguous(text: str) -> bool:
    """What older readers of YAML take for a number, a time or a truth; our own does not."""
    return (
        bool(re.fullmatch(r"[-+]?[0-9][0-9_:.,eE+-]*|(?i:y|n|yes|no|on|off|true|false|null|~)", text))
        or text == ""
    )


class _Line(dict):  # type: ignore[type-arg]
    """A mapping written in one line."""


class _Row(list):  # type: ignore[type-arg]
    """A list written in one line."""


_Dumper.add_representer(str, _text)
_Dumper.add_representer(
    _Line,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True),
)


_Dumper.add_representer(
    _Row, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def in_line(mapping: Any) -> Any:
    """Mark a mapping or a list, and what is in it, to be written in one line."""
    if isinstance(mapping, dict):
        return _Line({key: in_line(value) for key, value in mapping.items()})
    return _Row(in_line(value) for value in mapping) if isinstance(mapping, list | tuple) else mapping


def read_yaml(text: str) -> Any:
    """The plain value a text means; raises CampaignFileError naming the line."""
    if len(text) > LONGEST_FILE:
        raise CampaignFileError(N_("The file is too large for a campaign."), "")
    try:
        return yaml.load(text.removeprefix("\ufeff"), Loader=_Loader)  # noqa: S506 - a SafeLoader that allows even less
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise CampaignFileError(
            N_("Line %(line)s is not YAML: %(problem)s"), "", line=line, problem=problem.problem or ""
        ) from None
    except yaml.YAMLError:
        raise CampaignFileError(N_("The file is not text that YAML can be read from."), "") from None
    except RecursionError:
        raise CampaignFileError(N_("The file nests too deep."), "") from None


def write_yaml(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=False
    )
    return text
