"""Mail about a roster to the officers it concerns. No summons: nobody is woken for a swap."""

from __future__ import annotations

from cna_service.db.outbox import Sending
from cna_service.duty.state import Swap, Turn
from cna_service.identity.officers import Officers
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import date_time_group
from cna_service.workflow.projections import DESK, DUTY, OFFICERS
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

_LEAST_PRIORITY = 5


def tell_of_swap(service: Service, work: Work, swap: Swap, how: str) -> None:
    """To whoever of the two did not do it himself."""
    officers = work.of(OFFICERS, DESK)
    mark = "EXERCISE: " if service.desk.is_exercise else ""
    asks, asked = _name(officers, swap.given.officer), _name(officers, swap.other)
    words = {
        "asked": f"{asks} asks {asked} to take",
        "accepted": f"{asked} takes from {asks}",
        "declined": f"{asked} does not take from {asks}",
        "withdrawn": f"{asks} no longer asks {asked} to take",
    }[how]
    lines = [f"{mark}{service.desk.name}: {words}", *(f"- {_words(turn, officers)}" for turn in swap.turns)]
    if how == "asked":
        lines.append("Accept or decline it on the page Watch. Until then nothing changes.")
    for officer in dict.fromkeys((swap.given.officer, swap.other)):
        known = officers.get(officer)
        if known is None or not known.email or officer == work.actor.id:
            continue
        sending = uuid7(work.now)
        content = {"purpose": "notice", "subject": f"{mark}Swap of a watch: {how}", "text": "\n".join(lines)}
        work.send(
            [
                Sending(
                    sending,
                    DUTY,
                    f"notice:{sending}",
                    "email",
                    known.email,
                    content,
                    priority=_LEAST_PRIORITY,
                )
            ]
        )


def _words(turn: Turn, officers: Officers) -> str:
    span = f"{date_time_group(turn.starts_at)} to {date_time_group(turn.ends_at)}"
    return f"{turn.post.replace('_', ' ')}, {span}, of {_name(officers, turn.officer)}"


def _name(officers: Officers, officer: str) -> str:
    found = officers.get(officer)
    return officer if found is None else found.name
