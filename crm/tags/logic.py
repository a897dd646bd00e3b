"""The tags a new installation starts with (mission 1.3), in both languages."""

from __future__ import annotations

from dataclasses import dataclass

HUES = 8


@dataclass(frozen=True)
class StarterGroup:
    """A group and its tags, each with an English and a Persian name."""

    english: str
    persian: str
    hue: int
    tags: tuple[tuple[str, str], ...]
    is_exclusive: bool = False

    def name(self, locale: str) -> str:
        return self.persian if locale == "fa" else self.english

    def names(self, locale: str) -> list[str]:
        return [persian if locale == "fa" else english for english, persian in self.tags]


STARTER = (
    StarterGroup("Buying stage", "مرحلهٔ خرید", 4, (
        ("awareness", "آگاهی"), ("interest", "علاقه"), ("consideration", "بررسی"), ("intent", "قصد خرید"),
        ("evaluation", "ارزیابی"), ("decision", "تصمیم"),
    ), is_exclusive=True),
    StarterGroup("Region", "منطقه", 6, (
        ("tehran", "تهران"), ("iran, other", "دیگر شهرهای ایران"), ("middle east", "خاورمیانه"), ("europe", "اروپا"),
        ("north america", "آمریکای شمالی"), ("asia pacific", "آسیا و اقیانوسیه"),
    )),
    StarterGroup("Company size", "اندازهٔ شرکت", 2, (
        ("1-24 people", "۱ تا ۲۴ نفر"), ("25-50 people", "۲۵ تا ۵۰ نفر"), ("51-100 people", "۵۱ تا ۱۰۰ نفر"),
        ("100+ people", "بیش از ۱۰۰ نفر"),
    ), is_exclusive=True),
    StarterGroup("Revenue", "درآمد", 3, (
        ("small revenue", "درآمد کم"), ("medium revenue", "درآمد متوسط"), ("large revenue", "درآمد زیاد"),
    ), is_exclusive=True),
    StarterGroup("Behaviour", "رفتار", 5, (
        ("pricing page", "دیدن صفحهٔ قیمت"), ("webinar", "وبینار"), ("newsletter", "خبرنامه"), ("trial", "دورهٔ آزمایشی"),
        ("asked for a demo", "درخواست دمو"),
    )),
    StarterGroup("Competitor", "رقیب", 1, (("competitor", "رقیب"), ("uses a competitor", "مشتری رقیب"))),
    StarterGroup("Product", "محصول", 7, (("product a", "محصول الف"), ("product b", "محصول ب"), ("customer", "مشتری"))),
    StarterGroup("SLA", "سطح خدمات", 8, (
        ("sla basic", "پشتیبانی پایه"), ("sla standard", "پشتیبانی معمولی"), ("sla premium", "پشتیبانی ویژه"),
    ), is_exclusive=True),
)  # fmt: skip


def split_names(text: str) -> list[str]:
    """Several tags in one cell or field: separated by comma, semicolon or |, in either script."""
    for sign in ";|،؛\n":
        text = text.replace(sign, ",")
    return [name for part in text.split(",") if (name := " ".join(part.split()))]
