"""Six-digit codes by time (RFC 6238: SHA-1, 30 s, six digits): each step is good once, one step of drift allowed."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
_DRIFT = 1


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32()


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, now: datetime, *, last_step: int | None) -> int | None:
    """The step whose code this is, among the one before, this and the next one, if later than ``last_step``.

    None if the code is wrong or its step was used: a code seen over a shoulder is worth nothing. The caller
    stores the step in the transaction that acts on it.
    """
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    generator = pyotp.TOTP(secret)
    current = step_of(now)
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        is_new = last_step is None or step > last_step
        if hmac.compare_digest(generator.generate_otp(step), digits) and is_new:
            return step
    return None


def code_at(secret: str, now: datetime) -> str:
    """The code an authenticator would show; for exercise mode and tests, which have no telephone."""
    return pyotp.TOTP(secret).generate_otp(step_of(now))


def provisioning_uri(secret: str, *, account: str, desk: str) -> str:
    """``otpauth://totp/…`` for an authenticator app; ``desk`` is what the app shows as its issuer."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=desk)


def qr_svg(uri: str) -> str:
    """The URI as an inline SVG without style or script, black on white also on a dark page."""
    code = segno.make(uri, error="m", micro=False)
    svg: str = code.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return svg


def in_groups(secret: str) -> str:
    """``JBSW Y3DP …``: the secret to type by hand where no camera is at hand."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
