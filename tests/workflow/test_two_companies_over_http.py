"""Two telephone companies as real HTTP servers, the provider's own SDK, and a desk that goes from one to the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from cna_service.alerts.twilio_channel import TwilioTelephony
from cna_service.exercise.phone_company_faults import Fault, RequestFault
from cna_service.workflow import provider_watch
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK
from cna_service.workflow.provider_state import providers_view
from tests.exercise.telephony import Line, a_line
from tests.exercise.telephony import a_desk as a_receiver
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST


@pytest.fixture
def companies(desk: LiveDesk) -> Iterator[tuple[Line, Line]]:
    with a_receiver() as receiver, a_line(receiver) as first, a_line(receiver) as second:
        spare = TwilioTelephony(second.telephony._account, name="twilio-spare")
        desk.service = dataclasses.replace(
            desk.service, desk=dataclasses.replace(desk.service.desk, public_url=receiver.base)
        )
        desk.outside = Outside(first.telephony, desk.postbox, spare)
        for line in (first, second):
            line.company.add_phone(desk.number("duty-1"), "duty-1")
            line.company.add_phone(desk.number("admin-1"), "admin-1")
        yield first, second
        spare.close()


def arrives(desk: LiveDesk) -> str:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    return ref


def carries(desk: LiveDesk) -> str:
    return next(v.name for v in providers_view(desk.service, desk.outside).lines if v.carries)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(RequestFault.ERROR, times=1000),
        Fault(RequestFault.ERROR, times=1000, http_status=503, code=None),
        Fault(RequestFault.RESET, times=1000),
        Fault(RequestFault.UNREADABLE, times=1000),
    ],
    ids=lambda fault: f"{fault.kind.value}-{fault.http_status}",
)
def test_after_three_errors_the_same_summons_goes_by_the_spare(
    desk: LiveDesk, companies: tuple[Line, Line], fault: Fault
) -> None:
    first, second = companies
    first.company.order(fault)
    ref = arrives(desk)
    desk.advance(seconds=20)
    assert carries(desk) == "twilio-spare"
    assert [m["text"] for m in second.sms(desk.number("duty-1"))]
    assert desk.last(ref, "alert.sent").body["provider"] == "twilio-spare"
    [switched] = [e.body for e in desk.entries(DESK) if e.type == "provider.switched"]
    assert (switched["from"], switched["to"], switched["why"]) == ("twilio", "twilio-spare", "errors")
    desk.forget_messages()


def test_a_suspended_account_is_left_at_once_and_the_account_says_so(
    desk: LiveDesk, companies: tuple[Line, Line]
) -> None:
    first, second = companies
    first.company.suspend()
    arrives(desk)
    assert carries(desk) == "twilio-spare" and second.sms(desk.number("duty-1"))
    provider_watch.look_at_accounts(desk.service, desk.outside)
    checked = [e.body for e in desk.entries(DESK) if e.type == "provider.checked"]
    assert ("twilio", False) in [(b["provider"], b["is_active"]) for b in checked]
    desk.forget_messages()
