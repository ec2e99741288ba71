"""What of the watch every page must say: a relief that is not signed, a check-in that is wanted or was missed."""

from __future__ import annotations

from collections.abc import Iterator

from cna_service.kit.instants import date_time_group
from cna_service.workflow.projections import DUTY, WATCH_LIFE
from cna_service.workflow.service import Reader
from cna_service.workflow.watch_check_in import is_missed


def watch_troubles(reader: Reader) -> Iterator[tuple[str, str]]:
    """(code, a sentence with the remedy); they name nobody."""
    life = reader.stream(DUTY).of(WATCH_LIFE)
    asked, relief = life.check_in, life.relief
    if asked is not None and is_missed(asked, reader.now):
        since = date_time_group(asked.missed[0] if asked.missed else asked.due_at)
        words = (
            f"CHECK-IN MISSED since {since}: nobody can be woken and who has the watch did not check in. Call him by "
            "another telephone; somebody must sit at the console."
        )
        yield "check-in-missed", words
    elif asked is not None:
        by = date_time_group(asked.due_at)
        yield (
            "check-in-wanted",
            f"Nobody can be woken: who has the watch checks in on the page Relief, next by {by}.",
        )
    if relief is not None and relief.is_open:
        at = date_time_group(relief.at)
        words = (
            f"The relief of {at} is not signed: the going and the coming officer sign it on the page Relief."
        )
        yield "relief-unsigned", words
