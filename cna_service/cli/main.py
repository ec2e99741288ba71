"""Running one command: from arguments to an exit status (api.md, "Command line").

Exit: 0 well; 1 the thing checked is wrong, refused, not found or in conflict; 2 cannot be decided or unavailable;
3 usage or invalid input.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module

from cna_service.cli.parser import USAGE, command_parser

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that ``argv`` (the process's own without it) names; returns the exit status."""
    try:
        asked = command_parser().parse_args(argv)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else USAGE
    try:
        return _run(asked)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more may be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(asked: Namespace) -> int:
    from sqlalchemy.exc import DBAPIError

    from cna_service.cli.failures import tell
    from cna_service.kit.errors import ServiceError

    module, _, name = asked.run.partition(":")
    command: Callable[[Namespace], int] = getattr(import_module(f"cna_service.cli.{module}"), name)
    try:
        return command(asked)
    except BrokenPipeError:
        raise
    except (ServiceError, DBAPIError, OSError) as error:
        return tell(error, as_json=asked.json)
