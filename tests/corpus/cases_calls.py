"""A case of the corpus that began with a call which nobody took, and the text that came after it."""

from __future__ import annotations

from cna_service.alerts.ports import ChannelError
from cna_service.workflow.closing import add_note
from cna_service.workflow.inbound import take_text
from tests.workflow.callers import STRANGER, Caller
from tests.workflow.desk import LiveDesk


def missed(desk: LiveDesk) -> str:
    """Nobody takes the call; the recording is fetched at the second try and removed; a text names the case."""
    caller = Caller(desk).calls()
    while caller.rings is not None:
        caller.is_not_taken("busy")
    desk.exchange.media_errors = [ChannelError(True, "http-404"), ChannelError(True, "http-404")]
    caller.says(b"RIFF, MRCC Example, please call back")
    caller.is_told_over()
    desk.attend(caller.case, "duty-1")
    desk.advance(minutes=8)
    told = {
        "MessageSid": "SM" + "1" * 32,
        "From": STRANGER,
        "Body": f"re {caller.case}: it is settled",
        "NumMedia": "0",
    }
    take_text(desk.service, told, "once")
    desk.do(add_note, "duty-1", caller.case, words="Called back at 1412Z. Nothing is asked.")
    return caller.case
