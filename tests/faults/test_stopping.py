"""The desk is told to stop while it sends: the sending ends and is recorded, and the next start repeats nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from cna_service.kit.clock import SystemClock
from tests.faults import rig
from tests.faults.conftest import PATIENCE, ROOT, Nursery
from tests.faults.rig import Place
from tests.faults.witness import Witness, end, get, send

pytestmark = [pytest.mark.faults, pytest.mark.slow]

LONGEST_STOP = 10.0


def test_sigterm_during_a_send_lets_it_end_and_nothing_is_sent_again(
    database_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    clock = SystemClock()
    with rig.a_company(latency=timedelta(seconds=1.5)) as company:
        place = Place(
            str(tmp_path / "desk"), database_url, f"http://127.0.0.1:{rig.free_port()}", company.base_url
        )
        token = rig.begin(place)
        witness = Witness(place, company)
        desk = _serve(place, tmp_path)
        try:
            answer = _answered(place, token)
            while not company.arrivals():
                time.sleep(0.01)
            told = clock.monotonic()
            desk.send_signal(signal.SIGTERM)
            assert desk.wait(PATIENCE) == 0, (tmp_path / "log").read_text()
            assert clock.monotonic() - told < LONGEST_STOP
        finally:
            desk.kill()
            desk.wait()
        [sms] = witness.sendings(answer)
        assert sms["state"] == "accepted" and sms["tries"] == 1 and sms["sid"]
        nursery.start(place)
        witness.wait_until_quiet()
        time.sleep(1)
        assert len(company.arrivals()) == 1
        witness.close()
        nursery.end_all()
    assert end(place).exit_code == 0


def _serve(place: Place, folder: Path) -> subprocess.Popen[bytes]:
    settings = {
        "CNA_DATA": place.data,
        "CNA_DATABASE_URL": place.database_url,
        "CNA_PUBLIC_URL": place.public_url,
        "CNA_TELEPHONE": rig.NUMBER,
        "CNA_TWILIO_ACCOUNT": rig.SID,
        "CNA_TWILIO_TOKEN": rig.TOKEN,
        "CNA_TWILIO_FROM": rig.NUMBER,
        "CNA_TWILIO_URL": place.company_url,
        "CNA_PORT": place.public_url.rpartition(":")[2],
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("CNA_")}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "cna_service", "serve"],
            env=own | settings,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )


def _answered(place: Place, token: str) -> str:
    until = SystemClock().monotonic() + PATIENCE
    while SystemClock().monotonic() < until:
        try:
            if get(place, "/readyz")[0] == 200:
                break
        except OSError:
            time.sleep(0.05)
    answer = send(place, token, rig.submission(0), "key-0")
    assert answer is not None and answer.status == 201
    return answer.case
