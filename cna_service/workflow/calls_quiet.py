"""What time does to calls: one that went quiet, a call back that was promised, a file still to be fetched."""

from __future__ import annotations

from cna_service.db.timers import TimerKey
from cna_service.intake.desk_calls import CALL_BACK, CALL_BACK_OWED, CALL_SILENT, MEDIA_LEFT, MEDIA_OWED
from cna_service.workflow import media
from cna_service.workflow.calls_missed import end, subject_of
from cna_service.workflow.projections import CALLS
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

KINDS = (CALL_SILENT, CALL_BACK, MEDIA_OWED, MEDIA_LEFT)
"""Kinds of timers that are fired here."""


def fire(service: Service, work: Work, stream: str, key: TimerKey) -> None:
    calls = work.of(CALLS, stream)
    if key.kind == CALL_SILENT:
        end(service, work, stream, calls.by_id[key.subject], how="lost")
    elif key.kind == CALL_BACK:
        # Raising it is what the fold sees: it wants no second one (intake.desk_calls).
        raise_alert(service, work, CALL_BACK_OWED, stream=stream, subject=subject_of(stream))
    else:
        channel = media.FETCH if key.kind == MEDIA_OWED else media.REMOVE
        known = calls.media[key.subject]
        media.ask(work, stream, known, channel, known.failures)
        work.append(media.asked_again(known), stream)
