"""Every command with its arguments. Standard library only: help must not wait for what commands import.

``run`` of a parsed command is ``module:function`` in this package.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

from cna_service.cli.parser_lines import add_lines
from cna_service.cli.parser_register import add_register
from cna_service.cli.parser_watching import add_watching

USAGE = 3
"""Exit status for usage and invalid input; argparse's own 2 means "cannot be decided" here."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def command_parser() -> Parser:
    """The parser of ``cna``."""
    parser = Parser(
        prog="cna",
        description="The desk of a State's maritime competent authority.",
        epilog="Exit: 0 well; 1 wrong, refused, not found or in conflict; 2 cannot be decided or unavailable; "
        "3 usage or invalid input.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (
        _serving,
        _officer,
        _authority,
        _duty,
        _case,
        _alerts,
        _clock,
        _ledger,
        _keeping,
    ):
        add(commands)
    add_register(commands, _add, _group, _number)
    add_watching(commands, _add, _group, _number)
    add_lines(commands, _add, _group)
    return parser


def described() -> list[tuple[str, str]]:
    """Every command by its full name (``officer add``) with what it does, for the handbook."""
    return list(_described(command_parser(), ""))


def _described(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, str]]:
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001 - argparse keeps them nowhere else
    if not groups:
        yield name, parser.description or ""
    for group in groups:
        for each, below in group.choices.items():
            yield from _described(below, f"{name} {each}".strip())


def _every() -> Parser:
    """The arguments that every command has."""
    every = Parser(add_help=False)
    every.add_argument("--data", metavar="DIR", help="folder of database, keys and secrets")
    every.add_argument("--exercise", action="store_true", help="the exercise desk, not the real one")
    every.add_argument("--json", action="store_true", help="print JSON")
    return every


def _add(commands: argparse._SubParsersAction[Parser], name: str, run: str, words: str) -> Parser:
    added = commands.add_parser(name, help=words, description=words, parents=[_every()])
    added.set_defaults(run=run)
    return added


def _group(
    commands: argparse._SubParsersAction[Parser], name: str, words: str
) -> argparse._SubParsersAction[Parser]:
    return commands.add_parser(name, help=words, description=words).add_subparsers(
        metavar="COMMAND", required=True
    )


def _serving(commands: argparse._SubParsersAction[Parser]) -> None:
    serve = _add(commands, "serve", "serve:serve", "start the desk: web, engine and database in one process")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=_number(0, 65535), help="port to listen on (8000; 8001 in an exercise)")
    check = _add(
        commands, "check", "check:check", "look at settings, secrets, policy and roster; change nothing"
    )
    check.add_argument(
        "--days", type=_number(1, 366), default=14, help="how far ahead the roster is looked at"
    )
    _add(commands, "migrate", "serve:migrate", "make the desk, or bring its database to this build")


def _officer(commands: argparse._SubParsersAction[Parser]) -> None:
    officer = _group(commands, "officer", "officers' accounts")
    add = _add(officer, "add", "officer:add", "add an account; prints a one-time link")
    add.add_argument(
        "--role",
        required=True,
        help="duty_officer, supervisor, decider, legal_adviser, records_officer, auditor or administrator",
    )
    add.add_argument("--id", help="such as duty-1; the next free one of the role without it")
    for name, words in (
        ("name", "rank and name as they shall stand in the record"),
        ("post", "the post held; the role's without it"),
        ("office", "the office; the desk's name without it"),
        ("phone", "+15550100"),
        ("second-phone", "another number"),
        ("email", "mail address"),
    ):
        add.add_argument(f"--{name}", help=words)
    add.add_argument("--language", default="en", help="two letters (en)")
    for name, words in (
        ("disable", "the account may do nothing from here on"),
        ("enable", "the account may act again"),
        ("reset", "end password, code and sessions; prints a new one-time link"),
    ):
        added = _add(officer, name, f"officer:{name}", words)
        added.add_argument("officer", metavar="ID")
        added.add_argument("--reason", required=True, help="stands in the record")
    _add(officer, "list", "officer:list_officers", "all accounts")
    contacts = _add(
        officer, "contacts", "officer:contacts", "how an officer is reached, what is proved of it"
    )
    contacts.add_argument("officer", metavar="ID")


def _authority(commands: argparse._SubParsersAction[Parser]) -> None:
    authority = _group(commands, "authority", "authorities of other States and their tokens")
    add = _add(authority, "add", "authority:add", "list an authority, or list it anew")
    add.add_argument("id", metavar="ID", help="small letters, digits, hyphens: mrcc-xb")
    add.add_argument("--state", required=True, help="two letters, ISO 3166")
    add.add_argument("--name", required=True)
    for name in ("function", "subject", "language"):
        add.add_argument(f"--{name}", action="append", default=[], help="may be given several times")
    add.add_argument("--zone", default="UTC", help="time zone, such as America/Bogota (UTC)")
    add.add_argument(
        "--contact",
        action="append",
        default=[],
        metavar="KIND:VALUE",
        help="phone:+15550100, email:ops@example.test",
    )
    add.add_argument("--source", required=True, help="where these facts come from")
    token = _add(authority, "token", "authority:token", "issue a token; it is shown once")
    token.add_argument("subject", metavar="ID")
    token.add_argument("--system", action="store_true", help="for a connected system instead of an authority")
    token.add_argument("--days", type=_number(1, 90), default=90, help="how long it lives (90)")
    token.add_argument("--note", default="", help="what it is for")
    revoke = _add(authority, "revoke", "authority:revoke", "a token counts no more")
    revoke.add_argument("jti", metavar="JTI", help="as `cna authority list` names it")
    _file(
        _add(authority, "import", "authority:import_file", "list the authorities of a CSV file"), "CSV file"
    )
    _add(authority, "export", "authority:export", "print the directory as CSV")
    listing = _add(
        authority,
        "list",
        "authority:list_authorities",
        "the directory in force, and tokens with their last use",
    )
    listing.add_argument(
        "--at", metavar="INSTANT", help="as it held and was known then: 2026-11-21T18:03:00Z (now)"
    )
    listing.add_argument("--state", help="two letters, ISO 3166")
    for name in ("function", "subject"):
        listing.add_argument(f"--{name}", help="who is listed for it")
    listing.add_argument("--all", action="store_true", help="every authority ever listed")


def _duty(commands: argparse._SubParsersAction[Parser]) -> None:
    duty = _group(commands, "duty", "who has the watch")
    now = _add(duty, "now", "duty:now", "who has the watch")
    now.add_argument("--at", metavar="INSTANT", help="such as 2026-11-21T18:00Z; now without it")
    gaps = _add(
        duty,
        "gaps",
        "duty:gaps",
        "what is wrong with the roster ahead; exit 1 if nobody is rostered as duty officer",
    )
    gaps.add_argument("--days", type=_number(1, 366), default=14, help="how far ahead gaps are listed (14)")
    _add(duty, "preview", "duty:preview", "the roster across the next two changes of the clock")
    export = _add(
        duty, "export", "duty:export", "the rosters in force as TOML, or every shift, or a calendar"
    )
    what = export.add_mutually_exclusive_group()
    what.add_argument("--days", type=_number(1, 366), help="every shift of so many days instead")
    what.add_argument("--calendar", metavar="ROSTER", help="an iCalendar file of this roster instead")
    dark = _add(
        duty,
        "fallback",
        "fallback:fallback",
        "the page that connects callers while the desk is dark; exit 1 if it is stale",
    )
    dark.add_argument("--out", metavar="FILE", help="write the page from the roster of now")
    dark.add_argument(
        "--confirm",
        metavar="TEXT",
        nargs="?",
        const="",
        help="it stands at the telephone company, or was tried",
    )
    take = _add(
        duty, "import", "duty:import_file", "preview a roster (TOML, JSON, iCalendar), or put it in force"
    )
    _file(take, "a roster as exported, or an iCalendar file")
    take.add_argument("--by", metavar="OFFICER", required=True, help="the supervisor who does it")
    take.add_argument("--apply", action="store_true", help="put it in force; without it nothing is changed")
    take.add_argument("--reason", metavar="TEXT", help="stands in the record")
    take.add_argument("--roster", default="desk", help="calendar: which roster it becomes (desk)")
    take.add_argument(
        "--post", default="duty_officer", help="calendar: of events that name none (duty_officer)"
    )
    take.add_argument(
        "--leave-out", action="store_true", help="calendar: without the events that make no watch"
    )


def _case(commands: argparse._SubParsersAction[Parser]) -> None:
    case = _group(commands, "case", "cases")
    board = _add(case, "list", "case:list_cases", "open cases, what runs out first on top")
    board.add_argument("--closed", action="store_true", help="closed ones instead")
    board.add_argument("--limit", type=_number(1, 1000), default=100)
    show = _add(case, "show", "case:show_case", "one case as its entries say it is, or was")
    show.add_argument("ref", metavar="REF")
    show.add_argument("--seq", type=_number(1, 10**9), help="as of this entry")
    show.add_argument("--as-of", metavar="INSTANT", help="as of this instant")
    entries = _add(case, "entries", "case:entries", "the entries of a case with their seals")
    entries.add_argument("ref", metavar="REF")
    replay = _add(
        case, "replay", "case:replay_case", "derive a case anew and compare; exit 1 on a difference"
    )
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("ref", metavar="REF", nargs="?")
    which.add_argument("--all", action="store_true", help="every stream, into an empty database")


def _alerts(commands: argparse._SubParsersAction[Parser]) -> None:
    alerts = _group(commands, "alerts", "summonses")
    tonight = _add(alerts, "tonight", "alerts:tonight", "who would be called when, if nobody answered")
    tonight.add_argument("--kind", default="new_request", help="the kind of alert (new_request)")
    tonight.add_argument("--at", metavar="INSTANT", help="such as 2026-11-22T03:00:00Z; now without it")
    tonight.add_argument("--holder", metavar="OFFICER", help="who would hold the case; nobody without it")
    for name, words in (
        ("exercise", "exercises on this site: while one is announced, real summonses say that they are real"),
        ("maintenance", "repairs of test gear: alerts about it wait, no summons of a request does"),
    ):
        _announced(commands, name, words)


def _announced(commands: argparse._SubParsersAction[Parser], what: str, words: str) -> None:
    group = _group(commands, what, words)
    announce = _add(
        group, "announce", f"announce:{what}", f"announce one, or end it before its time: {words}"
    )
    announce.add_argument("--from", dest="begins", metavar="INSTANT", help="now without it")
    announce.add_argument("--to", dest="ends", metavar="INSTANT", help="when it ends by itself")
    announce.add_argument("--who", metavar="TEXT", help="who takes part, or who repairs what")
    announce.add_argument("--words", metavar="TEXT", help="what else is to be shown")
    announce.add_argument("--end", action="store_true", help="end what is announced now")
    announce.add_argument(
        "--by", metavar="OFFICER", required=True, help="the supervisor or administrator who says so"
    )


def _clock(commands: argparse._SubParsersAction[Parser]) -> None:
    clock = _group(commands, "clock", "the desk's clock")
    _add(clock, "status", "clock:status", "what the clock says, and when it jumped")
    for name, words in (
        ("accept", "the clock is right although it jumped: what is due by it fires now"),
        ("reject", "the clock is wrong: clocks of cases go on without its jump until it is set back"),
    ):
        judged = _add(clock, name, f"clock:{name}", words)
        judged.add_argument(
            "--by", metavar="OFFICER", required=True, help="the supervisor or administrator who says so"
        )
        judged.add_argument("--reason", metavar="TEXT", required=True, help="what it was compared with")


def _ledger(commands: argparse._SubParsersAction[Parser]) -> None:
    ledger = _group(commands, "ledger", "the log")
    verify = _add(
        ledger, "verify", "ledger:verify", "verify every stored byte: 0 sound, 1 tampered with, 2 undecided"
    )
    verify.add_argument("--seen", metavar="LINE", help="the last line of a letter that left this desk")
    verify.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="VKEY",
        help="a key of the log kept elsewhere, instead of the desk's own",
    )
    verify.add_argument("--record", action="store_true", help="write the result into the log")
    prove = _add(ledger, "prove", "ledger:prove", "print the proof that an entry is in the log")
    prove.add_argument("stream", metavar="STREAM", help="desk, case:R4T7-HAX, or a case's reference")
    prove.add_argument("seq", metavar="SEQ", type=_number(1, 10**9))
    export = _add(ledger, "export", "ledger:export", "print the log, an entry a line, private values closed")
    export.add_argument("--stream", help="of one stream only")
    _add(ledger, "status", "ledger:status", "size, root, key, last checkpoint, last verification")


def _keeping(commands: argparse._SubParsersAction[Parser]) -> None:
    backup = _add(commands, "backup", "backup:backup", "copy the desk while it works, and verify the copy")
    backup.add_argument(
        "folder", metavar="DIR", help="an empty or new folder; keep it as safe as the keys in it"
    )
    backup.add_argument(
        "--scratch", metavar="URL", help="PostgreSQL: an empty database in which the copy is verified"
    )
    restore = _add(
        commands, "restore", "backup:restore", "make a desk from a backup, in an empty folder (--data)"
    )
    restore.add_argument("folder", metavar="DIR", help="the backup")


def _file(parser: Parser, words: str) -> None:
    parser.add_argument("file", metavar="FILE", help=words)


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
        return int(text)

    return number
