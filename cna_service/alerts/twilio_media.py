"""Fetching recordings of calls and files sent with texts from Twilio's REST API of 2010-04-01.

The address is made from the account and the name of the thing, never taken from a callback: whoever could forge one
must not be able to name an address that the desk then asks with its password.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cna_service.alerts.ports import ChannelError

if TYPE_CHECKING:
    from cna_service.alerts.twilio_http import Wire

API = "https://api.twilio.com/2010-04-01/Accounts"
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
DEADLINE = 11.0
"""Seconds for one file in all, below the lease of its row."""


def address_of(account: str, sid: str, parent: str, *, is_small: bool) -> str:
    """Raises ChannelError for what is no name of a recording or of a message's file."""
    if _SID.fullmatch(sid) is None or (not sid.startswith("RE") and _SID.fullmatch(parent) is None):
        raise ChannelError(True, "no-such-media", "That is no name of a recording or a file.")
    if sid.startswith("RE"):
        return f"{API}/{account}/Recordings/{sid}{'.mp3' if is_small else '.wav'}"
    return f"{API}/{account}/Messages/{parent}/Media/{sid}"


def fetch(
    wire: Wire, account: str, token: str, sid: str, *, parent: str, is_small: bool, longest: int
) -> tuple[str, bytes]:
    """(media type, bytes). Raises ChannelError: ``media-too-long``, ``http-404`` where it is not there (yet)."""
    url = address_of(account, sid, parent, is_small=is_small)
    status, media_type, content = wire.download(url, (account, token), longest=longest, within=DEADLINE)
    if content is None and not is_small and status == 200 and sid.startswith("RE"):
        return fetch(wire, account, token, sid, parent=parent, is_small=True, longest=longest)
    if content is None and status == 200:
        raise ChannelError(True, "media-too-long", "The file is longer than the desk keeps.")
    if content is None:
        raise ChannelError(
            status in (401, 403), f"http-{status}", "The telephone company did not hand it over."
        )
    return media_type, content
