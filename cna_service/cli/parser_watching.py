"""The arguments of the commands about the watch over the desk itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Add = Callable[..., Any]
Number = Callable[[int, int], Callable[[str], int]]


def add_watching(commands: Any, add: Add, group: Add, number: Number) -> None:
    """``add``, ``group``, ``number``: as the other commands are made (``cli.parser``)."""
    add(
        commands,
        "selftest",
        "watching:selftest",
        "try the paging path from end to end now, through the desk that runs, and print each stage",
    )
    _heartbeats(commands, add, group, number)
    monitor = group(commands, "monitor", "the outside monitor that rings officers")
    rehearse = add(
        monitor, "rehearse", "watching:rehearse", "stop the signal on purpose, announced, for so many minutes"
    )
    rehearse.add_argument("--minutes", type=number(3, 60), default=10, help="when it ends by itself (10)")
    rehearsed = add(
        monitor,
        "rehearsed",
        "watching:rehearsed",
        "record that it rang, and whom it reached; the signal goes on",
    )
    rehearsed.add_argument(
        "--reached", action="append", default=[], metavar="NAME", help="whose telephone rang; several times"
    )
    rehearsed.add_argument(
        "--silent", action="store_true", help="it did not ring; say in --words what is done"
    )
    rehearsed.add_argument("--words", metavar="TEXT", help="what was seen")
    for each in (rehearse, rehearsed):
        each.add_argument(
            "--by", metavar="OFFICER", required=True, help="the supervisor or administrator who says so"
        )


def _heartbeats(commands: Any, add: Add, group: Add, number: Number) -> None:
    heartbeat = group(commands, "heartbeat", "outside jobs that must be heard of")
    made = add(heartbeat, "add", "watching:heartbeat_add", "expect a job; prints its token once")
    made.add_argument(
        "--every", type=number(1, 57600), required=True, metavar="MINUTES", help="how often it runs"
    )
    made.add_argument(
        "--grace", type=number(0, 57600), metavar="MINUTES", help="how late it may be; as often, without"
    )
    add(
        heartbeat,
        "list",
        "watching:heartbeat_list",
        "every job, when it was heard of, and whether it is late",
    )
    mute = add(heartbeat, "mute", "watching:heartbeat_mute", "tell nobody of this job until then")
    mute.add_argument("--hours", type=number(1, 720), required=True, help="when it ends by itself")
    mute.add_argument("--reason", required=True, help="stands in the record")
    removed = add(heartbeat, "remove", "watching:heartbeat_remove", "the job need not be heard of any more")
    for each in (made, mute, removed):
        each.add_argument("name", metavar="NAME", help="small letters, digits, hyphens: backup-copy")
