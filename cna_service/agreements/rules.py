"""The acts on law and their checks: what an adoption binds, which notices and policies cannot be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.law import LawBook
from cna_service.agreements.model import EFFECTIVE, Provision, Start, Window
from cna_service.kit.errors import Problem, Refused


class ProvisionNotRead(Refused):
    """A provision whose text this project did not read cannot be adopted."""

    code: ClassVar[str] = "provision-not-read"
    title: ClassVar[str] = "That provision has not been read"


def adoption_body(catalogue: Catalogue, provision: str) -> dict[str, Any]:
    """The body of ``provision.adopted``: bound to the hash of terms, text and file (desk-rules 10.3).

    Raises ProvisionUnknown, and ProvisionNotRead where the text was not read.
    """
    found = catalogue.provision(provision)
    if not found.is_sourced:
        raise ProvisionNotRead(
            f"{provision}: its text was not read; enter its terms from the text first", provision=provision
        )
    agreement = catalogue.agreement_of(found)
    return {
        "provision": found.id,
        "agreement": agreement.id,
        "article": found.article,
        "terms_sha256": found.terms_sha256,
        "text_sha256": found.text_sha256,
        "file_sha256": agreement.file_sha256,
    }


def not_adopted(catalogue: Catalogue, law: LawBook, at: datetime) -> tuple[Provision, ...]:
    """The sourced provisions to be read one by one: those without an adoption in force at ``at``."""
    return tuple(p for p in catalogue.provisions if p.is_sourced and law.adoption(p, at) is None)


def acknowledgement_policy_problems(catalogue: Catalogue, provisions: Iterable[str]) -> tuple[Problem, ...]:
    """What is wrong with a policy that lets the automatic receipt count as acknowledgement of these provisions.

    desk-rules 1.2: refused for every provision of an instrument in which acknowledgement starts a clock whose
    expiry has an effect (SUA 8bis(5)(d)): there only a named officer acknowledges.
    """
    problems = []
    for place, identifier in enumerate(provisions):
        pointer, found = f"receipt_acknowledges/{place}", catalogue.by_id.get(identifier)
        if found is None:
            problems.append(Problem(pointer, identifier, "names no provision", "correct the identifier"))
            continue
        started = _started_by_acknowledgement(catalogue, found)
        if started is not None:
            why = f"acknowledgement starts the clock of {started.id}, after which: {started.silence.words}"
            problems.append(Problem(pointer, identifier, why, "take it out: a named officer acknowledges"))
        elif found.acknowledge is None:
            why = "states no duty to acknowledge"
            problems.append(Problem(pointer, identifier, why, "take it out: there is nothing to count for"))
    return tuple(problems)


def _started_by_acknowledgement(catalogue: Catalogue, provision: Provision) -> Provision | None:
    return next(
        (
            p
            for p in catalogue.agreement_of(provision).provisions
            if p.start is Start.ACKNOWLEDGMENT and p.silence.code in EFFECTIVE
        ),
        None,
    )


def election_problems(
    catalogue: Catalogue, law: LawBook, body: Mapping[str, Any], at: datetime
) -> tuple[Problem, ...]:
    """What cannot be right in an ``election.noted`` body, beside the shape.

    A choice that may be notified only upon joining (San José 16(2)) is invalid on its face when it is dated after
    the State's participation began.
    """
    rule = catalogue.elections.get(body["election"])
    if rule is None:
        return (
            Problem(
                "/election", body["election"], "names no election", "one of " + ", ".join(catalogue.elections)
            ),
        )
    if not body.get("known", True):
        return ()
    option, told = body.get("option"), body.get("from")
    if option not in rule.provisions:
        return (
            Problem(
                "/option", option, f"is not offered by {rule.id}", "one of " + ", ".join(rule.provisions)
            ),
        )
    choice, party = rule.option(option), law.participation(body["state"], rule.agreement, at)
    only_on_joining = choice is not None and choice.windows == (Window.UPON_JOINING,)
    if not only_on_joining or told is None or party is None or party.valid_from is None:
        return ()
    if told[:10] <= party.valid_from.date().isoformat():
        return ()
    article = catalogue.by_id[option].article
    why = f"art. {article} may be notified only upon joining, {party.valid_from:%d %b %Y}"
    return (Problem("/from", told, why, "read the notice again; a later one has no effect on its face"),)
