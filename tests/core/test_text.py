"""Folding, sort keys, slugs, addresses and phone numbers in two scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.text import (
    SLUG_LENGTH,
    SORT_KEY_LENGTH,
    ascii_digits,
    clean_line,
    clean_text,
    email_key,
    fold,
    is_rtl,
    local_digits,
    normalise_email,
    normalise_phone,
    phone_key,
    slugify,
    sort_key,
)

PERSIAN_ALPHABET = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("علي كريمي", "علی کریمی"),
        ("فاطمة", "فاطمه"),
        ("أحمد", "احمد"),
        ("آرش", "ارش"),
        ("مُحَمَّد", "محمد"),
        ("علی‌رضا", "علیرضا"),
        ("کـــتاب", "کتاب"),
        ("۰۹۱۲", "0912"),
        ("٠٩١٢", "0912"),
        ("خانهٔ", "خانه"),
        ("مسئول", "مسیول"),
        ("ﷲ", "الله"),
        ("STRASSE", "straße"),
        ("Ångström", "angstrom"),
        ("Łódź", "lodz"),
        ("İzmir", "izmir"),
        ("Ｆｕｌｌ", "full"),
        ("  two\t words\n", "two words"),
        ("\u202bsara\u202c", "sara"),
    ],
)
def test_two_spellings_of_a_word_fold_to_one(typed, same):
    assert fold(typed) == fold(same)


def test_folding_keeps_different_words_apart():
    assert fold("کرم") != fold("گرم")
    assert fold("कि") != fold("की")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_folding_takes_the_same_way_for_plain_ascii(text):
    assert fold(text) == fold(text + "\u200c")


def test_letters_sort_in_the_order_of_the_persian_alphabet():
    assert sorted(PERSIAN_ALPHABET[::-1], key=sort_key) == list(PERSIAN_ALPHABET)  # noqa: C415 - from the wrong order


@pytest.mark.parametrize(
    "in_order",
    [
        ["12", "anna", "Bob", "Émile", "Zoë", "آرش", "یاسمن", "Ωmega"],
        ["باران", "پروین", "تینا", "جواد", "چنگیز", "حمید", "زهرا", "ژاله", "سارا"],
        ["کامران", "گلناز", "لیلا", "نسرین", "وحید", "هما", "یاسمن"],
        ["علی", "علی اکبر", "علی رضا", "علیرضا"],
        ["Li", "Li Wei", "Liam"],
        ["", "a"],
    ],
)
def test_names_sort_as_in_a_directory(in_order):
    assert sorted(in_order[::-1], key=sort_key) == in_order  # noqa: C415 - from the wrong order


def test_the_keyboard_does_not_change_the_place_in_the_order():
    assert sort_key("علي كريمي") == sort_key("علی کریمی")
    assert sort_key("anna") == sort_key("Anna")
    assert sort_key("O'Brien") == sort_key("OBrien")


@given(st.text())
def test_a_sort_key_is_short_and_nothing_but_digits(text):
    key = sort_key(text)

    assert set(key) <= set("0123456789")
    assert len(key) <= SORT_KEY_LENGTH


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Pricing page", "pricing-page"),
        ("  A/B — test_2! ", "a-b-test-2"),
        ("Größe", "größe"),
        ("بازدید از قیمت", "بازدید-از-قیمت"),
        ("مشتري ويژه ۲", "مشتری-ویژه-2"),
        ("نیمه‌فاصله", "نیمه-فاصله"),
        ("—!", ""),
    ],
)
def test_a_slug_is_lower_case_letters_digits_and_hyphens(name, slug):
    assert slugify(name) == slug


@given(st.text(max_size=300))
def test_a_slug_of_a_slug_is_itself(text):
    slug = slugify(text)

    assert slugify(slug) == slug
    assert len(slug) <= SLUG_LENGTH


def test_digits_change_script_and_nothing_else_does():
    assert ascii_digits("۱۲ مه ٣") == "12 مه 3"
    assert local_digits("v 12", "fa") == "v ۱۲"
    assert local_digits("v 12", "en") == "v 12"


def test_cleaned_text_keeps_its_lines_and_loses_what_cannot_be_seen():
    assert clean_text("  one\r\ntwo\x07\u2028three \n") == "one\ntwo\nthree"
    assert clean_line(" one\r\n\ttwo ") == "one two"
    assert clean_line("می‌شود") == "می‌شود"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_text_that_no_database_can_keep_is_refused(text):
    with pytest.raises(ValueError, match="no text"):
        clean_text(text)
    with pytest.raises(ValueError, match="no text"):
        clean_line(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("سلام", True), ("12 سلام", True), ("hello سلام", False), ("12", False), ("", False)],
)
def test_the_first_letter_decides_the_direction(text, expected):
    assert is_rtl(text) is expected


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Sara@Example.COM ", "Sara@example.com"),
        ("mailto:sara@example.com", "sara@example.com"),
        ("<sara@example.com>", "sara@example.com"),
        ("\u202asara@example.com\u202c", "sara@example.com"),
        ("sara۱۲@example.com", "sara12@example.com"),
        ("sara@xn--mgba3a4f16a.ir", "sara@ایران.ir"),
        ("sara@server.local", "sara@server.local"),
        ("sara@host.test", "sara@host.test"),
        ("o'brien+crm@example.com", "o'brien+crm@example.com"),
    ],
)
def test_an_address_is_stored_in_one_form(typed, stored):
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "has an @"),
        ("sara", "has an @"),
        ("@example.com", "both sides"),
        ("sara@", "both sides"),
        ("sara@localhost", "needs a dot"),
        ("sara@1.2.3.4", "not an email address"),
        ("s ara@example.com", "not an email address"),
        ("sara..a@example.com", "not an email address"),
        ("sara@example.com, max@example.com", "not an email address"),
        ("sara@-example.com", "not an email address"),
        ("s" * 65 + "@example.com", "too long"),
        ("sara\x00@example.com", "no text"),
        ("sara@example.com\nBcc: max@example.com", "not an email address"),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_mend(typed, reason):
    with pytest.raises(ValueError, match=reason):
        normalise_email(typed)


@given(st.emails())
def test_normalising_an_address_twice_changes_nothing(address):
    try:
        once = normalise_email(address)
    except ValueError:
        return

    assert normalise_email(once) == once
    assert email_key(once) == email_key(address)


def test_an_address_has_one_key_however_it_is_written():
    assert email_key("SARA@Example.com") == email_key(" sara@example.com") == "sara@example.com"
    assert email_key("sara@xn--mgba3a4f16a.ir") == email_key("sara@ایران.ir")
    assert email_key("Not an address") == "notanaddress"


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("۰۹۱۲ ۰۰۰ ۰۱۴۷", "IR", "+989120000147"),
        ("+98 912 000 0147", None, "+989120000147"),
        ("0098 912 000 0147", None, "+989120000147"),
        ("tel:+49-30-901820", "IR", "+4930901820"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("0912 000 0147", None, None),
        ("12", "IR", None),
        ("call me", "IR", None),
        ("", "IR", None),
        ("9" * 500, "IR", None),
    ],
)
def test_a_phone_number_becomes_e164_or_nothing(typed, region, number):
    assert normalise_phone(typed, region) == number


def test_a_number_has_one_key_however_it_is_written():
    assert phone_key("0912-000-0147", "IR") == phone_key("+98 (912) 0000147", None)
    assert phone_key("ext. ۱۲", "IR") == "12"
