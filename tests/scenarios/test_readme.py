"""The README's walk-through, typed as it stands there, against a desk of its own."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cna_service.kit.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]


def blocks() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## Five minutes")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str) -> None:
    clock = SystemClock()
    until = clock.monotonic() + 60
    while clock.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
    pytest.fail("the exercise was not ready within a minute")


def test_the_walk_through_works_as_written(tmp_path: Path) -> None:
    port = free_port()
    data = tmp_path / "exercise"
    cna = [sys.executable, "-m", "cna_service"]
    served = subprocess.Popen(
        [*cna, "serve", "--exercise", "--port", str(port), "--data", str(data)], cwd=ROOT
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        script = "set -euo pipefail\n" + "\n".join(blocks())
        script = script.replace("127.0.0.1:8001", f"127.0.0.1:{port}")
        script = script.replace(".venv/bin/cna", " ".join(cna)).replace(
            "--exercise", f"--exercise --data {data}"
        )
        typed = subprocess.run(
            ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(15)
    assert typed.returncode == 0, typed.stderr + typed.stdout
    assert "CONFIRMED" in typed.stdout
    assert "NO ANSWER" in typed.stdout
    assert "Sound" in typed.stdout
    assert '"status": 4' not in typed.stdout
    assert "derived anew" in typed.stdout
