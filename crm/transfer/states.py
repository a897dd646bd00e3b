"""How far we are with a lead and what is known of an address, as other programs and people call it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crm.contacts.models import EmailStatus, LeadStatus
from crm.core.text import fold

# What HubSpot, Zoho, Salesforce and Persian lists call a lead's status; the keys themselves are added below.
_LEAD_VARIANTS = {
    LeadStatus.NOT_CONTACTED: "new, open, open not contacted, none, جدید, تماس گرفته نشده, بدون تماس",
    LeadStatus.ATTEMPTING_CONTACT: "attempted to contact, attempted contact, attempting, working, "
    "در تلاش برای تماس, تلاش برای تماس",
    LeadStatus.CONTACTED: "connected, in progress, working contacted, "
    "تماس گرفته شده, تماس گرفته شد, در حال پیگیری",
    LeadStatus.CONTACT_LATER: "bad timing, contact in future, call later, nurture, nurturing, "
    "تماس در آینده, بعدا تماس گرفته شود",
    LeadStatus.EAGER: "hot, very interested, مشتاق",
    LeadStatus.INTERESTED: "warm, علاقه مند, علاقمند",
    LeadStatus.NOT_INTERESTED: "uninterested, cold, closed not converted, علاقه ندارد, بی علاقه, بدون علاقه",
    LeadStatus.PRE_QUALIFIED: "prequalified, پیش تایید, پیش تأیید شده, پیش صلاحیت",
    LeadStatus.QUALIFIED: "open deal, closed converted, converted, sql, واجد شرایط, تایید شده",
    LeadStatus.LOST: "lost lead, unqualified, not qualified, disqualified, از دست رفته",
    LeadStatus.JUNK: "junk lead, spam, هرز, نامعتبر",
}
# Mailchimp, HubSpot and Persian lists on addresses.
_EMAIL_VARIANTS = {
    EmailStatus.UNVERIFIED: "not verified, subscribed, active, تأیید نشده, مشترک, فعال",
    EmailStatus.VALID: "verified, confirmed, معتبر, تأیید شده",
    EmailStatus.BOUNCED: "cleaned, hard bounced, برگشت خورده, برگشتی",
    EmailStatus.OPTED_OUT: "unsubscribed, opt out, optout, non subscribed, complained, لغو اشتراک, لغو عضویت",
    EmailStatus.INVALID: "نامعتبر",
}


def lead_status(text: str) -> str | None:
    return _LEADS.get(_bare(text))


def email_status(text: str) -> str | None:
    return _EMAILS.get(_bare(text))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _by_name(variants: Mapping[str, str]) -> dict[str, str]:
    names = {_bare(name): status for status, names in variants.items() for name in names.split(", ")}
    return names | {_bare(status): status for status in variants}


_LEADS = _by_name({status.value: names for status, names in _LEAD_VARIANTS.items()})
_EMAILS = _by_name({status.value: names for status, names in _EMAIL_VARIANTS.items()})
