"""Mails as bytes, read back by the standard library's own parser."""

from __future__ import annotations

import email
import email.policy
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.delivery.content import Footer, Rendered, compile_content, render
from crm.delivery.mime import Envelope, UndeliverableAddress, build, wire_address

ENVELOPE = Envelope(
    from_name="Sara at Example",
    from_email="sara@example.com",
    to_email="max@example.org",
    to_name="Max",
    message_id="<1.abc@example.com>",
    date=datetime(2026, 3, 21, 8, 30, tzinfo=UTC),
    list_id="campaigns.example.com",
    list_unsubscribe_url="https://crm.example.com/u/" + "x" * 32,
    headers={"Auto-Submitted": "auto-generated"},
)
HELLO = Rendered.of("Hello", text="Hello", html="<p>Hello</p>")
ANY_TEXT = st.one_of(
    st.text(max_size=400), st.text("سلام دنیا 😀👩‍👩‍👧a=?_ .\n", max_size=400), st.just("x" * 2000)
)


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def one_line(text: str) -> str:
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", text).strip()


def name_in(raw: bytes, header: str) -> str:
    """The display name; the newer parser puts a space between encoded words, against RFC 2047."""
    name, _ = parseaddr(email.message_from_bytes(raw)[header])
    return str(make_header(decode_header(name)))


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@given(subject=ANY_TEXT, from_name=ANY_TEXT, to_name=ANY_TEXT, value=ANY_TEXT)
def test_any_text_survives_the_way_and_no_header_is_added(
    subject: str, from_name: str, to_name: str, value: str
) -> None:
    content = compile_content(
        "{{ v | default: '-' }}", "Hi **{{ v | default: '-' }}**!\n\n" + "ä" * 20 + "long " * 60
    )
    rendered = replace(render(content, {"v": value}), subject=subject)

    raw = build(replace(ENVELOPE, from_name=from_name, to_name=to_name), rendered)

    message = parsed(raw)
    assert message["Subject"] == one_line(subject)
    assert name_in(raw, "From") == one_line(from_name)
    assert name_in(raw, "To") == one_line(to_name)
    assert [address.addr_spec for address in message["To"].addresses] == ["max@example.org"]
    assert sorted(message.keys()) == sorted(parsed(build(ENVELOPE, HELLO)).keys())
    assert body_of(message, "plain").rstrip("\n") == rendered.text.rstrip("\n")
    assert body_of(message, "html").rstrip("\n") == rendered.html.rstrip("\n")


@given(subject=ANY_TEXT, value=ANY_TEXT, repeated=st.integers(0, 30))
def test_every_line_is_short_ascii_and_ends_with_crlf(subject: str, value: str, repeated: int) -> None:
    content = compile_content("s", ("{{ v | default: '' }} and = " * repeated) + "x" * 90)
    rendered = replace(render(content, {"v": value}), subject=subject)

    raw = build(replace(ENVELOPE, to_name=subject, headers={}, list_unsubscribe_url=None), rendered)

    assert raw.isascii()
    assert not set(raw.replace(b"\r\n", b"")) & set(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert max((len(word) for word in re.findall(rb"=\?utf-8\?B\?[^?]*\?=", raw)), default=0) <= 75


def test_a_value_reads_the_same_wherever_the_line_ends() -> None:
    for width in range(60, 90):
        content = compile_content("s", "x" * width + "{{ v }}é" + "y" * width + " {{ v }} ")

        rendered = render(content, {"v": "=é " + "z" * width})

        assert rendered.text == f"{'x' * width}=é {'z' * width}é{'y' * width} =é {'z' * width}\n"
        assert max(map(len, rendered.text_part.data.split("\r\n"))) <= 76


def test_the_unsubscribe_headers_are_on_one_line_and_not_encoded() -> None:
    url = "https://crm.example.com/u/" + "x" * 120

    raw = build(
        replace(ENVELOPE, list_unsubscribe_url=url, list_unsubscribe_mailto="out@example.com?subject=out"),
        HELLO,
    )

    assert f"\r\nList-Unsubscribe: <{url}>, <mailto:out@example.com?subject=out>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"\r\nList-Id: <campaigns.example.com>\r\n" in raw


def test_mail_that_is_no_campaign_has_no_list_headers() -> None:
    raw = build(replace(ENVELOPE, list_id=None, list_unsubscribe_url=None), HELLO)

    assert b"List-" not in raw


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message_id", "<a@b>\r\nBcc: <x@y>"),
        ("message_id", "a@b"),
        ("list_id", "a b"),
        ("list_unsubscribe_url", "https://a.example/\r\nBcc: x"),
        ("list_unsubscribe_url", "https://a.example/> , <mailto:x"),
        ("list_unsubscribe_url", "https://a.example/" + "x" * 1000),
        ("headers", {"X\r\nBcc": "x"}),
        ("headers", {"X Y": "x"}),
    ],
)
def test_what_would_break_a_header_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"header|unsubscribe"):
        build(replace(ENVELOPE, **{field: value}), HELLO)  # type: ignore[arg-type]


def test_values_of_further_headers_cannot_add_any() -> None:
    message = parsed(build(replace(ENVELOPE, headers={"X-Why": "a\r\nBcc: x@y.example"}), HELLO))

    assert message["X-Why"] == "a Bcc: x@y.example"
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("max@example.org", "max@example.org"),
        ("O'Neil+tag@mail.example.co.uk", "O'Neil+tag@mail.example.co.uk"),
        ("max@bücher.example", "max@xn--bcher-kva.example"),
        ("info@دامنه.com", "info@xn--mgbp1eef.com"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_domains_travel_as_idna(address: str, expected: str) -> None:
    assert unicodedata.is_normalized("NFC", address)
    assert wire_address(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        *("用户@example.com", "سارا@example.com", "a b@example.com", "a@b@c.example", "", "@b.example", "a@"),
        *("a@b.example>,<c@d.example", "a@b.example\r\nRCPT TO:<x@y>", "a@b.example\n", "a..b@c.example"),
        *("a@-b.example", "x" * 65 + "@b.example"),
    ],
)
def test_addresses_no_server_takes_are_refused_by_name(address: str) -> None:
    with pytest.raises(UndeliverableAddress) as error:
        build(replace(ENVELOPE, to_email=address), HELLO)

    assert error.value.address == address


def test_bounces_go_to_the_return_path() -> None:
    envelope = replace(ENVELOPE, return_path="bounces+1@example.com")

    assert envelope.envelope_from == "bounces+1@example.com"
    assert ENVELOPE.envelope_from == "sara@example.com"
    assert envelope.envelope_to == "max@example.org"
    assert b"bounces+1" not in build(envelope, HELLO)


def test_a_persian_campaign_arrives_whole() -> None:
    content = compile_content(
        "سلام {{ contact.first_name }} 👋", "# درود\n\n{{ contact.first_name }} عزیز، " + "متن فارسی " * 200
    )
    footer = Footer("تهران", "https://crm.example/u/T", "لغو اشتراک", language="fa")
    rendered = render(content, {"contact.first_name": "سارا"}, footer)

    message = parsed(build(ENVELOPE, rendered))

    assert message["Subject"] == "سلام سارا 👋"
    assert "سارا عزیز" in body_of(message, "plain")
    assert '<h1 dir="rtl">درود</h1>' in body_of(message, "html")
    assert message["Date"].datetime == ENVELOPE.date
