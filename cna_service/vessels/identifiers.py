"""Whether an IMO number, MMSI, call sign and claimed flag can be right, and whether they agree.

Passing every check never means verified: one random seven-digit number in ten passes the IMO check digit, and a
valid number may be another ship's. Base rates are from 34,066 IMO numbers, 3,043 MMSI and 17,702 call signs of
public vessel lists.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from cna_service.vessels.allocations import (
    MmsiKind,
    mmsi_digits,
    mmsi_kind,
    state_of_call_sign,
    states_of_mmsi,
)
from cna_service.vessels.names import is_placeholder
from cna_service.vessels.states import are_kin, is_fictional, state_from_words, state_name

_IMO_WEIGHTS = (7, 6, 5, 4, 3, 2)
# A registration number typed into the call sign field: letters, then a hyphen or four and more digits.
_REGISTRATION_LIKE = re.compile(r"[A-Z]{1,3}[\s-]+\d{2,}.*|[A-Z]{2}\d{5,}.*|\d{5,}.*")
_CALL_SIGN = re.compile(r"(?:[A-Z]{2}|\d[A-Z]|[A-Z]\d)[A-Z0-9]{1,6}")
IMO_BASE_RATE = "of numbers in real registers 0.03 % fail this check"
MMSI_BASE_RATE = "of real pairs of MMSI and flag 1.0 % disagree, most after a change of flag"
CALL_SIGN_BASE_RATE = "of real pairs of call sign and flag 0.3 % disagree, matriculas left out"


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit: the field, how much it weighs, words for the officer, how often it misleads."""

    field: str
    severity: Severity
    words: str
    base_rate: str | None = None

    def as_json(self) -> dict[str, str | None]:
        return {
            "field": self.field,
            "severity": self.severity.value,
            "words": self.words,
            "base_rate": self.base_rate,
        }


def imo_check_digit(six: str) -> int:
    """The last digit of d1*7 + d2*6 + d3*5 + d4*4 + d5*3 + d6*2 (IMO Resolution A.1117(30)); takes six digits."""
    return sum(int(digit) * weight for digit, weight in zip(six, _IMO_WEIGHTS, strict=True)) % 10


def bare(text: str) -> str:
    """Letters and digits only, upper case, full-width ones made plain; at most 100."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text[:100]).upper())


def bare_imo(text: str) -> str:
    """The number without "IMO", blanks and signs; may still be of any length."""
    return bare(text).removeprefix("IMO")


def bare_mmsi(text: str) -> str:
    return bare(text).removeprefix("MMSI")


def is_imo(text: str) -> bool:
    """Whether it is seven digits with a right check digit; never more than "it can be one"."""
    number = bare_imo(text)
    return re.fullmatch(r"[1-9][0-9]{6}", number) is not None and imo_check_digit(number[:6]) == int(
        number[6]
    )


def check_identifiers(
    imo: str | None = None, mmsi: str | None = None, call_sign: str | None = None, flag: str | None = None
) -> list[Finding]:
    """What does not fit, gravest first. An empty list means that nothing contradicts, never that it is true.

    Values are as told; ``flag`` is a code, a name or an adjective. Placeholders (PENDING, N/A) say nothing.
    """
    state = state_from_words(flag) if flag and flag.strip() else None
    findings: list[Finding] = []
    if flag and flag.strip() and state is None:
        findings.append(Finding("flag", Severity.LOW, f"No State is known by the words {_shown(flag)}."))
    if imo and imo.strip():
        findings += _check_imo(imo)
    if mmsi and mmsi.strip():
        findings += _check_mmsi(mmsi, state)
    if call_sign and call_sign.strip():
        findings += _check_call_sign(call_sign, state)
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _check_imo(told: str) -> list[Finding]:
    if is_placeholder(told):
        return []
    number = bare_imo(told)
    if re.fullmatch(r"[0-9]{7}", number) is None:
        return [
            Finding("imo", Severity.HIGH, f"{_shown(told)} is no IMO number: it has seven digits after IMO.")
        ]
    if number[0] == "0":
        return [Finding("imo", Severity.HIGH, f"{number} is no IMO number: none begins with 0.")]
    right = imo_check_digit(number[:6])
    if right == int(number[6]):
        return []
    words = (
        f"IMO {number} fails its check digit: the last digit would be {right}. "
        "One digit is wrong or two stand the wrong way round; have it read again."
    )
    return [Finding("imo", Severity.HIGH, words, IMO_BASE_RATE)]


def _check_mmsi(told: str, flag: str | None) -> list[Finding]:
    if is_placeholder(told):
        return []
    number = bare_mmsi(told)
    if re.fullmatch(r"[0-9]{9}", number) is None:
        return [Finding("mmsi", Severity.HIGH, f"{_shown(told)} is no MMSI: it has nine digits.")]
    kind = mmsi_kind(number)
    if kind is not MmsiKind.SHIP:
        return [
            Finding(
                "mmsi",
                Severity.MEDIUM,
                f"MMSI {number} does not name a ship: its form is that of {kind.value}.",
            )
        ]
    holders = states_of_mmsi(number)
    if not holders:
        if flag is not None and is_fictional(flag):
            return []
        words = (
            f"The digits {mmsi_digits(number)} at the beginning of MMSI {number} are allocated to no State."
        )
        return [Finding("mmsi", Severity.MEDIUM, words)]
    return _disagreement("mmsi", f"MMSI {number}", holders, flag, MMSI_BASE_RATE)


def _check_call_sign(told: str, flag: str | None) -> list[Finding]:
    if is_placeholder(told):
        return []
    if _REGISTRATION_LIKE.fullmatch(told.strip().upper()):
        words = f"{_shown(told)} looks like a registration number, not a call sign; try it as one."
        return [Finding("call_sign", Severity.LOW, words)]
    sign = bare(told)
    if _CALL_SIGN.fullmatch(sign) is None:
        return [Finding("call_sign", Severity.LOW, f"{_shown(told)} has not the form of a ship's call sign.")]
    holder = state_of_call_sign(sign)
    if holder is None:
        if flag is not None and is_fictional(flag):
            return []
        return [Finding("call_sign", Severity.MEDIUM, f"Call sign {sign} lies in no allocated series.")]
    return _disagreement("call_sign", f"Call sign {sign}", (holder,), flag, CALL_SIGN_BASE_RATE)


def _disagreement(
    field: str, what: str, holders: tuple[str, ...], flag: str | None, base_rate: str
) -> list[Finding]:
    if flag is None or flag in holders:
        return []
    names = " or ".join(state_name(holder) for holder in holders)
    if any(are_kin(flag, holder) for holder in holders):
        words = f"{what} is allocated to {names}; {state_name(flag)} uses series of the same holder."
        return [Finding(field, Severity.LOW, words, base_rate)]
    return [
        Finding(field, Severity.MEDIUM, f"{what} belongs to {names}, not to {state_name(flag)}.", base_rate)
    ]


def _shown(told: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in told.strip())
    return f"“{plain if len(plain) <= 40 else plain[:40] + '…'}”"
