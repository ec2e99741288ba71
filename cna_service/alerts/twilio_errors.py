"""What the SDK and the connection raise, turned into :class:`ChannelError`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from requests import exceptions as wire
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.exceptions import MaxRetryError, NewConnectionError

from cna_service.alerts.ports import ChannelError
from cna_service.alerts.rules import is_known, verdict

_T = TypeVar("_T")
_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")


def translated(call: Callable[[], _T]) -> _T:
    """The result of ``call``. Raises :class:`ChannelError` for whatever goes wrong in it.

    ``outcome_unknown`` is set wherever the provider may have accepted: a 5xx, a read time-out, a connection
    that broke off, an answer that cannot be read (Twilio's POSTs are not idempotent; error 20500).
    """
    try:
        return call()
    except (TwilioRestException, TwilioServiceException) as error:
        raise _refusal(int(error.status), str(error.code), _words_of(error)) from error
    except wire.ConnectTimeout as error:
        raise _failure("connection", unknown=False) from error
    except wire.Timeout as error:
        raise _failure("timeout") from error
    except wire.ConnectionError as error:
        never_sent = _never_connected(error)
        raise _failure("connection" if never_sent else "broken-off", unknown=not never_sent) from error
    except wire.RequestException as error:
        raise _failure("broken-off") from error
    except TwilioException as error:
        raise _of_page(error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # The SDK reads answers without checking them, so an odd one fails in any of these ways.
        raise _failure("unreadable") from error


def _refusal(status: int, told: str, words: str) -> ChannelError:
    code = told if is_known(told) else f"http-{status}"
    judged = verdict(code)
    detail = f"{judged.words} The provider said: {words} (HTTP {status}, code {told})"
    return ChannelError(judged.goes_on_at_once, code, detail, outcome_unknown=status >= 500)


def _failure(code: str, *, unknown: bool = True) -> ChannelError:
    judged = verdict(code)
    return ChannelError(judged.goes_on_at_once, code, judged.words, outcome_unknown=unknown)


def _of_page(error: TwilioException) -> ChannelError:
    status = getattr(error.args[1], "status_code", None) if len(error.args) > 1 else None
    if isinstance(status, int) and status >= 400:
        return _refusal(status, str(status), "the list cannot be read")
    return _failure("unreadable")


def _words_of(error: TwilioRestException | TwilioServiceException) -> str:
    told = error.msg if isinstance(error, TwilioRestException) else (error.detail or error.title)
    return _NUMBER.sub("[number]", str(told))


def _never_connected(error: wire.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
