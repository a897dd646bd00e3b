"""What programs and people call the columns of a contact list, field by field, the preferred name first."""

from __future__ import annotations

import re

from crm.core.text import fold
from crm.transfer.cells import FIELDS

# Google Contacts (both its layouts), Outlook, HubSpot, Mailchimp, Zoho, Salesforce, Thunderbird, and
# the words of Persian lists. Case, marks, spaces, signs and letter forms do not matter.
_HEADINGS = {
    "name": """full name | display name | contact name | contact | customer name | lead name
        | نام و نام خانوادگی | نام کامل | نام | نام مخاطب | نام مشتری | نام و فامیل
        | اسم و فامیل""",
    "first_name": "given name | forename | first | fname | نام کوچک | اسم | اسم کوچک",
    "last_name": """family name | surname | last | lname | نام خانوادگی | فامیلی | فامیل | نام فامیل
        | نام خانوادگي""",
    "email": """email address | e-mail 1 - value | e-mail address | primary email | e-mail 1 address
        | email 1 | work email | business email | personal email | home email | mail
        | contact email | email id | ایمیل | پست الکترونیک | پست الکترونیکی | آدرس ایمیل
        | نشانی ایمیل | رایانامه | ایمیل اصلی | ایمیل کاری""",
    "email_status": """email state | subscription status | email marketing status | وضعیت ایمیل
        | وضعیت اشتراک""",
    "phone": """mobile phone | mobile phone number | mobile | mobile number | cell phone | cell
        | phone number | phone 1 - value | primary phone | business phone | work phone
        | telephone | telephone number | tel | phone 1 | office phone | company main phone
        | main phone | home phone | other phone | contact number | whatsapp | whatsapp number
        | whatsapp phone number | sms | موبایل | تلفن همراه | شماره موبایل | شماره همراه
        | شماره تلفن همراه | همراه | شماره تماس | تلفن | شماره تلفن | تلفن تماس | تلفن محل کار
        | تلفن ثابت""",
    "company": """company name | organization name | organization 1 - name | organization | organisation
        | primary company | associated company | primary associated company | account name
        | account | employer | business name | شرکت | نام شرکت | سازمان | نام سازمان | موسسه
        | محل کار | شرکت سازمان""",
    "job_title": """organization title | organization 1 - title | position | job position | role | job
        | title | occupation | سمت | سمت شغلی | عنوان شغلی | شغل | پست سازمانی | جایگاه شغلی""",
    "country": """country/region | address 1 - country | business country/region | business country
        | mailing country | country code | work country | home country/region | home country
        | cc | country name | کشور | نام کشور""",
    "region": """state/region | state | address 1 - region | business state | province | state/province
        | mailing state | work state | home state | county | استان | ایالت | منطقه""",
    "city": """address 1 - city | business city | mailing city | work city | home city | town
        | locality | شهر | نام شهر | شهرستان""",
    "postal_code": """zip | zip code | postcode | address 1 - postal code | business postal code | mailing zip
        | mailing postal code | work zipcode | home postal code | zip/postal code | کد پستی
        | کدپستی""",
    "address": """street address | street | address 1 - street | business street
        | business address | mailing street | work address | address 1 | home street
        | home address | full address | آدرس | نشانی | آدرس پستی | نشانی پستی""",
    "language": "preferred language | lang | locale | زبان | زبان ترجیحی",
    "timezone": "time zone | tz | منطقه زمانی",
    "birthday": """birth date | birthdate | date of birth | dob | born | تاریخ تولد | تولد | روز تولد""",
    "owner": """contact owner | lead owner | record owner | account owner | assigned to | owner email
        | sales rep | مالک | مسئول | کارشناس | کارشناس فروش | مسئول پیگیری | ارجاع به""",
    "source": """lead source | original source | contact source | original traffic source
        | how did you hear about us | latest source | منبع | منبع سرنخ | منبع آشنایی
        | نحوه آشنایی | طریقه آشنایی""",
    "external_id": """record id | record id - contact | contact id | lead id | customer id | euid | crm id
        | customer number | client id | شناسه خارجی | کد مشتری | شماره مشتری | شناسه مشتری""",
    "tags": """tag | labels | label | group membership | categories | category | groups | group
        | lifecycle stage | segments | برچسب ها | برچسب | برچسبها | تگ | تگ ها | گروه
        | گروه ها | دسته | دسته بندی""",
    "status": "lead status | contact status | وضعیت | وضعیت سرنخ | وضعیت مشتری",
    "budget": "budget amount | بودجه",
    "need": "needs | requirement | requirements | نیاز | نیازها | نیازمندی",
    "timeline": "time frame | timeframe | buying time frame | زمان خرید | زمان بندی",
    "decision_makers": "decision maker | تصمیم گیرندگان | تصمیم گیرنده",
    "authority": "buying authority | اختیار خرید",
    "competitors": "competitor | رقبا | رقیب",
    "objections": "objection | ایرادها | مخالفت ها",
}


def bare(heading: str) -> str:
    """What two spellings of one heading have in common: «E-mail 1 - Value» is email1value."""
    return re.sub(r"[\W_]+", "", fold(heading))


def _ranked() -> dict[str, tuple[str, int]]:
    ranked: dict[str, tuple[str, int]] = {}
    for field in sorted(FIELDS):
        ranked[bare(field)] = (field, 0)
        for rank, heading in enumerate(_HEADINGS[field].split("|"), start=1):
            ranked.setdefault(bare(heading), (field, rank))
    return ranked


RANKED = _ranked()
"""Bare heading → its field, and its place among the headings of that field (0: the field's own key)."""
