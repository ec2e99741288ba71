"""What can be refused about identity, each named for what happened, and what a new officer's account needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from cna_service.kit.errors import Conflict, Invalid, NotFound, Problem, Refused, Unavailable


class NotPermitted(Refused):
    """The actor's role has no line for this action in the permission table (desk-rules 9.2)."""

    code = "not-permitted"
    title = "Your role does not allow this"


class OfficerUnknown(NotFound):
    code = "officer-unknown"
    title = "No officer has this identifier"


class OfficerAlreadyListed(Conflict):
    code = "officer-already-listed"
    title = "An officer with this identifier is already listed"


class SignInRefused(Refused):
    """Account, password or code were wrong; never says which."""

    code = "sign-in-refused"
    title = "Account, password or code is not right"


class TriedTooOften(Refused):
    """Too many failures lately; ``retry_after`` in whole seconds. Slows, never locks."""

    code = "tried-too-often"
    title = "Too many wrong tries; wait, then try again"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many wrong tries. Try again in {retry_after} s.", retry_after=retry_after)
        self.retry_after = retry_after


class CodeRefused(Refused):
    code = "code-refused"
    title = "The six-digit code is not right or was used already; wait for the next one"


class LinkSpent(NotFound):
    """Unknown, used, replaced or expired: alike to whoever holds it."""

    code = "link-spent"
    title = "This link is not valid any more; ask the administrator for a new one"


class FormRefused(Refused):
    """A form came from a foreign page or without its own token."""

    code = "form-refused"
    title = "This form did not come from a page of this desk; open the page again and send it from there"


class TokenRefused(Refused):
    """A bearer token is not accepted. The API answers 401; ``reason`` is a code, for logs and tests."""

    code = "token-refused"
    title = "The token is not accepted"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The token is not accepted ({reason}).", reason=reason)
        self.reason = reason


class SecretUnusable(Unavailable):
    """A secret file is missing, damaged, or open to other accounts of the machine; names file and fix."""

    code = "secret-unusable"
    title = "A secret file cannot be used"


class PasswordTooWeak(Invalid):
    code = "password-too-weak"
    title = "Choose another password"


_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_NEEDED = {
    "officer": "lower-case letters, digits and hyphens, such as duty-1",
    "name": "rank and name, as they shall stand in the record",
    "post": "the post held, such as Duty officer",
    "office": "the office, such as Maritime Operations Centre",
    "role": "one of the roles of the permission table",
    "language": "two letters, such as en",
    "phone": "the international form, such as +15550100",
    "email": "an address, such as duty@example.test",
}


def officer_problems(body: Mapping[str, object], roles: frozenset[str]) -> tuple[Problem, ...]:
    """Everything that is wrong with the body of a new ``officer.added``, at once; empty when it is well."""
    found = [_missing(field, fix) for field, fix in _NEEDED.items() if not _filled(body.get(field))]
    well_formed: Mapping[str, Callable[[str], object]] = {
        "officer": lambda v: len(v) <= 32 and _IDENTIFIER.fullmatch(v),
        "role": lambda v: v in roles,
        "language": _LANGUAGE.fullmatch,
        "phone": _E164.fullmatch,
        "second_phone": _E164.fullmatch,
        "email": lambda v: v.count("@") == 1 and not any(c.isspace() for c in v) and v[0] != "@" != v[-1],
    }
    for field, is_right in well_formed.items():
        value = body.get(field)
        if isinstance(value, str) and _filled(value) and not is_right(value):
            fix = _NEEDED.get(field, _NEEDED["phone"])
            found.append(Problem(f"/{field}", value, "cannot be read", f"Write {fix}."))
    return tuple(found)


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _missing(field: str, fix: str) -> Problem:
    return Problem(f"/{field}", None, "is missing", f"Write {fix}.")
