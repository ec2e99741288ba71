"""A process that has imported everything and forks a desk within milliseconds: ``python -m tests.faults.nursery``.

It reads one line of JSON for each desk: its place, and the socket on which the desk says "ready" and takes orders
("arm POINT"). The socket's end is the desk's death.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio._backends._asyncio  # noqa: F401 - what a server imports when it runs, paid once
import uvicorn
import uvicorn.lifespan.off
import uvicorn.loops.auto
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto

from cna_service.app import create_app
from cna_service.cli.logs import configure_logging
from cna_service.ledger.sequencer import Sequencer
from cna_service.worker.worker import Worker
from cna_service.workflow.deliver import Outside
from tests.database import end_with_parent, sqlite_url
from tests.faults import rig
from tests.faults.deaths import DyingAnswers, DyingSigner, DyingTelephony, Killer, watch_engine
from tests.faults.rig import Place

LEASE = timedelta(milliseconds=300)
EVERY = 0.1
ONE_PAGE = 4096


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    end_with_parent()
    configure_logging()
    _warm()
    print("ready", flush=True)
    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            end_with_parent()
            _as_desk(json.loads(line))


def _warm() -> None:
    """What the first desk of a process compiles and reads is inherited by all."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder, sqlite_url(Path(folder)), "http://127.0.0.1:1", "http://127.0.0.1:2")
        running = rig.build(place)
        create_app(running)
        running.stop()
        line = rig.telephony(place.company_url)
        line.prepare()
        line.close()


def _as_desk(order: dict[str, Any]) -> None:
    # What the desk logs; nobody reads the nursery's own output any more.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        _run(order)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _run(order: dict[str, Any]) -> None:
    place = Place(**order["place"])
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(order["socket"])
        killer = Killer(lambda words: line.sendall(f"{words}\n".encode()))
        running = mortal(rig.build(place), place, killer)
        port = int(place.public_url.rpartition(":")[2])
        listening = socket.create_server(("127.0.0.1", port), backlog=64)
        app = DyingAnswers(create_app(running), killer)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        running.service.wakes.listen(lambda: killer.at("before-wake"))
        running.start()
        threading.Thread(target=_take_orders, args=(line, killer), daemon=True).start()
        server.run(sockets=[listening])
        running.stop()
        line.sendall(b"ended\n")
    os._exit(0)


def mortal(running: Any, place: Place, killer: Killer) -> Any:
    """The desk with the killer at its joints, short leases, and threads that look ten times a second."""
    service = running.service
    watch_engine(service.database.engine, killer)
    line = DyingTelephony(rig.telephony(place.company_url)._account)
    line.killer = killer
    outside = Outside(line, None)
    sequencer = Sequencer(
        service.database, service.desk.log_origin, DyingSigner(rig.signer_of(place), killer)
    )
    worker = Worker(service, outside, sequencer, lease=LEASE, every=EVERY)
    return dataclasses.replace(running, outside=outside, sequencer=sequencer, worker=worker)


def _take_orders(line: socket.socket, killer: Killer) -> None:
    line.sendall(b"ready\n")
    for order in line.makefile():
        verb, _, point = order.strip().partition(" ")
        if verb == "arm":
            killer.arm(point)
        elif verb in ("full", "room"):
            # Python ignores SIGXFSZ: a write past the limit fails as on a full disk.
            most = ONE_PAGE if verb == "full" else resource.RLIM_INFINITY
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        line.sendall(b"done\n")
    # Whoever ordered it is gone.
    os._exit(1)


if __name__ == "__main__":
    main()
