"""Telephone numbers as people type them: read into E.164, refused where they are none, doubted where they may fail.

The numbering plans are those of the ``phonenumbers`` library, which follows them with some delay: what a plan does not
list is doubted in words and taken all the same, for a number in a range that is new would else be refused at night.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

LANDLINE, MOBILE, UNKNOWN = "landline", "mobile", "unknown"


@dataclass(frozen=True, slots=True)
class Number:
    """``region``: ISO 3166, None where the plan does not say. ``takes_sms``: False for a landline.
    ``doubts``: sentences for whoever typed it."""

    e164: str
    region: str | None
    kind: str
    takes_sms: bool
    doubts: tuple[str, ...] = ()


class NoNumber(ValueError):
    """What was typed is no telephone number; the words say what to write instead."""


def read_number(text: str, region: str | None = None) -> Number:
    """``+351 912 345 678``, ``00351912345678``, or ``912 345 678`` with the region of the desk (ISO 3166).

    Raises NoNumber.
    """
    # Loaded when the first number is read: the plans of the world are a megabyte.
    import phonenumbers

    known = region if region in phonenumbers.SUPPORTED_REGIONS else None
    plain = text.strip()
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    try:
        parsed = phonenumbers.parse(plain, known)
    except phonenumbers.NumberParseException:
        how = "the international form, such as +351912345678" if known is None else "it with all its digits"
        raise NoNumber(f"is no telephone number; write {how}") from None
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        raise NoNumber("has too few or too many digits for its country, or an extension")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return _judged(e164, parsed)


def _judged(e164: str, parsed: PhoneNumber) -> Number:
    import phonenumbers as plans

    kinds = plans.PhoneNumberType
    kind, region = plans.number_type(parsed), plans.region_code_for_number(parsed)
    if kind == kinds.UNKNOWN:
        words = "The numbering plan knows no such number: look at it again, and verify it with a code."
        return Number(e164, region, UNKNOWN, takes_sms=True, doubts=(words,))
    if kind in (kinds.FIXED_LINE, kinds.UAN):
        words = "This is a landline: it takes no SMS. It is called, and never sent a text."
        return Number(e164, region, LANDLINE, takes_sms=False, doubts=(words,))
    if kind in (kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.TOLL_FREE, kinds.PAGER, kinds.VOICEMAIL):
        words = (
            "This is a special number (premium, shared cost, free of charge, pager or mailbox): many carriers do \
not let the desk through. Use an ordinary number."
        )
        return Number(e164, region, UNKNOWN, takes_sms=kind == kinds.PAGER, doubts=(words,))
    return Number(e164, region, MOBILE if kind == kinds.MOBILE else UNKNOWN, takes_sms=True)
