"""Kill -9 at every point of record.md's "Where we may die", and start again: nothing that was answered is lost.

A real process each time, and so few of them; fifty seeds at each point of a sending are in ``test_abandoned``.
"""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest

from cna_service.db.database import Database
from cna_service.ledger import tables as t
from tests.faults import deaths, rig
from tests.faults.conftest import Nursery
from tests.faults.deaths import POINTS
from tests.faults.rig import Place
from tests.faults.witness import Answer, Witness, end, send

pytestmark = pytest.mark.faults

REPETITIONS = 6
# Where no sender can be between its claim and its request while another thread dies.
NOTHING_CLAIMED = (
    deaths.BEFORE_COMMIT,
    deaths.BEFORE_CLAIM,
    deaths.AFTER_HTTP,
    deaths.BEFORE_RESULT,
    deaths.AFTER_RESULT,
)
# Only here may the provider have taken what nobody recorded.
MAY_REPEAT = (deaths.AFTER_HTTP, deaths.BEFORE_RESULT)


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(point: str, database_url: str, tmp_path: Path, nursery: Nursery) -> None:
    with rig.a_company() as company:
        port = rig.free_port()
        config = rig.patient_config(tmp_path / "config")
        place = Place(
            str(tmp_path / "desk"), database_url, f"http://127.0.0.1:{port}", company.base_url, config
        )
        token = rig.begin(place)
        witness = Witness(place, company)
        cases, signed = [], []
        life = nursery.start(place)
        for n in range(REPETITIONS):
            witness.wait_until_quiet()
            life.arm(point)
            answer = send(place, token, rig.submission(n), f"key-{n}")
            words = life.death().split()
            assert words[0] == point
            signed += [words[1:]] if words[1:] else []
            life.close()
            life = nursery.start(place)
            again = send(place, token, rig.submission(n), f"key-{n}")
            assert again is not None and again.status == 201
            is_kept = point != deaths.BEFORE_COMMIT
            _same_answer(answer, again, is_kept=is_kept)
            cases.append(again.case)
        witness.wait_until_quiet()
        life.close()
        _nobody_is_lost(witness, cases, point)
        witness.close()
    report = end(place)
    assert report.exit_code == 0, report.words()
    assert len(set(cases)) == REPETITIONS
    if point == deaths.AFTER_SIGNATURE:
        _signed_the_same_again(place, signed)


def _same_answer(answer: Answer | None, again: Answer, *, is_kept: bool) -> None:
    """A repetition under the same key gets the stored answer, byte for byte, if there was anything to store."""
    assert again.is_replayed == is_kept
    if answer is not None:
        assert (answer.status, answer.body) == (201, again.body)


def _nobody_is_lost(witness: Witness, cases: list[str], point: str) -> None:
    texts = witness.texts()
    for case in cases:
        kinds = witness.types(case)
        assert kinds["submission.received"] == kinds["alert.raised"] == kinds["rung.climbed"] == 1
        [first, *_] = witness.sendings(case)
        assert first["state"] in ("accepted", "delivered"), (case, first["state"])
        arrived = texts[first["content"]["text"]]
        assert 1 <= arrived <= (2 if point in MAY_REPEAT else 1), (case, arrived)
        assert kinds["alert.sent"] == len(witness.sendings(case))
    # Whoever died holding a claim sends again, and says so.
    if point == deaths.AFTER_CLAIM:
        assert witness.repeats() == len(cases)
    elif point in NOTHING_CLAIMED:
        assert witness.repeats() == 0


def _signed_the_same_again(place: Place, signed: list[list[str]]) -> None:
    """What was signed and not stored is signed again with the same bytes; a larger tree may have been signed since."""
    database = Database(place.database_url)
    with database.read() as connection:
        notes = connection.execute(t.ledger_checkpoint.select()).all()
    database.close()
    kept = {row.note.partition("\n\n")[0] + "\n": row.note for row in notes}
    found = 0
    for text, signature in signed:
        note = kept.get(bytes.fromhex(text).decode())
        if note is not None:
            found += 1
            line = note.strip().splitlines()[-1].split()[-1]
            assert b64decode(line)[4:] == bytes.fromhex(signature)
    assert found > 0
