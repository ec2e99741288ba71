"""One measure granted, and how something on record changes what stands of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

GRANTED = frozenset({"granted", "granted_with_conditions"})
NO_WORD = frozenset({"more_information", "unclear"})
"""An answer in words that changes nothing of what was granted before."""

IN_FORCE, HELD, NOT_COUNTED, NOT_YET, ENDED = "in_force", "held", "not_counted", "not_yet", "ended"

Key = tuple[str | None, int, str]
"""State, vessel, measure."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One measure granted for one vessel, as it stands at the instant asked about.

    ``state``: in_force; held (word and writing differ, nobody has read it: desk-rules 6.4); not_counted (``why``);
    not_yet (its own beginning lies ahead); ended (its own end has passed, or it was taken back). ``seq``: the entry it
    rests on; ``counts_from``: when the acting side had it. ``is_deemed``: recorded by a named officer after a lapse.
    """

    vessel: int
    measure: str
    value: str
    by_state: str | None
    exchange: int
    answer: int | None
    seq: int
    counts_from: datetime
    form: str
    conditions: object = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    state: str = IN_FORCE
    why: str | None = None
    is_deemed: bool = False
    is_ours: bool = False

    @property
    def is_in_force(self) -> bool:
        return self.state == IN_FORCE


@dataclass(frozen=True, slots=True)
class Change:
    """From ``at`` on (entry ``seq``) something else stands of one measure: ``becomes`` says what, from what stood."""

    at: datetime
    seq: int
    key: Key
    becomes: Callable[[Grant | None], Grant | None]
