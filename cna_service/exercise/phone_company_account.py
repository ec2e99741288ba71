"""What the simulated company says of the account itself: its balance and its numbers."""

from __future__ import annotations

import re

from cna_service.exercise.phone_company_switch import API_VERSION, Switch

_PATH = re.compile(rf"/{API_VERSION}/Accounts/\w+/(?P<what>Balance|IncomingPhoneNumbers)\.json")


def account_page(path: str, switch: Switch) -> dict[str, object] | None:
    """The resource at this path, or None if it is none of the account's own."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    account, books = switch.account, switch.books
    if found["what"] == "Balance":
        return {"account_sid": account.sid, "balance": books.balance, "currency": books.currency}
    numbers = {account.number: (True, True)} if books.numbers is None else books.numbers
    listed = [
        {
            "sid": f"PN{n:032x}",
            "account_sid": account.sid,
            "phone_number": number,
            "status": "in-use",
            "capabilities": {"sms": sms, "voice": voice, "mms": False, "fax": False},
        }
        for n, (number, (sms, voice)) in enumerate(numbers.items(), 1)
    ]
    return {"incoming_phone_numbers": listed, "page": 0, "page_size": 50, "next_page_uri": None}
