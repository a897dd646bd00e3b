"""The people and companies of the sample data: invented, in both scripts."""

from __future__ import annotations

TEAM = (
    # name, local part, roles, language
    ("Olivia Hart", "olivia", ("admin",), "en"),
    ("Max Weber", "max", ("manager",), "en"),
    ("مینا رحیمی", "mina", ("marketing",), "fa"),
    ("سارا کریمی", "sara", ("sales",), "fa"),
    ("Sue Bennett", "sue", ("support",), "en"),
    ("Victor Moreau", "victor", ("viewer",), "en"),
)

LATIN_FIRST = (
    "Anna", "Lucas", "Emma", "Jonas", "Sofia", "Mateo", "Hana", "Tomasz", "Elif", "Diego", "Grace", "Kenji", "Nora", "Farid",
    "Maya", "Oscar", "Ingrid", "Pavel", "Chiara", "Amara", "Priya", "Noah", "Léa", "Björn", "Zoë", "Marta", "Rafael", "Yara",
    "Henrik", "Clara", "Samir", "Julia", "Viktor", "Aiko", "Daniel", "Ewa", "Leon", "Carmen", "Idris", "Freya",
)  # fmt: skip

LATIN_LAST = (
    "Brandt", "Lindqvist", "Novák", "Fuentes", "Mensah", "Mori", "Weiss", "Haddad", "Cohen", "Raman", "Okafor", "Kaya", "Rossi",
    "Dubois", "Kowalska", "Jensen", "Silva", "Petrov", "Schäfer", "O’Neill", "van Dijk", "Moreno", "Ferrari", "Nilsen",
    "Zieliński", "Papadakis", "Horvat", "Fischer", "Laurent", "Costa", "Andersson", "Marchetti", "Popescu", "Virtanen", "Keller",
)  # fmt: skip

PERSIAN_FIRST = (
    ("علی", "ali"), ("زهرا", "zahra"), ("محمد", "mohammad"), ("فاطمه", "fatemeh"), ("رضا", "reza"), ("نرگس", "narges"),
    ("حسین", "hossein"), ("مریم", "maryam"), ("امیر", "amir"), ("شیرین", "shirin"), ("کاوه", "kaveh"), ("لیلا", "leila"),
    ("بهرام", "bahram"), ("پریسا", "parisa"), ("آرش", "arash"), ("نازنین", "nazanin"), ("سینا", "sina"), ("الهام", "elham"),
    ("مهدی", "mehdi"), ("ژاله", "jaleh"), ("فرهاد", "farhad"), ("گلنار", "golnar"), ("نیما", "nima"), ("سمیرا", "samira"),
    ("چیستا", "chista"), ("بابک", "babak"), ("یلدا", "yalda"), ("پویا", "pouya"), ("هدیه", "hediyeh"), ("امیرعلی", "amirali"),
)  # fmt: skip

PERSIAN_LAST = (
    ("احمدی", "ahmadi"), ("کاظمی", "kazemi"), ("رضایی", "rezaei"), ("موسوی", "mousavi"), ("حسینی", "hosseini"),
    ("محمدی", "mohammadi"), ("جعفری", "jafari"), ("کریمی", "karimi"), ("رستمی", "rostami"), ("نوروزی", "norouzi"),
    ("صادقی", "sadeghi"), ("یزدانی", "yazdani"), ("گلستانی", "golestani"), ("پارسا", "parsa"), ("چراغی", "cheraghi"),
    ("ژاله‌پور", "jalehpour"), ("میرزایی", "mirzaei"), ("تهرانی", "tehrani"), ("فرهادی", "farhadi"), ("آذری", "azari"),
)  # fmt: skip

COMPANIES = (
    # name, domain, country, city
    ("Kornhaus Bakery", "kornhaus.example", "DE", "Freiburg"),
    ("Sunfold Textiles", "sunfold.example", "PT", "Porto"),
    ("Fjordlab", "fjordlab.example", "NO", "Bergen"),
    ("Raman Spices", "ramanspices.example", "GB", "Leicester"),
    ("Baltic Steel", "balticsteel.example", "PL", "Gdańsk"),
    ("Patio Solar", "patiosolar.example", "ES", "Valencia"),
    ("Volta Learn", "voltalearn.example", "NL", "Utrecht"),
    ("Hart & Oak", "hartandoak.example", "GB", "Bristol"),
    ("Hibari", "hibari.example", "JP", "Kyoto"),
    ("Weiss Atelier", "weissatelier.example", "AT", "Graz"),
    ("Little Lanterns", "littlelanterns.example", "IE", "Cork"),
    ("Studio Kaya", "studiokaya.example", "TR", "İzmir"),
    ("Nordlicht Reisen", "nordlicht.example", "DE", "Hamburg"),
    ("Cassis Conseil", "cassis.example", "FR", "Lyon"),
)

PERSIAN_COMPANIES = (
    ("نوین‌طب", "novinteb.example", "IR", "تهران"),
    ("گروه پارا", "paragroup.example", "IR", "تهران"),
    ("باغ ایرانی", "bagheirani.example", "IR", "شیراز"),
    ("فولاد زاگرس", "zagrossteel.example", "IR", "اصفهان"),
    ("نان و نمک", "nanonamak.example", "IR", "رشت"),
    ("پردازش سپهر", "sepehrdata.example", "IR", "مشهد"),
    ("کتاب چشمه‌سار", "cheshmesar.example", "IR", "تبریز"),
    ("گردشگری کویر", "kavirtours.example", "IR", "یزد"),
)

TITLES = (
    "Head of Operations",
    "Owner",
    "Marketing Manager",
    "Buyer",
    "Office Manager",
    "CTO",
    "Sales Lead",
    "Founder",
)
PERSIAN_TITLES = (
    "مدیر عملیات",
    "مدیرعامل",
    "مدیر بازاریابی",
    "کارشناس خرید",
    "مدیر فروش",
    "بنیان‌گذار",
    "مدیر دفتر",
)
SOURCES = ("Demo form", "Webinar", "Trade fair", "Recommendation", "Newsletter", "Phone call")
PERSIAN_SOURCES = ("فرم دمو", "وبینار", "نمایشگاه", "معرفی", "خبرنامه", "تماس تلفنی")
