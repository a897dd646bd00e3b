"""What a message says: merge fields, cleaning, the two bodies, fingerprints."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.errors import Invalid
from crm.delivery.content import (
    Footer,
    MissingField,
    Rendered,
    compile_content,
    fingerprint,
    render,
    similarity,
    unknown_fields,
)

MJML = """<mjml><mj-head><mj-title>t</mj-title></mj-head><mj-body><mj-section><mj-column>
<mj-text>{body}</mj-text>{more}</mj-column></mj-section></mj-body></mjml>"""
FOOTER = Footer("1 High Street\nLeeds", "https://crm.example/u/TOKEN", "Unsubscribe")


def html_of(body: str, **values: object) -> str:
    return _fragment(render(compile_content("s", body), _merge(values)).html)


def text_of(body: str, **values: object) -> str:
    return render(compile_content("s", body), _merge(values)).text.strip()


def _merge(values: dict[str, object]) -> dict[str, object]:
    return {f"contact.{name}": value for name, value in values.items()}


def _fragment(html: str) -> str:
    return html.partition('<tr><td class="letter"')[2].partition("\n")[2].partition("\n</td>")[0].strip()


def test_merge_fields_are_filled_in_subject_text_and_html() -> None:
    content = compile_content("Hello {{ contact.first_name }}", "Dear **{{ contact.first_name }}**,\n\nbye")

    rendered = render(content, {"contact.first_name": "Sara"})

    assert rendered.subject == "Hello Sara"
    assert "Dear <strong>Sara</strong>," in rendered.html
    assert rendered.text == "Dear Sara,\n\nbye\n"


@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_missing_value_takes_the_default(value: str | None) -> None:
    assert text_of("Hi {{ contact.first_name | default: 'there' }}", first_name=value) == "Hi there"


@pytest.mark.parametrize(
    "body", ["{{ contact.nick }}", "{{ contact.nick | upcase }}", "{{ 'a' | append: contact.nick }}"]
)
def test_a_missing_value_without_default_is_named(body: str) -> None:
    content = compile_content("s", body)

    with pytest.raises(MissingField) as error:
        render(content, {"contact.nick": None})

    assert error.value.name == "contact.nick"


def test_a_key_may_be_a_value_and_the_beginning_of_another() -> None:
    content = compile_content("{{ contact.company }}: {{ contact.company.name }}", "b")

    rendered = render(content, {"contact.company": "Acme", "contact.company.name": "Acme Ltd"})

    assert rendered.subject == "Acme: Acme Ltd"


def test_unknown_fields_are_told_at_compile_time() -> None:
    content = compile_content(
        "{{ contact.frist_name }}", "{% if contact.city %}{{ contact.email }}{% endif %}"
    )

    assert unknown_fields(content, {"contact.email", "contact.city"}) == ["contact.frist_name"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ contact.name | shout }}", "shout"),
        ("{{ contact.name", "never closed"),
        ("{{ 7*191 }}", "cannot be read"),
        ("{{ x }} {% if y %}", "cannot be read"),
        ("{% for a in (1..9) %}{% endfor %}", "for"),
        ("{% include 'x' %}", "include"),
        ("{% assign a = 'b' %}", "assign"),
        ("{% raw %}{% endraw %}", "raw"),
        ("{{ " + "a | upcase | " * 60 + "upcase }}", "at most"),
        ("a" * 100_001, "100000"),
    ],
)
def test_what_cannot_be_compiled_is_refused_with_its_place(body: str, said: str) -> None:
    with pytest.raises(Invalid) as error:
        compile_content("s", body)

    assert said in str(error.value)
    assert error.value.field == "body"


@pytest.mark.parametrize("name", ["__class__", "config", "contact.__class__.__mro__", "env", "now", "today"])
def test_nothing_but_the_given_values_can_be_reached(name: str) -> None:
    with pytest.raises(MissingField):
        render(compile_content("s", "{{ " + name + " }}"), {"contact": "x"})


def test_conditions_leave_no_trace_when_untrue() -> None:
    body = "one\n\n{% if contact.city == 'Rome' %}\n- Ciao\n{% else %}\n- Hi\n{% endif %}\n\ntwo"

    assert text_of(body, city="Rome") == "one\n\n- Ciao\n\ntwo"
    assert text_of(body) == "one\n\n- Hi\n\ntwo"
    assert (
        html_of(body).split()
        == '<p dir="ltr">one</p> <ul dir="ltr"> <li>Hi</li> </ul> <p dir="ltr">two</p>'.split()
    )


def test_whitespace_control_is_obeyed() -> None:
    assert text_of("a {{- contact.x -}} b", x="-") == "a-b"


@given(st.text(max_size=80))
def test_merge_values_are_always_escaped(value: str) -> None:
    html = html_of("Hi {{ contact.x | default: '-' }}!", x=f"<b onclick='x'>{value}\"</b><script>")

    assert html.count("<") == 2
    assert html.startswith('<p dir="ltr">Hi &lt;b onclick=&#39;x&#39;&gt;')


def test_text_an_author_quotes_in_a_merge_field_is_escaped_too() -> None:
    assert "<script" not in html_of("{{ contact.x | default: '<script>alert(1)</script>' }}")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<svg onload=alert(1)>",
        "<style>@import 'http://evil'</style>",
        "<p style='background:url(http://evil)'>x</p>",
        "<iframe src='//evil'></iframe>",
        "{{ 'javascript' }}:alert(1) <a href='{{ \"javascript\" }}:alert(1)'>x</a>",
        "<a href='&#123;&#123; contact.x }}'>x</a>",
    ],
)
def test_markdown_cannot_bring_anything_that_acts(body: str) -> None:
    html = html_of(body, x="javascript:alert(1)").lower()

    assert not [
        sign
        for sign in ("<script", "onerror", 'href="javascript', "<svg", "<style", "evil", "<iframe")
        if sign in html
    ]


@pytest.mark.parametrize(
    ("link", "value", "expected"),
    [
        ("[x]({{ contact.v }})", "https://a.example/b?c=d", 'href="https://a.example/b?c=d"'),
        ("[x]({{ contact.v }})", "javascript:alert(1)", 'href="#"'),
        ("[x]({{ contact.v }})", " data:text/html,x", 'href="#"'),
        ("[x](https://a.example/?q={{ contact.v }})", 'a&b="c', 'href="https://a.example/?q=a%26b%3D%22c"'),
        ("[x](https://a.example{{ contact.v }})", "@evil.example", 'href="https://a.example%40evil.example"'),
        ("[x](mailto:{{ contact.v }})", "a@b.example?bcc=c", 'href="mailto:a@b.example%3Fbcc%3Dc"'),
        ("<a href='{{ contact.v }}' title='{{ contact.v }}'>x</a>", '" onclick="y', 'href="#"'),
    ],
)
def test_merge_fields_in_links_are_made_safe(link: str, value: str, expected: str) -> None:
    html = html_of(link, v=value)

    assert expected in html
    assert ' onclick="' not in html


def test_a_condition_cannot_stand_inside_a_tag() -> None:
    with pytest.raises(Invalid, match="title"):
        compile_content(
            "s", """<a title="{% if x %}" href="https://a.example">b{% endif %} onclick=alert(1) "</a>"""
        )


def test_each_paragraph_has_the_direction_of_its_words() -> None:
    html = html_of("سلام دنیا\n\nHello\n\nPeyvand ابزار خوبی است\n\n{{ contact.x }}", x="y")

    assert '<p dir="rtl">سلام دنیا</p>' in html
    assert '<p dir="ltr">Hello</p>' in html
    assert '<p dir="rtl">Peyvand ابزار خوبی است</p>' in html
    assert '<p dir="auto">y</p>' in html


@pytest.mark.parametrize(
    ("body", "opening"),
    [
        ("Hello", '<html lang="en" dir="ltr">'),
        ("سلام، این پیوند است که می‌گوید", '<html lang="fa" dir="rtl">'),
        ("مرحبا بكم في الشركة", '<html lang="ar" dir="rtl">'),
        ("123", '<html dir="auto">'),
    ],
)
def test_the_page_has_language_and_direction(body: str, opening: str) -> None:
    assert opening in render(compile_content("s", body), {}).html


def test_the_language_may_be_given() -> None:
    assert '<html lang="de" dir="ltr">' in render(compile_content("s", "Hallo", language="de"), {}).html


def test_the_preheader_comes_first_in_html_and_not_in_text() -> None:
    content = compile_content("s", "body", preheader="For {{ contact.x }} & co")

    rendered = render(content, {"contact.x": "you"})

    assert "For you &amp; co" in rendered.html.partition("<body>")[2][:160]
    assert rendered.text == "body\n"


@pytest.mark.parametrize(
    "body", ["Hello", "سلام دنیا، این متن فارسی است", MJML.format(body="Hello", more="")]
)
def test_the_footer_stands_in_both_parts_in_the_recipients_language(body: str) -> None:
    footer = Footer(
        "خیابان <یک>\nتهران", "https://crm.example/u/TOKEN", "لغو اشتراک", language="fa", note="چرا؟"
    )

    rendered = render(compile_content("s", body), {}, footer)

    assert '<a href="https://crm.example/u/TOKEN" style="color:#71717a">لغو اشتراک</a>' in rendered.html
    assert 'dir="rtl" lang="fa"' in rendered.html
    assert "خیابان &lt;یک&gt;, تهران<br>" in rendered.html
    assert rendered.html.rstrip().endswith("</body>\n</html>")
    assert rendered.text.endswith("\n--\nچرا؟\nخیابان <یک>, تهران\nلغو اشتراک: https://crm.example/u/TOKEN\n")


def test_without_a_footer_nothing_of_it_is_there() -> None:
    rendered = render(compile_content("s", "Hello"), {})

    assert "unsubscribe" not in rendered.html.lower()
    assert rendered.text == "Hello\n"


def test_the_text_part_keeps_structure_and_addresses() -> None:
    body = "# Title\n\n1. one\n2. two\n\n   more\n\n> said\n\n[here](https://a.example)\n<https://b.example>"

    assert text_of(f"{body}\n\n`code`\n\n    x  y") == (
        "Title\n\n1. one\n\n2. two\n\nmore\n\nsaid\n\n"
        "here (https://a.example) https://b.example\n\ncode\n\n    x  y"
    )


def test_mjml_becomes_html_with_its_merge_fields() -> None:
    more = '<mj-button href="https://a.example/?e={{ contact.e }}">Go</mj-button>'
    body = MJML.format(body="سلام {{ contact.x }} <script>a()</script><b onclick='a()'>b</b>", more=more)

    rendered = render(compile_content("Sub {{ contact.x }}", body), {"contact.x": "<i>", "contact.e": "a&b"})

    assert "سلام &lt;i&gt;" in rendered.html
    assert 'href="https://a.example/?e=a%26b"' in rendered.html
    assert "<script" not in rendered.html
    assert "onclick" not in rendered.html
    assert "googleapis" not in rendered.html
    assert 'lang="fa" dir="rtl"' in rendered.html
    assert rendered.text == "سلام <i> b\n\nGo (https://a.example/?e=a%26b)\n"


def test_mjml_may_have_conditions_between_its_elements() -> None:
    body = (
        "<mjml><mj-body>{% if contact.x %}"
        "<mj-section><mj-column><mj-text>yes</mj-text></mj-column></mj-section>"
        "{% endif %}<mj-section><mj-column><mj-table><tr><td>1</td></tr></mj-table></mj-column></mj-section>"
        "</mj-body></mjml>"
    )

    assert text_of(body, x="1") == "yes\n\n1"
    assert text_of(body) == "1"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("<mjml><mj-body><mj-foo></mj-foo></mj-body></mjml>", "mj-foo"),
        ("<mjml><mj-include path='/etc/passwd' /></mjml>", "mj-include"),
        ("<mjml><mj-body><script>a()</script></mj-body></mjml>", "script"),
        ("<mjml><mj-head><mj-font href='https://evil' /></mj-head></mjml>", "mj-font"),
        (MJML.format(body="a", more="<mj-button href='javascript:alert(1)'>x</mj-button>"), "href"),
        (MJML.format(body="a", more="<mj-image src='data:text/html,x' />"), "src"),
        (MJML.format(body="a", more="<mj-text css-class='x\" onclick=\"alert(1)'>x</mj-text>"), "onclick"),
        (MJML.format(body="a", more="<mj-text css-class='x\"><script>a()</script>'>x</mj-text>"), "script"),
        (MJML.format(body="a", more="<mj-text color='{{ contact.x }}'>x</mj-text>"), "style"),
        (MJML.format(body="a", more="<mj-text>never"), "mj-text"),
        (MJML.format(body="a", more="< mj-text"), "opens no tag"),
        ("<mjml><mj-body><mj-section></mj-body></mjml>", "cannot be read"),
    ],
)
def test_mjml_is_refused_by_the_name_of_what_is_wrong(body: str, named: str) -> None:
    with pytest.raises(Invalid, match=named):
        compile_content("s", body)


def test_a_subject_has_no_line_breaks_whatever_the_data() -> None:
    content = compile_content("Hi {{ contact.x }}\r\nBcc: a@b.example", "b")

    assert (
        render(content, {"contact.x": "x\r\nBcc: evil\u2028\x00"}).subject
        == "Hi x Bcc: evil Bcc: a@b.example"
    )


def test_a_value_out_of_all_bounds_is_refused() -> None:
    content = compile_content("s", "{{ contact.x }}" * 20)

    with pytest.raises(Invalid, match="too long"):
        render(content, {"contact.x": "x" * 60_000})


@pytest.mark.parametrize(
    "body",
    [
        *("{{" * 2_500, "{% if a %}" * 2_500, "[" * 5_000, "![" * 5_000, "[a](b" * 5_000, "<b>" * 5_000),
        *("<mjml>" + "<mj-text>" * 4_999, "<mjml>" + '<a "' * 4_999, "<mjml>" + "<!--" * 4_999),
        *(
            "*a " * 33_000,
            "_a*" * 33_000,
            "> " * 50_000,
            "- " * 49_000,
            "`a``b```c" * 6_000,
            "{{a}}" * 2_500,
        ),
        "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + "|\n" * 900,
    ],
)
def test_hostile_bodies_take_bounded_time(body: str) -> None:
    start = time.process_time()

    with contextlib.suppress(Invalid):
        render(compile_content("s", body), {"a": "b"})

    assert time.process_time() - start < 3


@pytest.mark.parametrize("sign", ["[", "<", "{", "|"])
def test_a_body_crowded_with_one_sign_is_refused(sign: str) -> None:
    with pytest.raises(Invalid, match="too often"):
        compile_content("s", sign * 5_001)


@given(st.text(max_size=200))
def test_any_text_compiles_or_is_refused_in_words(body: str) -> None:
    try:
        rendered = render(compile_content("s", body), {}, FOOTER)
    except Invalid:
        return

    assert "https://crm.example/u/TOKEN" in rendered.text
    assert rendered.html.endswith("</html>\n")


@given(st.text(max_size=300), st.text(max_size=300))
def test_an_uncompiled_message_comes_back_as_it_was(text: str, html: str) -> None:
    def expected(source: str) -> str:
        plain = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        return plain if plain.endswith("\n") else plain + "\n"

    rendered = Rendered.of("s", text=text, html=html)

    assert (rendered.text, rendered.html) == (expected(text), expected(html))


def test_the_fingerprint_ignores_spelling_and_keeps_words() -> None:
    first = fingerprint("سلام  كاظمي ۱۲", "Hello {{contact.first_name}}\r\n\r\nbye")

    assert first == fingerprint("سلام کاظمی 12", "hello {{ contact.first_name }}\nbye ")
    assert first != fingerprint("سلام کاظمی 13", "hello {{ contact.first_name }}\nbye ")
    assert first != fingerprint("سلام کاظمی 12", "hello {{ contact.last_name }}\nbye ")
    assert fingerprint("a b", "c") != fingerprint("a", "b c")
    assert len(first) == 64


def test_similarity_tells_a_copy_from_another_message() -> None:
    text = "Our new pipeline shows every deal and who has to act next. " * 20
    edited = text.replace("new", "better", 3)
    other = "Thank you for coming to the webinar; here is the recording you asked about. " * 20

    assert similarity(text, text.upper()) == 1
    assert 0.85 < similarity(text, edited) < 1
    assert similarity(text, other) < 0.6
    assert similarity("Spring offer for you", "Spring offers for you") > 0.85
    assert similarity("", "") == 1
    assert similarity("", "a") == 0
