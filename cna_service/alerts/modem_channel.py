"""SMS by a modem of our own: gammu-smsd's FILES service, which takes and leaves messages as files in four folders.

It cannot call. Where one of its files lies says what became of a message: ``outbox`` waiting, ``sent``, ``error``. What
we have read of a message we empty of its text and rename, so that numbers and codes lie there no longer than they must;
its name stays a day, for a delivery report that comes late. What an attacker with write access to the folders could do:
send SMS in the desk's name and forge replies; they belong to the desk's account and gammu's alone.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cna_service.alerts.ports import Accepted, AccountFacts, ChannelError, NumberFacts, Report, TextIn, Told
from cna_service.alerts.rules import verdict
from cna_service.kit.clock import Clock

FOLDERS = ("inbox", "outbox", "sent", "error")
STUCK_AFTER = timedelta(minutes=2)
WEAKEST_SIGNAL = 10
KEPT_FOR = timedelta(days=1)
_SETTLED_FOR = timedelta(seconds=2)
_MONITOR_WAITS = 5
_SEEN = "SEEN"
# OUT<priority><date>_<time>_<serial>_<recipient>_<note>.txt<options>: gammu-smsd-files(7). The note is ours; the whole
# name must stay below 100 bytes.
_OUT = re.compile(r"(?:OUT|SEEN)[A-Z](\d{8}_\d{6})_\d+_(\+?\d+)_([0-9a-f]{32})\.txt")
_IN = re.compile(r"(IN\d{8}_\d{6}_\d+_(.+))_(\d{2,})\.txt")
# The words that gammu writes for a status report (DeliveryReport = sms); "Pending" and "Unknown" say nothing yet.
_REPORTS = {"Delivered": "delivered", "Failed": "undelivered"}
_NO_WORD = frozenset({"Pending", "Unknown"})


@dataclass(frozen=True, slots=True)
class Modem:
    """``folder`` holds gammu-smsd's inbox, outbox, sent and error. ``number``: the card's own, E.164. ``valid_until``:
    until when a prepaid card is paid for. ``monitor``: the command that tells signal and counters, if it may be run."""

    folder: Path
    number: str = ""
    valid_until: datetime | None = None
    monitor: tuple[str, ...] = ()


class ModemLine:
    """:class:`~cna_service.alerts.ports.Telephony` and ``Polled`` by gammu-smsd."""

    has_voice = False
    takes_replies = True
    callbacks = ""

    def __init__(self, modem: Modem, clock: Clock, *, name: str = "modem") -> None:
        self._modem = modem
        self._clock = clock
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def send_sms(self, *, to: str, text: str, callback_url: str, reference: str) -> Accepted:
        """Leave it in the outbox; the reference stands in the file's name."""
        note = reference.replace("-", "").lower()
        if not re.fullmatch(r"\+?\d{3,15}", to):
            raise ChannelError(True, "21211", verdict("21211").words)
        if not re.fullmatch(r"[0-9a-f]{32}", note):
            raise ValueError("a reference is a UUID")
        if not self._is_set_up():
            raise ChannelError(False, "connection", verdict("connection").words)
        made = self._clock.now().astimezone(UTC)
        name = f"OUTA{made:%Y%m%d_%H%M%S}_00_{to}_{note}.txtd"
        folder = self._modem.folder / "outbox"
        # smsd passes over hidden files, and the rename is one step: it never reads half a message.
        unfinished = folder / f".{note}"
        try:
            unfinished.write_bytes(b"\xfe\xff" + text.encode("utf-16-be", "replace"))
            unfinished.replace(folder / name)
        except OSError as error:
            raise ChannelError(False, "connection", verdict("connection").words) from error
        return Accepted(self._name, note, "queued")

    def place_call(
        self,
        *,
        to: str,
        callback_url: str,
        reference: str,
        answer_url: str | None = None,
        twiml: str | None = None,
    ) -> Accepted:
        raise ChannelError(True, "no-voice", verdict("no-voice").words)

    def fetch_status(self, sid: str) -> Report | None:
        for folder, status in (("outbox", "queued"), ("sent", "sent"), ("error", "failed")):
            if any(note == sid for _, _, note, _ in self._ours(folder)):
                return Report(status, "modem-refused" if status == "failed" else None)
        return None

    def find_recent(self, *, to: str, containing: str, since: datetime) -> str | None:
        floor = since.astimezone(UTC).strftime("%Y%m%d_%H%M%S")
        found = [
            (at, note)
            for folder in ("outbox", "sent", "error")
            for at, number, note, path in self._ours(folder)
            if number == to and at >= floor and containing in _read(path)
        ]
        return max(found)[1] if found else None

    def find_recent_call(self, *, to: str, since: datetime) -> str | None:
        return None

    def verify(self, url: str, params: Mapping[str, str], signature: str | None) -> bool:
        return False

    def close(self) -> None:
        pass

    # --- what it has to say

    def reports(self) -> list[Told]:
        """What is in ``sent`` and ``error``, and the delivery reports that lie among the messages that came in."""
        told = [
            Told("sent", sid=note)
            for _, _, note, path in self._ours("sent")
            if not path.name.startswith(_SEEN)
        ]
        told += [
            Told("failed", sid=note, code="modem-refused")
            for _, _, note, path in self._ours("error")
            if not path.name.startswith(_SEEN)
        ]
        return told + [Told(status, sid=note) for status, note, _ in self._delivery_reports()]

    def texts(self) -> list[TextIn]:
        reports = {path for _, _, paths in self._delivery_reports() for path in paths}
        return [
            TextIn(key, sender, "".join(_read(p) for p in parts))
            for key, sender, parts in self._came_in()
            if not reports.intersection(parts) and _read(parts[0]) not in _NO_WORD
        ]

    def seen(self, one: Told | TextIn) -> None:
        if isinstance(one, TextIn):
            self._forget([p for key, _, parts in self._came_in() if key == one.id for p in parts])
        elif one.status in ("sent", "failed"):
            for folder in ("sent", "error"):
                for _, _, note, path in self._ours(folder):
                    if note == one.sid and not path.name.startswith(_SEEN):
                        path.write_bytes(b"")
                        path.replace(path.with_name(path.name.replace("OUT", _SEEN, 1)))
        else:
            for _, note, paths in self._delivery_reports():
                if note == one.sid:
                    self._forget(paths)
            self._forget([path for _, _, note, path in self._ours("sent") if note == one.sid])

    # --- how it is

    def account_is_active(self) -> bool:
        return self.account().is_active

    def account(self, *, full: bool = True) -> AccountFacts:
        """Working means: the folders are there, smsd empties the outbox, and the modem hears its network."""
        troubles = [*self._stuck(), *self._signal()]
        self._forget(list(self._old()))
        number = NumberFacts(self._modem.number, has_voice=False, expires_at=self._modem.valid_until)
        return AccountFacts(
            is_active=not {"modem-away", "modem-stuck"}.intersection(troubles),
            numbers=(number,) if self._modem.number else None,
            troubles=tuple(troubles),
        )

    def _is_set_up(self) -> bool:
        return all((self._modem.folder / name).is_dir() for name in FOLDERS)

    def _stuck(self) -> Iterator[str]:
        if not self._is_set_up():
            yield "modem-away"
        elif any(self._age(path) > STUCK_AFTER for _, _, _, path in self._ours("outbox")):
            yield "modem-stuck"

    def _signal(self) -> Iterator[str]:
        """From gammu-smsd-monitor's line: client;phone;IMEI;IMSI;sent;received;failed;battery;signal."""
        if not self._modem.monitor:
            return
        try:
            # The administrator's own command, from the settings.
            told = subprocess.run(  # noqa: S603
                self._modem.monitor, capture_output=True, text=True, timeout=_MONITOR_WAITS, check=True
            ).stdout
        except (OSError, subprocess.SubprocessError):
            yield "modem-away"
            return
        fields = told.strip().splitlines()[-1].split(";") if told.strip() else []
        signal = fields[8].strip() if len(fields) > 8 else ""
        if signal.lstrip("-").isdigit() and int(signal) < WEAKEST_SIGNAL:
            yield "signal-weak"

    def _old(self) -> Iterator[Path]:
        for folder in ("sent", "error"):
            for _, _, _, path in self._ours(folder):
                if path.name.startswith(_SEEN) and self._age(path) > KEPT_FOR:
                    yield path

    # --- files

    def _ours(self, folder: str) -> Iterator[tuple[str, str, str, Path]]:
        """(made, number, note, file), the oldest first."""
        for path in _listed(self._modem.folder / folder):
            if match := _OUT.match(path.name):
                yield match[1], match[2], match[3], path

    def _came_in(self) -> Iterator[tuple[str, str, list[Path]]]:
        """(name, sender, parts): what has lain there for two seconds, for the parts of one message come one by one."""
        parts: dict[str, tuple[str, list[Path]]] = {}
        for path in _listed(self._modem.folder / "inbox"):
            if match := _IN.fullmatch(path.name):
                parts.setdefault(match[1], (match[2], []))[1].append(path)
        for key, (sender, paths) in parts.items():
            if all(self._age(path) >= _SETTLED_FOR or self._age(path) < timedelta() for path in paths):
                yield key, sender, paths

    def _delivery_reports(self) -> Iterator[tuple[str, str, list[Path]]]:
        """(status, note, files). In text form a report differs from a message by its word alone: the oldest message to
        that number that has none yet. Whoever texts "Delivered" himself moves a receipt; it acknowledges nothing."""
        waiting: dict[str, list[str]] = {}
        for _, number, note, _ in self._ours("sent"):
            waiting.setdefault(number, []).append(note)
        for _, sender, paths in self._came_in():
            status = _REPORTS.get(_read(paths[0])) if len(paths) == 1 else None
            if status is not None and waiting.get(sender):
                yield status, waiting[sender].pop(0), paths

    def _age(self, path: Path) -> timedelta:
        try:
            changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            return timedelta()
        return self._clock.now() - changed

    def _forget(self, paths: list[Path]) -> None:
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name.removeprefix("OUT").removeprefix(_SEEN))
    except OSError:
        return []


def _read(path: Path) -> str:
    """A message as smsd writes it (InboxFormat = unicode; it writes zeros after what is not ASCII), or plain text."""
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    if content[:2] in (b"\xfe\xff", b"\xff\xfe"):
        order = "be" if content[0] == 0xFE else "le"
        even = content[2 : len(content) - len(content) % 2]
        return even.decode(f"utf-16-{order}", "replace").split("\0", 1)[0]
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
