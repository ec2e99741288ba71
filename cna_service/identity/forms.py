"""Forms of our own pages only: the request's origin is ours, and the form carries its session's token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from cna_service.identity.rules import FormRefused

_DEFAULT_PORTS = {"http": 80, "https": 443}


def same_origin(headers: Mapping[str, str], *public_urls: str) -> bool:
    """Whether a request that changes something comes from a page of this desk.

    ``headers`` has lower-case names. ``Origin`` decides; without one, ``Sec-Fetch-Site``, then ``Referer``. A
    request with none of the three is no browser's cross-site form and still needs its form token. ``Origin:
    null`` is foreign: our pages must therefore be served with ``Referrer-Policy: same-origin``, since
    ``no-referrer`` makes browsers send ``null`` with our own forms.
    """
    ours = {_origin(url) for url in public_urls} - {None}
    origin = headers.get("origin")
    if origin is not None:
        return _origin(origin) in ours
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    referer = headers.get("referer")
    return referer is None or _origin(referer) in ours


def form_token(form_key: bytes, form_secret: bytes) -> str:
    """The token of every form in one session: the same on each page, worthless in any other session.

    ``form_key`` is the desk's secret file, ``form_secret`` the session's row (or the mark of a browser that has
    not signed in yet): neither a copy of the database nor of the file alone makes one. Survives a restart.
    """
    digest = hmac.new(form_key, b"form\x00" + form_secret, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def check_form(
    form_key: bytes, form_secret: bytes, token: str | None, headers: Mapping[str, str], *public_urls: str
) -> None:
    """Raise :class:`FormRefused` for a foreign origin or a missing or wrong form token."""
    if not same_origin(headers, *public_urls):
        raise FormRefused(
            "The form was sent from another site; nothing was changed.", reason="foreign-origin"
        )
    wanted = form_token(form_key, form_secret)
    if token is None or not hmac.compare_digest(token.encode(), wanted.encode()):
        raise FormRefused(reason="form-token")


def new_browser_mark() -> str:
    """256 random bits for a cookie, so that the sign-in form has a token before there is a session."""
    return secrets.token_urlsafe(32)


def _origin(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if not parts.scheme or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS.get(parts.scheme)
