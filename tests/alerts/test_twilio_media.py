"""Fetching and removing what the telephone company keeps, against the simulated one: sizes, failures, names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cna_service.alerts.ports import ChannelError, HoldsMedia
from cna_service.alerts.twilio_media import address_of
from cna_service.exercise.phone_company_faults import Fault, RequestFault
from cna_service.exercise.phone_company_media import Kept, recording
from cna_service.exercise.phone_company_server import MEDIA
from tests.exercise.telephony import Line, a_desk, a_line

RE, MM, ME = "RE" + "a" * 32, "MM" + "b" * 32, "ME" + "c" * 32


@pytest.fixture
def line() -> Iterator[Line]:
    with a_desk() as desk, a_line(desk) as one:
        one.company.media.keep(Kept(RE, "CA" + "0" * 32, "audio/x-wav", recording(["hear me"], 3)))
        one.company.media.keep(Kept(ME, MM, "image/jpeg", b"\xff\xd8picture"))
        yield one


def fetched(
    line: Line, sid: str = RE, *, parent: str = "", is_small: bool = False, longest: int = 10**6
) -> tuple[str, bytes]:
    assert isinstance(line.telephony, HoldsMedia)
    return line.telephony.fetch_media(sid, parent=parent, is_small=is_small, longest=longest)


def test_a_recording_comes_whole_and_in_a_smaller_form(line: Line) -> None:
    media_type, content = fetched(line)
    assert (media_type, content[:4]) == ("audio/x-wav", b"RIFF")
    assert b"hear me" in content
    assert fetched(line, is_small=True)[0] == "audio/mpeg"


def test_a_picture_is_fetched_by_its_message(line: Line) -> None:
    assert fetched(line, ME, parent=MM) == ("image/jpeg", b"\xff\xd8picture")


def test_what_is_longer_than_we_keep_is_not_taken_into_memory(line: Line) -> None:
    with pytest.raises(ChannelError) as refused:
        fetched(line, longest=1000)
    assert (refused.value.code, refused.value.permanent) == ("media-too-long", True)


def test_what_is_gone_is_gone_and_removing_it_twice_is_no_error(line: Line) -> None:
    line.telephony.remove_media(RE, parent="")
    line.telephony.remove_media(RE, parent="")
    line.telephony.remove_media(ME, parent=MM)
    assert line.company.media.names() == []
    with pytest.raises(ChannelError) as refused:
        fetched(line)
    assert (refused.value.code, refused.value.permanent) == ("http-404", False)


@pytest.mark.parametrize("kind", [RequestFault.ERROR, RequestFault.RESET, RequestFault.HANG])
def test_a_failure_is_temporary_and_the_next_try_brings_it(line: Line, kind: RequestFault) -> None:
    line.company.order(Fault(kind, number=MEDIA))
    with pytest.raises(ChannelError) as failed:
        fetched(line)
    assert not failed.value.permanent
    assert fetched(line)[0] == "audio/x-wav"


@pytest.mark.parametrize("sid", ["", "RE1", "../Accounts", "RE" + "g" * 32, "https://evil.test/x"])
def test_no_name_of_a_callback_becomes_an_address(sid: str) -> None:
    with pytest.raises(ChannelError) as refused:
        address_of("AC0", sid, "", is_small=False)
    assert refused.value.permanent
    with pytest.raises(ChannelError):
        address_of("AC0", ME, "../../evil", is_small=False)
