"""A letter as plain text for mail: subject, head, sections, and the log's line at the very end."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from cna_service.documents.content import Fact, Section, authority_lines, shortened, shown_or_none
from cna_service.documents.log_line import LogLine
from cna_service.documents.model import Letter
from cna_service.documents.shown import one_line

EXERCISE = "EXERCISE EXERCISE EXERCISE"
_WIDTH = 78
_LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class MailText:
    """``subject`` is one line and holds the case reference (desk-rules 4.1); ``body`` ends with the log's line."""

    subject: str
    body: str


def log_line(letter: Letter) -> str:
    return str(LogLine(letter.log_origin, letter.root20, letter.sent_at))


def remarks(letter: Letter) -> tuple[str, ...]:
    """What the shape of the text itself asks to be said."""
    if letter.language.partition("-")[0].lower() == "en":
        return ()
    return (f"The operative text is English; it carries no adopted text in {one_line(letter.language)!r}.",)


def write(letter: Letter, what: str, sections: tuple[Section, ...]) -> MailText:
    """The mail of a letter. Text from outside stands indented behind a label and cannot pose as a line of ours."""
    banner = [EXERCISE] if letter.exercise else []
    marking = shown_or_none(letter.marking)
    lines = [*banner, *([f"Handling: {marking}"] if marking else [])]
    lines += _address("From", authority_lines(letter.ours)) + _address("To", authority_lines(letter.theirs))
    lines += ["", *_wrapped(what, "", "  ")]
    for section in sections:
        lines += ["", section.heading.upper(), *_section(section)]
    lines += ["", *_wrapped_all(remarks(letter)), *banner, *_ending(letter)]
    return MailText(_subject(letter, what), "\n".join(lines) + "\n")


def _subject(letter: Letter, what: str) -> str:
    mark = "EXERCISE " if letter.exercise else ""
    return shortened(f"{mark}{one_line(letter.case)}: {what}", _LONGEST_SUBJECT)


def _ending(letter: Letter) -> list[str]:
    return [f"Case {one_line(letter.case)}, seq {letter.seq}, leaf {one_line(letter.leaf)}", log_line(letter)]


def _address(label: str, lines: tuple[str, ...]) -> list[str]:
    return [*_wrapped(f"{label}: {lines[0]}", "", "    "), *(f"    {line}" for line in lines[1:])]


def _section(section: Section) -> list[str]:
    lines = [line for fact in section.facts for line in _fact(fact)]
    return lines + [line for sentence in section.sentences for line in _wrapped(sentence, "  ", "      ")]


def _fact(fact: Fact) -> list[str]:
    heading = f"{fact.label}: {fact.lines[0]}" if fact.label else fact.lines[0]
    lines = _wrapped(heading, "  ", "      ")
    return lines + [line for more in fact.lines[1:] for line in _wrapped(more, "      ", "      ")]


def _wrapped_all(sentences: tuple[str, ...]) -> list[str]:
    return [line for sentence in sentences for line in _wrapped(sentence, "", "")]


def _wrapped(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
