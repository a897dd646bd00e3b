"""Text as people type it in two scripts: folding, sort keys, slugs, digits, addresses and phone numbers."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from crm.core.messages import N_

# Names such as .local and .test exist inside companies, and whether a domain exists is not asked anyway.
SPECIAL_USE_DOMAIN_NAMES.clear()

SLUG_LENGTH = 80
SORT_KEY_LENGTH = 120

_TO_ASCII_DIGITS = dict(zip(map(ord, "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"), "01234567890123456789", strict=True))
_TO_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# What Arabic, Urdu and Kurdish keyboards type where a Persian one has another letter of the same look.
_TWINS = {"ی": "يىېێےۍ", "ک": "كڪ", "ا": "ٱأإ", "ه": "ةەۀہۂۃھ"}
_TO_PERSIAN_LETTERS = {ord(twin): letter for letter, twins in _TWINS.items() for twin in twins}
# Latin letters that are not a base letter with a mark on it.
_TO_PLAIN_LATIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_FOLDED_LETTERS = _TO_PERSIAN_LETTERS | _TO_PLAIN_LATIN | _TO_ASCII_DIGITS
# Marks of the scripts in which a word without them is the same word; in Devanagari or Thai it would not be.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
)
_DIRECTION_MARKS = r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
# Tatweel, joiner, soft hyphen and variation selectors change the look of a word and nothing else.
_LOOKS = r"\u0640\u200d\u00ad\ufe00-\ufe0f"
_HALF_SPACE = r"\u200c"
_UNSEEN = re.compile(f"[{_MARKS}{_DIRECTION_MARKS}{_LOOKS}{_HALF_SPACE}]")
_UNSEEN_IN_SLUGS = re.compile(f"[\\u064b-\\u065f\\u0670{_DIRECTION_MARKS}{_LOOKS}]")
_UNSEEN_IN_ADDRESSES = re.compile(f"[{_DIRECTION_MARKS}]")
# PostgreSQL refuses NUL; half of a surrogate pair is no character and fits no encoding.
_REFUSED = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")

# Folding makes one letter of آ and ا, and of ی and ئ; a Persian index keeps them apart, hence stand-ins.
_ALEF_MADDA, _HAMZA = "\ue000", "\ue001"
_KEPT_APART = str.maketrans({"آ": _ALEF_MADDA, "ء": _HAMZA, "ؤ": _HAMZA, "ئ": _HAMZA})
_ALPHABET = f" 0123456789abcdefghijklmnopqrstuvwxyz{_ALEF_MADDA}ا{_HAMZA}بپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_SORT_CODES = {letter: str(code) for code, letter in enumerate(_ALPHABET, start=10)}
_WHOLE_NUMBER = re.compile(r"\+[1-9][0-9 .()-]{6,30}")
_PUNCTUATION = re.compile(r"[^0-9]")
_APOSTROPHES = "'’ʼ‘`"
_ASCII_GAPS = {code: " " for code in range(128) if chr(code) not in _SORT_CODES}
_ASCII_GAPS |= {ord(sign): "" for sign in "'`"}
_ASCII_CODES = {ord(letter): code for letter, code in _SORT_CODES.items()}


def fold(text: str) -> str:
    """What searching and comparing look at: two spellings of one word give the same text. Idempotent."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Folding the case can bring new marks, and taking marks away new compositions, hence the two rounds.
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = _UNSEEN.sub("", text).translate(_FOLDED_LETTERS)
    return " ".join(unicodedata.normalize("NFC", text).split())


def sort_key(text: str) -> str:
    """Digits whose order is the alphabet's: numbers, Latin, Persian (پ چ ژ ک گ ی in place), other scripts.

    Two digits a letter, and nothing but digits, since no collation of any database sorts those otherwise.
    """
    if text.isascii():  # The same by one table.
        kept = fold(text).translate(_ASCII_GAPS)
        return " ".join(kept.split()).translate(_ASCII_CODES)[:SORT_KEY_LENGTH]
    apart = unicodedata.normalize("NFKC", text).translate(_KEPT_APART)
    key = ""
    for letter in _letters_and_gaps(fold(apart)):
        code = _SORT_CODES.get(letter) or f"99{ord(letter):07}"
        if len(key) + len(code) > SORT_KEY_LENGTH:
            break
        key += code
    return key


def _letters_and_gaps(folded: str) -> str:
    kept = (
        letter if letter in _SORT_CODES or unicodedata.category(letter)[0] in "LMN" else " "
        for letter in folded
        if letter not in _APOSTROPHES
    )
    return " ".join("".join(kept).split())


def slugify(text: str) -> str:
    """Lower case, letters and digits of any script, hyphens; empty for a text without letter and digit."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _UNSEEN_IN_SLUGS.sub("", text).translate(_TO_PERSIAN_LETTERS | _TO_ASCII_DIGITS)
    words = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text).split()
    return "-".join(words)[:SLUG_LENGTH].strip("-")


def ascii_digits(text: str) -> str:
    return text if text.isascii() else text.translate(_TO_ASCII_DIGITS)


def local_digits(text: str, locale: str) -> str:
    """The text with the digits of the language; for Persian only, as English text keeps what it has."""
    return text.translate(_TO_PERSIAN_DIGITS) if locale == "fa" else text


def clean_text(text: str) -> str:
    """Text of several lines without control signs; raises ValueError for what no database can store."""
    # Most text is printable, and then holds nothing to take out: no breaks, and no blanks but the plain one.
    if text.isprintable():
        return text.strip(" ")
    if _REFUSED.search(text):
        raise ValueError(N_("This text holds signs that are no text. Type it again instead of pasting it."))
    return _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text)).strip(" \t\n\u00a0\u200b\ufeff")


def clean_line(text: str) -> str:
    """The same for one line: breaks and tabs become spaces."""
    if text.isprintable():
        return text.strip(" ")
    return clean_text(re.sub(r"[\n\t]+", " ", _LINE_BREAKS.sub("\n", text)))


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def normalise_email(text: str) -> str:
    """The address as it is stored and written to; raises ValueError with what to mend."""
    address = _UNSEEN_IN_ADDRESSES.sub("", clean_line(text)).strip()
    address = address.removeprefix("mailto:").strip("<> ")
    # A Persian keyboard types Persian digits; in an address of another script they may be meant.
    address = ascii_digits(address) if ascii_digits(address).isascii() else address
    local, at, domain = address.rpartition("@")
    if not at:
        raise ValueError(N_("An email address has an @, as in sara@example.com."))
    if not local or not domain:
        raise ValueError(N_("Write something on both sides of the @, as in sara@example.com."))
    if "." not in domain:
        raise ValueError(N_("The part after the @ needs a dot, as in example.com."))
    if len(address) > 254 or len(local) > 64:
        raise ValueError(N_("This email address is too long."))
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError(
            N_("This is not an email address. Look for spaces, commas and doubled dots.")
        ) from None


def email_key(text: str) -> str:
    """What makes two addresses the same one: case does not count, and xn-- is the name it stands for."""
    try:
        return normalise_email(text).lower()
    except ValueError:
        return "".join(fold(text).split())


def normalise_phone(text: str, region: str | None) -> str | None:
    """E.164, the region (as `IR`) filling in for a missing country; None for what can be no phone number."""
    whole = _written_whole(text)
    if whole is not None:
        return whole
    written = re.sub(r"^\s*(tel:)?\s*00", "+", ascii_digits(text)) if region is None else ascii_digits(text)
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _written_whole(text: str) -> str | None:
    """E.164 of a number with its country's code and no digit too many; None: ask the full rules, ten times as slow."""
    if not _WHOLE_NUMBER.fullmatch(text):
        return None
    digits = _PUNCTUATION.sub("", text)
    for length in (1, 2, 3):
        rules = _number_rules(int(digits[:length]))
        if rules is not None:
            national = digits[length:]
            is_plain = len(national) in rules[0] and not national.startswith("0")
            return f"+{digits}" if is_plain and not (rules[1] and rules[1].match(national)) else None
    return None


@lru_cache(maxsize=1_000)
def _number_rules(country_code: int) -> tuple[frozenset[int], re.Pattern[str] | None] | None:
    """How many digits may follow this code, and what would be taken away in front of them."""
    region = phonenumbers.region_code_for_country_code(country_code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None:
        return None
    prefix = metadata.national_prefix_for_parsing
    return frozenset(metadata.general_desc.possible_length), re.compile(prefix) if prefix else None


def phone_key(text: str, region: str | None) -> str:
    """What makes two numbers the same one: E.164, or the bare digits of what is none; may be empty."""
    return normalise_phone(text, region) or re.sub(r"[^0-9]", "", ascii_digits(text))
