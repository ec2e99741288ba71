"""The promise of the desk in the words of its people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cna_service.workflow.acknowledge import acknowledge_request
from tests.workflow import acts
from tests.workflow.desk import LiveDesk, Person
from tests.workflow.requests import BAR_TEST


@dataclass
class Story:
    desk: LiveDesk
    ref: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    def officer(self, name: str) -> Person:
        return self.desk.person(name)

    def a_request_arrives(self, **request: Any) -> None:
        self.told = dict(self.desk.receive(**(request or BAR_TEST)).body)
        self.ref = str(self.told["case"])
        self.desk.settle()

    def minutes_pass(self, minutes: float) -> None:
        self.desk.advance(minutes=minutes)

    def the_desk_is_down_for(self, minutes: float) -> None:
        self.desk.sleep(minutes=minutes)
        self.desk.settle()

    def acknowledges_the_request(self, officer: str) -> None:
        self.desk.do(acknowledge_request, officer, self.ref, 1)

    def answers(self, officer: str, **values: Any) -> None:
        """In writing, by mail."""
        acts.answer(self.desk, self.ref, officer, values=values, convey=[{"channel": "mail"}])
        self.desk.settle()

    def nobody_else_was_called(self) -> None:
        self.desk.nobody_else_was_called()
