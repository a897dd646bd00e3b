"""Example mails of the presets, in English and Persian: name of the step, subject, body."""

from __future__ import annotations

_HELLO_EN = "Hello {{ contact.first_name | default: 'there' }},\n\n"
_HELLO_FA = "سلام {{ contact.first_name | default: 'دوست عزیز' }}،\n\n"

EN: tuple[tuple[str, str, str], ...] = (
    (
        "Welcome",
        "Good to have you here",
        (
            "thank you for your interest in what we do.\n\n"
            "Over the next weeks you will hear from us now and then: short, useful, and never more than one "
            "message a week.\n\n"
            "If there is one question you would like answered first, simply reply to this message. A person reads it."
        ),
    ),
    (
        "Three questions",
        "Three questions people ask us first",
        (
            "most people who get to know us ask the same three things:\n\n"
            "1. **Does it fit how we work?** Usually within a day, without changing what works already.\n"
            "2. **What does it cost us in time?** Less than an hour to begin.\n"
            "3. **What if we change our mind?** Your data stays yours, and you can take it with you.\n\n"
            "Is yours not among them? Reply, and we answer within a working day."
        ),
    ),
    (
        "A story",
        "How a team of seven saved a day a week",
        (
            "a team of seven told us how their Mondays used to look: three lists, two inboxes, and nobody "
            "sure who had called whom.\n\n"
            "They began with one thing only: writing down the next step after every conversation. "
            "Four weeks later the Monday meeting took fifteen minutes.\n\n"
            "Try it for one week, with whatever tool you have. It costs nothing."
        ),
    ),
    (
        "An offer to talk",
        "Twenty minutes that may be worth it",
        (
            "if you like, we look at your situation together for twenty minutes. No slides: you ask, we answer, "
            "and at the end you know whether this is for you.\n\n"
            "Reply with two times that suit you, and we confirm one of them."
        ),
    ),
    (
        "Letter 1: small habits",
        "One small habit that keeps contacts alive",
        (
            "this month a habit that takes two minutes: at the end of each day, write one line to one "
            "person you have not "
            "spoken to for a while.\n\nNo offer, no occasion. After a month that is twenty people who remember you."
        ),
    ),
    (
        "Letter 2: listening",
        "What your customers tell you without saying it",
        (
            "people rarely say why they hesitate. Three signs that are worth a question:\n\n"
            "- they ask about a detail for the second time;\n- they bring somebody new into the conversation;\n"
            "- they go quiet after the price.\n\nEach of them is an invitation to ask: *what would have to "
            "be true for you to go on?*"
        ),
    ),
    (
        "Letter 3: order",
        "Tidy contacts in half an hour",
        (
            "once a quarter, take half an hour: merge the doubles, fill in the missing names, let go of "
            "those who never answer.\n\n"
            "It is dull work with a good return: every message you send afterwards reaches more of the right people."
        ),
    ),
    (
        "Letter 4: follow-up",
        "The best time to follow up",
        (
            "two days after a conversation people still know what it was about, and have had time to think.\n\n"
            "Write down the day before you hang up. What has a date gets done."
        ),
    ),
    (
        "Letter 5: numbers",
        "Three numbers that are enough",
        (
            "a small team needs few numbers: how many new conversations began this month, how many of them "
            "are still alive, "
            "and how long the last decision took.\n\nIf one of them changes, you know where to look."
        ),
    ),
    (
        "Letter 6: your turn",
        "Shall we stay in touch?",
        (
            "half a year has passed since our first letter. Did it help you?\n\n"
            "Reply with one word, yes or no, and we will know whether to go on writing. Thank you for reading so far."
        ),
    ),
)  # fmt: skip

FA: tuple[tuple[str, str, str], ...] = (
    (
        "خوشامد",
        "خوش آمدید",
        (
            "از اینکه به کار ما علاقه نشان دادید سپاسگزاریم.\n\n"
            "در هفته‌های پیش رو گاهی برایتان می‌نویسیم: کوتاه، به‌دردبخور و هیچ‌وقت بیش از یک پیام در هفته.\n\n"
            "اگر پرسشی دارید که می‌خواهید پیش از هر چیز پاسخش را بدانید، کافی است همین پیام را پاسخ بدهید. "
            "یک نفر آن را می‌خواند."
        ),
    ),
    (
        "سه پرسش",
        "سه پرسشی که اول از همه می‌پرسند",
        (
            "بیشتر کسانی که با ما آشنا می‌شوند همین سه چیز را می‌پرسند:\n\n"
            "1. **با شیوهٔ کار ما جور درمی‌آید؟** معمولاً در یک روز، بی‌آنکه چیزی که خوب کار می‌کند عوض شود.\n"
            "2. **چقدر وقت می‌گیرد؟** برای شروع کمتر از یک ساعت.\n"
            "3. **اگر نظرمان عوض شد چه؟** داده‌هایتان مال شماست و می‌توانید همه را با خود ببرید.\n\n"
            "پرسش شما میان این‌ها نیست؟ پاسخ بدهید تا در یک روز کاری جواب بگیرید."
        ),
    ),
    (
        "یک تجربه",
        "یک تیم هفت‌نفره چطور هفته‌ای یک روز صرفه‌جویی کرد",
        (
            "تیمی هفت‌نفره برایمان تعریف کرد که شنبه‌هایشان چطور می‌گذشت: سه فهرست، دو صندوق نامه، و هیچ‌کس "
            "نمی‌دانست چه کسی با چه کسی تماس گرفته است.\n\n"
            "فقط از یک کار شروع کردند: پس از هر گفتگو گام بعدی را نوشتند. چهار هفته بعد جلسهٔ شنبه پانزده "
            "دقیقه طول می‌کشید.\n\n"
            "یک هفته امتحان کنید، با هر ابزاری که دارید. خرجی ندارد."
        ),
    ),
    (
        "پیشنهاد گفتگو",
        "بیست دقیقه که شاید به کارتان بیاید",
        (
            "اگر بخواهید، بیست دقیقه با هم وضعیت شما را بررسی می‌کنیم. بدون اسلاید: شما می‌پرسید، ما پاسخ می‌دهیم، "
            "و در پایان می‌دانید که این به درد شما می‌خورد یا نه.\n\n"
            "دو زمان مناسب را در پاسخ بنویسید تا یکی را قطعی کنیم."
        ),
    ),
    (
        "نامهٔ ۱: عادت‌های کوچک",
        "عادتی کوچک که ارتباط‌ها را زنده نگه می‌دارد",
        (
            "این ماه عادتی دو دقیقه‌ای: پایان هر روز برای کسی که مدتی است با او حرف نزده‌اید یک خط بنویسید.\n\n"
            "بی‌پیشنهاد و بی‌مناسبت. پس از یک ماه بیست نفر هستند که شما را به یاد دارند."
        ),
    ),
    (
        "نامهٔ ۲: شنیدن",
        "آنچه مشتریان نگفته می‌گویند",
        (
            "آدم‌ها کمتر می‌گویند چرا تردید دارند. سه نشانه که به یک پرسش می‌ارزد:\n\n"
            "- جزئیاتی را برای بار دوم می‌پرسند؛\n- کس تازه‌ای را به گفتگو می‌آورند؛\n- پس از شنیدن قیمت "
            "ساکت می‌شوند.\n\n"
            "هر کدام دعوتی است به این پرسش: *چه چیزی باید درست باشد تا ادامه بدهید؟*"
        ),
    ),
    (
        "نامهٔ ۳: نظم",
        "مرتب کردن مخاطبان در نیم ساعت",
        (
            "هر سه ماه یک بار نیم ساعت وقت بگذارید: تکراری‌ها را یکی کنید، نام‌های جاافتاده را بنویسید و "
            "کسانی را که هیچ‌وقت پاسخ نمی‌دهند کنار بگذارید.\n\n"
            "کار دل‌انگیزی نیست، اما می‌ارزد: هر پیامی که بعد از آن می‌فرستید به آدم‌های درست‌تری می‌رسد."
        ),
    ),
    (
        "نامهٔ ۴: پیگیری",
        "بهترین زمان پیگیری",
        (
            "دو روز پس از گفتگو هنوز یادشان هست که دربارهٔ چه بود، و فرصت فکر کردن هم داشته‌اند.\n\n"
            "پیش از خداحافظی روزش را یادداشت کنید. کاری که تاریخ دارد انجام می‌شود."
        ),
    ),
    (
        "نامهٔ ۵: عددها",
        "سه عددی که کافی است",
        (
            "یک تیم کوچک عددهای کمی لازم دارد: این ماه چند گفتگوی تازه آغاز شد، چندتای آن‌ها هنوز زنده است، "
            "و تصمیم آخر چقدر طول کشید.\n\n"
            "اگر یکی از آن‌ها عوض شود، می‌دانید کجا را نگاه کنید."
        ),
    ),
    (
        "نامهٔ ۶: نوبت شما",
        "در تماس بمانیم؟",
        (
            "نیم سال از نامهٔ اول ما گذشت. به کارتان آمد؟\n\n"
            "با یک کلمه پاسخ بدهید، بله یا نه، تا بدانیم باز هم بنویسیم یا نه. سپاس که تا اینجا خواندید."
        ),
    ),
)  # fmt: skip

EN = tuple((name, subject, _HELLO_EN + body[0].upper() + body[1:]) for name, subject, body in EN)
FA = tuple((name, subject, _HELLO_FA + body) for name, subject, body in FA)
