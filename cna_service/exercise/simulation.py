"""The calls under ``/simulation``: the handles of an exercise, and of whoever tests the desk from outside.

None of them exists in a real desk. Only case time is simulated: tokens run on the machine's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from cna_service.api import problems
from cna_service.exercise import simulation_bodies as bodies
from cna_service.exercise.counterpart_orders import counterpart_order
from cna_service.exercise.simulation_access import check_caller
from cna_service.exercise.simulation_bodies import ClockOrder
from cna_service.exercise.simulation_session import open_console
from cna_service.exercise.simulation_view import seeded
from cna_service.identity import tokens
from cna_service.identity.tokens import Subject
from cna_service.workflow.projections import DESK, DIRECTORY, LISTED, OFFICERS
from cna_service.workflow.service import Service

if TYPE_CHECKING:
    from cna_service.exercise.desk import ExerciseDesk

LOOK_SECONDS = 2.0
"""How long a look at telephones and mail waits, on a held clock, for what needs no time."""


async def _told(request: Request) -> Mapping[str, Any]:
    return bodies.json_object(await request.body())


async def _raw(request: Request) -> bytes:
    return await request.body()


Told = Annotated[Mapping[str, Any], Depends(_told)]


def create_simulation(desk: ExerciseDesk) -> APIRouter:
    """The router, to be mounted at the root in exercise mode. Errors leave it as ServiceError."""

    def allowed(request: Request) -> None:
        client = None if request.client is None else request.client.host
        check_caller(client, request.headers, is_open=desk.is_open)

    router = APIRouter(prefix="/simulation", tags=["simulation"], dependencies=[Depends(allowed)])
    _add_clock(router, desk)
    _add_phones(router, desk)
    _add_mail(router, desk)
    _add_counterparts(router, desk)

    @router.get("", summary="What is seeded")
    def whole() -> dict[str, object]:
        return seeded(desk.service)

    @router.post("/token", summary="A bearer token of an officer or an authority")
    def token(told: Told) -> dict[str, str]:
        return issued(desk.service, told)

    @router.post("/session", summary="Sign in at the console as an officer of the exercise, from a form")
    def session(request: Request, form: Annotated[bytes, Depends(_raw)]) -> Response:
        return open_console(desk.service, form, request.client.host if request.client else "")

    return router


def _add_clock(router: APIRouter, desk: ExerciseDesk) -> None:
    @router.get("/clock", summary="Where case time stands")
    def clock() -> dict[str, object]:
        return desk.driver.status().as_json()

    @router.post("/clock", summary="Hold case time, let it run, or move it forward")
    def move(told: Told) -> dict[str, object]:
        return _moved(desk, bodies.clock_order(told))


def _moved(desk: ExerciseDesk, order: ClockOrder) -> dict[str, object]:
    if order.set_to is not None and order.set_to < desk.clock.now():
        # Before anything is done: a refused call changes nothing.
        raise desk.clock.back()
    if order.hold:
        desk.clock.hold()
    if order.rate is not None:
        desk.clock.run_at(order.rate)
    if order.hold is False or (order.rate is not None and order.hold is None):
        desk.clock.release()
    if order.set_to is not None:
        return desk.driver.advance(order.set_to).as_json()
    if order.advance is not None:
        return desk.driver.advance_by(order.advance).as_json()
    return desk.driver.settle().as_json()


def _add_phones(router: APIRouter, desk: ExerciseDesk) -> None:
    @router.get("/phones", summary="Every telephone: what came and what was said")
    def phones() -> list[dict[str, object]]:
        desk.list_phones()
        _let_happen(desk)
        return desk.company.phones()

    @router.get("/phones/{number}", summary="One telephone")
    def phone(number: str) -> dict[str, object]:
        _let_happen(desk)
        return desk.company.phone(e164(number))

    @router.post("/phones/{number}/sms", summary="Its owner replies")
    def reply(number: str, told: Told) -> dict[str, object]:
        text, is_new = bodies.sms_order(told)
        sent = desk.company.reply(e164(number), text, is_new=is_new)
        return _heard(desk, e164(number), "sms", sent)

    @router.post("/phones/{number}/calls", summary="Its owner calls the desk; a new number is a stranger's")
    def dial(number: str, told: Told) -> dict[str, object]:
        is_withheld = bodies.dial_order(told)
        return _heard(
            desk, e164(number), "calls", desk.company.dial_in(e164(number), is_withheld=is_withheld)
        )

    @router.post("/phones/{number}/calls/{call}/speak", summary="Somebody says something into an open call")
    def speak(number: str, call: str, told: Told) -> dict[str, object]:
        return desk.company.speak(e164(number), call, bodies.text_order(told))

    @router.post("/phones/{number}/calls/{call}/hang_up", summary="Its owner hangs up")
    def hang_up(number: str, call: str) -> dict[str, object]:
        return _heard(desk, e164(number), "calls", desk.company.hang_up(e164(number), call))

    @router.post("/phones/{number}/calls/{call}/press", summary="Its owner presses keys in a call")
    def press(number: str, call: str, told: Told) -> dict[str, object]:
        pressed = desk.company.press(e164(number), call, bodies.digits_order(told))
        return _heard(desk, e164(number), "calls", pressed)

    @router.post("/phones/{number}/condition", summary="What befalls the next sendings to it")
    def condition(number: str, told: Told) -> dict[str, object]:
        order = bodies.condition_order(told)
        return desk.company.condition(
            e164(number), order.condition, next=order.sendings, delay_seconds=order.delay_seconds
        )


def _add_mail(router: APIRouter, desk: ExerciseDesk) -> None:
    @router.get("/mail", summary="Mail sent by the desk, oldest first")
    def mail() -> list[dict[str, object]]:
        _let_happen(desk)
        return desk.mailbox.as_json()

    @router.post("/mail", status_code=501, summary="Not in this version")
    def arriving() -> Response:
        return not_yet("Mail arriving at the desk is not in this version; send a submission instead.")


def _add_counterparts(router: APIRouter, desk: ExerciseDesk) -> None:
    @router.get("/counterpart", summary="What partners were ordered to do, what is to come, what was done")
    def counterparts() -> dict[str, Any]:
        _let_happen(desk)
        return desk.counterparts.as_json()

    @router.post("/counterpart", status_code=201, summary="Let a partner behave by itself, for training")
    def counterpart(told: Told) -> dict[str, Any]:
        return desk.counterparts.order(counterpart_order(told))


def _let_happen(desk: ExerciseDesk) -> None:
    """On a held clock a look shows everything that needs no time; a running one is looked at as it is."""
    if desk.clock.state.is_held:
        desk.driver.settle(LOOK_SECONDS)


def _heard(desk: ExerciseDesk, number: str, kind: str, what: dict[str, object]) -> dict[str, object]:
    """The SMS or call as it is once the desk has heard it, so that what follows comes after."""
    desk.company.wait_until_idle()
    listed: Any = desk.company.phone(number)[kind]
    return next((each for each in listed if each["id"] == what["id"]), what)


def issued(service: Service, told: Mapping[str, Any]) -> dict[str, str]:
    """Raises Invalid, OfficerUnknown, AuthorityNotListed."""
    order = bodies.token_order(told)
    kind: Subject = "officer" if order.officer is not None else "authority"
    with service.read() as reader:
        if order.officer is not None:
            subject = reader.stream(DESK).of(OFFICERS).find(order.officer).id
        else:
            subject = reader.stream(DIRECTORY).of(LISTED).find(str(order.authority)).id
    access = service.access
    made = tokens.issue(
        subject,
        kind,
        keys=access.secrets.token_keys,
        audience=access.audience,
        issuer=access.issuer,
        now=service.machine.now(),
    )
    with service.database.write() as connection:
        tokens.keep(connection, made.claims, note="exercise")
    return {"access_token": made.token, "token_type": "Bearer"}


def e164(number: str) -> str:
    """The number as the telephone company knows it; a plus sign lost on its way through a URL is put back."""
    return f"+{number.strip().removeprefix('+')}"


def not_yet(detail: str) -> Response:
    return problems.response(501, "not-in-this-version", "That call is not in this version", detail)
