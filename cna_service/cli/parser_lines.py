"""The arguments of the commands about telephone companies and webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Add = Callable[..., Any]


def add_lines(commands: Any, add: Add, group: Add) -> None:
    """``add``, ``group``: as the other commands are made (``cli.parser``)."""
    provider = group(commands, "provider", "the telephone companies that carry summonses")
    add(
        provider,
        "status",
        "provider:status",
        "which one carries, when each last took a message, what is wrong",
    )
    use = add(provider, "use", "provider:use", "let this one carry until it fails or somebody says otherwise")
    use.add_argument("name", metavar="NAME", help="as `cna provider status` lists it")
    use.add_argument("--by", required=True, metavar="ID", help="the officer who says so")
    add(
        provider,
        "prove",
        "provider:prove",
        "send an administrator a TEST by the spare, through the desk that runs",
    )
    secret = add(
        provider,
        "webhook-secret",
        "provider:webhook_secret",
        "what the receiver at this address checks signatures with",
    )
    secret.add_argument("url", metavar="URL", help="exactly as the officer gave it")
