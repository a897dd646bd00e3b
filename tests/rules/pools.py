"""Few values for contacts and rules to be made of, so that they meet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

TEXTS = [
    "كاظمي", "کاظمی", "Kazemi", "KAZEMI", "می‌روم", "ميروم", "۱۲۳", "123", "١٢٣", "Straße", "strasse", "é", "e",
    "100%", "a_b", "ab", "\\", "'", '"; --', "😀", "İstanbul", "Ali Kazemi",
]  # fmt: skip
STORED_TEXTS = [*TEXTS, "", None]
SMALL = [None, 0, 1, 2, 5, 250, 500]
ASKED_NUMBERS = [-1, 0, 1, 2, 5, 2.5, 0.1, 2**40]
CAMPAIGNS = [None, "welcome", "Welcome", "spring"]
OWNERS = [None, "Sara@example.com", "max@example.com"]
DAY_COUNTS = [0, 1, 2, 7, 14, 30, 363, 364, 365, 366]
DAYS = [date(2023, 2, 28), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(1988, 2, 29),
    date(1990, 12, 31), date(2023, 12, 25), date(2024, 1, 1), date(2022, 3, 21), date(2022, 3, 22),
    date(1901, 6, 1)]  # fmt: skip
ZONES = ["UTC", "Asia/Tehran", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Auckland"]
OFFSETS = [
    timedelta(days=days, seconds=s) for days in (-366, -15, -14, -1, 0, 1, 7, 8) for s in (-1, 0, 1, 43_200)
]
NOW = [
    datetime(2024, 2, 28, 20, 29, 59, tzinfo=UTC),
    datetime(2024, 2, 29, 20, 30, tzinfo=UTC),
    datetime(2023, 2, 27, 23, 0, tzinfo=UTC),
    datetime(2022, 3, 21, 20, 30, tzinfo=UTC),
    datetime(2018, 11, 4, 2, 59, 59, tzinfo=UTC),
    datetime(2025, 12, 31, 12, 0, tzinfo=UTC),
]
TEXT_FIELDS = ["name", "city", "email", "company"]
NUMBER_FIELDS = ["score", "budget", "level", "company.size"]
FILLERS = [f"filler {number}" for number in range(30)]
SEGMENTS = {
    "warm": {"any": [{"tag": "newsletter"}, {"not": {"field": "score", "gte": 2}}]},
    "nested": {"all": [{"segment": "warm"}, {"not": {"segment": "friends"}}]},
}
