"""Rules read back as sentences."""

from __future__ import annotations

from gettext import NullTranslations

import pytest

from crm.rules.sentence import say
from tests.rules.world import World

PERSIAN = {
    "Everyone %(who)s.": "همهٔ کسانی که %(who)s.",
    "%(first)s, and %(second)s": "%(first)s و %(second)s",
    "who has the tag “%(tag)s”": "برچسب «%(tag)s» دارند",
    "whose %(field)s is %(value)s": "«%(field)s» آن‌ها %(value)s است",
    "Country": "کشور",
    "Iran": "ایران",
    "who opened something": "ایمیلی باز کرده‌اند",
    "%(did)s at least %(count)s times": "دست‌کم %(count)s بار %(did)s",
    "%(did)s in the last %(days)s days": "در %(days)s روز گذشته %(did)s",
}


class Persian(NullTranslations):
    """A few sentences with their places in another order, as a catalogue has them."""

    def gettext(self, message: str) -> str:
        return PERSIAN.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return PERSIAN.get(msgid2, msgid1 if n == 1 else msgid2)


def said(world: World, document: object) -> str:
    return say(world.rule(document), world.vocabulary, NullTranslations())


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"all": []}, "Everyone."),
        ({"not": {"all": []}}, "No one."),
        ({"tag": "newsletter"}, "Everyone who has the tag “Newsletter”."),
        ({"not": {"tag": "gone"}}, "Everyone who does not have the tag “gone”."),
        ({"segment": "friends"}, "Everyone who is in “Friends”."),
        ({"field": "country", "is": "IR"}, "Everyone whose Country is Iran."),
        (
            {"not": {"field": "country", "in": ["IR", "TR"]}},
            "Everyone whose Country is none of Iran, Türkiye or not known.",
        ),
        ({"field": "name", "is_not": "Ali"}, "Everyone whose Name is known and not “Ali”."),
        ({"field": "is_vip", "is": True}, "Everyone whose VIP is yes."),
        ({"field": "score", "between": [1, 5]}, "Everyone whose Score is between 1 and 5."),
        ({"field": "birthday", "gte": "2024-02-29"}, "Everyone whose Birthday is on or after 2024-02-29."),
        ({"field": "birthday", "within_days": 0}, "Everyone whose Birthday is today."),
        ({"field": "birthday", "within_next_days": 1}, "Everyone whose Birthday lies in the next 1 day."),
        (
            {"not": {"field": "seen_at", "older_than_days": 14}},
            "Everyone whose Last seen does not lie more than 14 days back or is not known.",
        ),
        (
            {"field": "birthday", "anniversary_within_days": 7},
            "Everyone whose Birthday has its anniversary in the next 7 days.",
        ),
        ({"did": "opened"}, "Everyone who opened something."),
        ({"did": "opened", "times": {"is": 0}}, "Everyone who never opened anything."),
        (
            {"not": {"did": "opened", "within_days": 60}},
            "Everyone who never opened anything in the last 60 days.",
        ),
        (
            {"did": "opened", "times": {"gte": 3}, "where": {"campaign": "welcome"}},
            "Everyone who opened something (Campaign: “welcome”) at least 3 times.",
        ),
        ({"not": {"did": "opened", "times": {"gte": 3}}}, "Everyone who opened something at most 2 times."),
        ({"not": {"did": "opened", "times": {"lt": 2}}}, "Everyone who opened something at least 2 times."),
        (
            {"did": "opened", "times": {"between": [2, 4]}},
            "Everyone who opened something between 2 and 4 times.",
        ),
        (
            {"did": "opened", "where": {"amount": {"gte": 5}}},
            "Everyone who opened something (whose Amount is at least 5).",
        ),
        (
            {"all": [{"tag": "newsletter"}, {"any": [{"field": "city", "known": True}, {"segment": "friends"}]}]},
            "Everyone who has the tag “Newsletter”, and (whose City is known, or who is in “Friends”).",
        ),
        (
            {"field": "score", "in": list(range(10))},
            "Everyone whose Score is one of 0, 1, 2, 3, 4, 5, 6, 7 and 2 more.",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_english(world, document, sentence):
    assert said(world, document) == sentence


def test_a_rule_is_said_in_persian_with_words_in_their_own_order(world):
    rule = world.rule(
        {
            "all": [
                {"tag": "newsletter"},
                {"field": "country", "is": "IR"},
                {"did": "opened", "times": {"gte": 3}, "within_days": 90},
            ]
        }
    )

    sentence = say(
        rule, world.vocabulary, Persian(), lambda value: str(value).replace("90", "۹۰").replace("3", "۳")
    )

    assert sentence == (
        "همهٔ کسانی که برچسب «Newsletter» دارند و «کشور» آن‌ها ایران است"
        " و در ۹۰ روز گذشته دست‌کم ۳ بار ایمیلی باز کرده‌اند."
    )


def test_signs_that_mean_something_to_templates_are_said_as_they_are(world):
    assert (
        said(world, {"field": "name", "is": "100% %(field)s"}) == "Everyone whose Name is “100% %(field)s”."
    )
