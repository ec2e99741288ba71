"""One call of the interface: who asks, what he sent, under which key; and how its verb is run and answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import Depends, Header, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from cna_service.api import bodies, problems
from cna_service.api.bodies import Received
from cna_service.cases import queries as case_queries
from cna_service.cases.visible import OURS, Viewer
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.identity.rules import TokenRefused
from cna_service.kit.errors import Invalid, NotFound, Problem
from cna_service.kit.ids import read_reference
from cna_service.ledger import store
from cna_service.workflow import callers
from cna_service.workflow.keys import Key, Replayed, Reply
from cna_service.workflow.projections import case_stream
from cna_service.workflow.service import Reader, Service

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of this desk: of an authority, a system, or a signed-in officer.",
)
_LONGEST_KEY = 200
# What the desk does with itself is none of a partner's business.
_INWARD = ("alert.", "rung.", "ladder.")

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
Ref = Annotated[str, Path(description="the case's reference", examples=["R4T7-HAX"])]
Number = Annotated[int, Path(ge=1, le=9999, description="the number of the exchange within its case")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The same key with the same request gives the same answer, for seven days.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='The case\'s `seq` that was looked at, `"6"`; same as `seen`.'),
]


class CaseVerb(Protocol):
    def __call__(
        self, service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None, /
    ) -> Reply: ...


class ExchangeVerb(Protocol):
    def __call__(
        self, service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None, /
    ) -> Reply: ...


async def service_of(request: Request) -> Service:
    service: Service = request.app.state.running.service
    return service


Desk = Annotated[Service, Depends(service_of)]


def caller_of(service: Desk, credentials: Credentials) -> Actor:
    """Raises TokenRefused."""
    return callers.caller(service, credentials.credentials if credentials else None)


Caller = Annotated[Actor, Depends(caller_of)]


def known_or_refused(service: Desk, credentials: Credentials) -> Actor | TokenRefused:
    """For submissions alone: what comes without a token that counts is still set aside."""
    try:
        return callers.caller(service, credentials.credentials if credentials else None)
    except TokenRefused as refused:
        return refused


async def body_of(request: Request, service: Desk, _: Caller) -> Received:
    # After the caller is known: nobody else makes the desk read.
    return await bodies.read(request, service.desk.body_limit)


Body = Annotated[Received, Depends(body_of)]


def key_of(actor: Actor, request: Request, received: Received, key: str | None) -> Key | None:
    """The idempotency key, scoped to the caller, with the digest of what was sent. Raises Invalid."""
    if key is None:
        return None
    if not key.strip() or len(key) > _LONGEST_KEY or not key.isprintable():
        why = f"is empty, or not of at most {_LONGEST_KEY} printable characters"
        raise Invalid("", Problem("/header/Idempotency-Key", key[:80], why, "send a UUID"))
    digest = hashlib.sha256()
    for part in (request.method, request.url.path, request.headers.get("if-match", "")):
        digest.update(part.encode() + b"\n")
    digest.update(received.content)
    return Key(f"{actor.kind}:{actor.id}"[:120], key, digest.hexdigest())


def seen_of(if_match: str | None) -> int | None:
    """The ``seq`` of ``If-Match: "6"``; None without the header. Raises Invalid."""
    if if_match is None:
        return None
    number = if_match.strip().removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        wrong = Problem("/header/If-Match", if_match[:40], "is no seq", 'send the case\'s seq, such as "6"')
        raise Invalid("", wrong)
    return int(number)


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it came: the caller is known, the body is one JSON object."""

    service: Service
    actor: Actor
    body: Mapping[str, Any]
    key: Key | None
    seen: int | None

    def run(self, verb: Callable[..., Reply], *args: Any) -> Response:
        """Run a verb that belongs to no case."""
        return self.answer(lambda: verb(self.service, self.actor, *args, self.body, self.key))

    def on_case(self, verb: CaseVerb, ref: str, *, decides: bool = False) -> Response:
        """Run a verb of a case that the caller may see; ``decides`` takes ``If-Match`` for ``seen``."""
        case, body = self._case(ref), self._body(decides)
        return self.answer(lambda: verb(self.service, self.actor, case, body, self.key))

    def in_exchange(self, verb: ExchangeVerb, ref: str, n: int, *, decides: bool = False) -> Response:
        case, body = self._case(ref), self._body(decides)
        return self.answer(lambda: verb(self.service, self.actor, case, n, body, self.key))

    def answer(self, act: Callable[[], Reply]) -> Response:
        """What the verb answers, or answered before under the same key."""
        headers = {}
        try:
            reply = act()
        except Replayed as before:
            reply, headers = before.reply, {"Idempotent-Replayed": "true"}
        return problems.of_reply(outward(reply, self.actor), {**location(reply), **headers})

    def _case(self, ref: str) -> str:
        with self.service.read() as reader:
            return case_of(reader, self.actor, ref)

    def _body(self, decides: bool) -> Mapping[str, Any]:
        if not decides or self.seen is None or "seen" in self.body:
            return self.body
        return {**self.body, "seen": self.seen}


def command(
    request: Request,
    service: Desk,
    actor: Caller,
    received: Body,
    key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Call:
    return Call(
        service,
        actor,
        bodies.json_object(received),
        key_of(actor, request, received, key),
        seen_of(if_match),
    )


Command = Annotated[Call, Depends(command)]


def case_of(reader: Reader, actor: Actor, ref: str) -> str:
    """The case's reference as written, if there is such a case and the caller may see it. Raises NotFound, alike for
    a case of others and for none; NotPermitted for who reads no case at all."""
    require(actor, Action.CASE_READ)
    written = read_reference(ref)
    if written is None:
        raise NotFound
    if actor.kind == "authority":
        is_seen = case_queries.is_of_authority(reader.connection, written, actor.id)
    else:
        is_seen = store.head(reader.connection, case_stream(written)) is not None
    if not is_seen:
        raise NotFound
    return written


def viewer_of(actor: Actor) -> Viewer:
    return Viewer(actor.id) if actor.kind == "authority" else OURS


def outward(reply: Reply, actor: Actor) -> Reply:
    """A partner's answer lists what he wrote, not whom the desk summoned for it."""
    if actor.kind != "authority" or reply.status >= 400:
        return reply
    told = json.loads(reply.body)
    entries = told.get("entries")
    if not isinstance(entries, list):
        return reply
    told["entries"] = [e for e in entries if not str(e.get("type", "")).startswith(_INWARD)]
    return Reply(reply.status, json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def location(reply: Reply) -> dict[str, str]:
    if reply.status != 201:
        return {}
    case = json.loads(reply.body).get("case")
    return {"Location": f"/api/v1/cases/{case}"} if case else {}
