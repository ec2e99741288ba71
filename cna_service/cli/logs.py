"""The application's own log: lines of JSON on standard error, with references, ids, counts and codes alone.

Never names, numbers, words, positions, tokens or texts. An exception is told by its class and its places in the
code: messages of libraries repeat what they were given.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

_Raised = tuple[type[BaseException], BaseException, TracebackType | None]
MOST_PLACES = 30


def configure_logging(stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's logging to one stream, standard error unless given."""
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        places_of_exception,
        without_addresses,
    ]
    structlog.configure(
        processors=[*before, structlog.processors.JSONRenderer(serializer=_json)],
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    # Libraries say what they handle at lower levels; what remains says only that something is wrong, and where.
    output = logging.StreamHandler(stream or sys.stderr)
    output.setFormatter(_LibraryLine())
    root = logging.getLogger()
    root.handlers = [output]
    root.setLevel(logging.WARNING)


def places_of_exception(_: Any, __: str, event: EventDict) -> EventDict:
    """Replace an exception by its class and where it came from."""
    given = event.pop("exc_info", None)
    raised = sys.exc_info() if given is True else given
    if isinstance(raised, BaseException):
        raised = (type(raised), raised, raised.__traceback__)
    if isinstance(raised, tuple) and raised[0] is not None:
        event.update(_told(raised))
    return event


def without_addresses(_: Any, __: str, event: EventDict) -> EventDict:
    """An address may hold the secret of a link, or what somebody searched for."""
    for name in ("path", "url", "query"):
        event.pop(name, None)
    return event


def _told(raised: _Raised) -> dict[str, object]:
    frames = traceback.extract_tb(raised[2])[-MOST_PLACES:]
    return {"exception": raised[0].__name__, "at": [f"{f.filename}:{f.lineno} {f.name}" for f in frames]}


class _LibraryLine(logging.Formatter):
    """A library's record: who said it and in which form of words, without the values filled into them."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "event": "a library said something",
            "logger": record.name,
            "said": record.msg if isinstance(record.msg, str) and "%" in record.msg else "",
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info and record.exc_info[0] is not None:
            told |= _told(record.exc_info)
        return _json(told)


def _json(value: Any, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
