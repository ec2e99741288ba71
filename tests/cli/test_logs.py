"""The application's log is JSON without names, numbers, words, addresses or the messages of exceptions."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from cna_service.cli.access import AccessLog
from cna_service.cli.logs import configure_logging
from cna_service.kit.clock import SystemClock

SECRET = "LT-ADA-EXAMPLE-+15550100"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()
    configure_logging(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers, root.level = before


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_exception_is_told_by_class_and_place_alone(said: io.StringIO) -> None:
    log = structlog.get_logger("test")
    try:
        raise KeyError(SECRET)
    except KeyError:
        log.exception("a duty failed", duty="tick")
    line = lines(said)[0]
    assert (line["event"], line["duty"], line["exception"], line["level"]) == (
        "a duty failed",
        "tick",
        "KeyError",
        "error",
    )
    assert "test_logs.py" in line["at"][-1]
    assert SECRET not in said.getvalue()


def test_a_library_s_values_are_left_out(said: io.StringIO) -> None:
    library = logging.getLogger("twilio.http_client")
    library.info("Authorization: %s", SECRET)
    library.warning("sent to %s", SECRET)
    library.warning(SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        library.exception("failed for %s", SECRET)
    assert SECRET not in said.getvalue()
    told = lines(said)
    assert [t["said"] for t in told] == ["sent to %s", "", "failed for %s"]
    assert told[2]["exception"] == "ValueError"


def test_addresses_are_left_out(said: io.StringIO) -> None:
    structlog.get_logger("test").info(
        "refused", path=f"/console/link/{SECRET}", url=SECRET, code="link-spent"
    )
    assert SECRET not in said.getvalue()
    assert lines(said)[0]["code"] == "link-spent"


def test_a_request_is_told_by_its_pattern(said: io.StringIO) -> None:
    def page(request: Request) -> PlainTextResponse:
        if request.path_params["secret"] == "break":
            raise RuntimeError(SECRET)
        return PlainTextResponse("ok")

    def well(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    app = Starlette(routes=[Route("/link/{secret}", page), Route("/readyz", well)])
    client = TestClient(AccessLog(app, SystemClock()), raise_server_exceptions=False)
    client.get(f"/link/{SECRET}?q={SECRET}")
    client.get(f"/nowhere/{SECRET}")
    client.get("/readyz")
    client.get("/link/break")
    assert SECRET not in said.getvalue()
    told = [(line["method"], line["status"], line["event"]) for line in lines(said)]
    assert told == [("GET", 200, "request"), ("GET", 404, "request"), ("GET", 500, "request")]
