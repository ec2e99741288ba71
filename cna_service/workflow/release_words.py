"""What a text for outside says beyond the entries it rests on, and which of those nobody marked releasable. Pure.

It points out; a person decides. The words looked for are those that courts and ministers stumbled over: that a register
was searched, that something was confirmed, authorized, consented to, waived, refused (practice R14; desk-rules 7.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.cases.grants import grants
from cna_service.cases.record import CaseRecord
from cna_service.ledger.entry import Entry

TO = ("press", "family", "owner", "parliament", "other_state")


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind of statement, how it reads in four languages, and what is said where no entry bears it."""

    code: str
    pattern: re.Pattern[str]
    wants: str


_WANTS = {
    "searched": "no entry it rests on says that a register was searched",
    "confirmed": "no entry it rests on says that a register confirmed her",
    "registered": "no entry it rests on says that she is registered",
    "authorized": "no permission in force rests on an entry it names",
    "consented": "no permission in force rests on an entry it names",
    "waived": "no waiver rests on an entry it names",
    "refused": "no refusal rests on an entry it names",
}

# Beginnings of words in English, Spanish, French and Portuguese; a whole word where a longer one means another thing.
_SAYS = {
    "searched": r"search\w* (?:of )?(?:the |our )?regist|searched|busc[óa]|recherch|pesquis"
    r"|consult\w+ (?:[eal]l?|o|no) regist",
    "confirmed": r"confirm(?:ed|s|ó|ado|ada|é|ée|ons|a|ou)\b",
    "registered": r"(?:is|was) (?:on|in) (?:our|the) regist|registered|matriculad|immatricul|registad",
    "authorized": r"authori[sz]|autori[zs]|permission|permis[o ]",
    "consented": r"consent|consint|agreed to",
    "waived": r"waive|renunci|renonc",
    "refused": r"refus|rehus|recus|denied|deneg|neg(?:ó|ado|ou)\b",
}

CLAIMS = tuple(
    Claim(code, re.compile(rf"\b(?:{says})", re.IGNORECASE), _WANTS[code]) for code, says in _SAYS.items()
)


def point_out(
    record: CaseRecord, entries: Iterable[Entry], text: str, told: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """``entries``: those it rests on; ``told``: ``to``, ``for_state``, ``is_ready``. Each finding names its entry or
    its words."""
    cited = list(entries)
    found = [*_not_releasable(cited, str(told["to"]), told.get("for_state"))]
    if not told.get("is_ready"):
        found += _beyond(record, cited, text)
        if not cited:
            found.append({"code": "rests_on_nothing", "why": "it rests on no entry"})
    return found


def _not_releasable(entries: Iterable[Entry], to: str, state: str | None) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if entry.actor.get("kind") == "authority":
            why = "another State's words: that State is to be asked first (desk-rules 9.5)"
            yield {"code": "their_words", "seq": entry.seq, "state": entry.actor.get("state"), "why": why}
        marked = releasable_to(entry.body)
        wanted = {to, "public", "all", *([state] if state else [])}
        if not wanted & marked:
            yield {
                "code": "not_releasable",
                "seq": entry.seq,
                "why": f"not marked releasable to {to.replace('_', ' ')}",
            }


def releasable_to(body: Mapping[str, Any]) -> frozenset[str]:
    """To whom an entry is marked releasable: its own handling, or that of the message it is."""
    for holder in (body, body.get("draft") or {}):
        handling = holder.get("handling") if isinstance(holder, Mapping) else None
        if isinstance(handling, Mapping):
            told = handling.get("releasable_to")
            return frozenset(str(x) for x in told) if isinstance(told, list | tuple) else frozenset()
    return frozenset()


def _beyond(record: CaseRecord, cited: list[Entry], text: str) -> Iterator[dict[str, Any]]:
    borne = _borne(record, cited)
    for claim in CLAIMS:
        match = claim.pattern.search(text)
        if match is not None and claim.code not in borne:
            yield {"code": f"beyond_{claim.code}", "words": match.group(0), "why": claim.wants}


def _borne(record: CaseRecord, cited: list[Entry]) -> set[str]:
    """Which kinds of statement the entries bear: by their type and coded values, never by their words."""
    seqs = {e.seq for e in cited}
    borne = {"searched"} if any(e.type in ("search.made", "search.judged") for e in cited) else set()
    for grant in grants(record):
        if grant.seq in seqs and grant.is_in_force:
            waiver = grant.measure.startswith("waive_jurisdiction")
            borne |= {"waived", "consented"} if waiver else {"authorized", "consented"}
    for entry in cited:
        if entry.type != "answer.given":
            continue
        values = {(i.get("measure"), i.get("value")) for i in entry.body.get("items", ())}
        if ("confirm_registry", "confirmed") in values:
            borne |= {"confirmed", "registered"}
        if any(value == "denied" for _, value in values):
            borne.add("refused")
    return borne
