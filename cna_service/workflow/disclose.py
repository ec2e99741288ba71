"""Handing a chronology outside: the file as handed over is kept, and that it was made is an entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.documents.answer_pdf import templates
from cna_service.documents.paper import CHRONOLOGY_TEMPLATES
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.chronology import chronology
from cna_service.workflow.papers_reading import Chronology, chronology_file, log_line_of
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service

FORMS = ("pdf", "csv")


def disclose_chronology(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{format?, for_state?, machines?, seen?}``: the chronology of the case as it stands, as a document of the case.

    Reading it leaves no entry; this does, because it leaves the desk. Raises Invalid, PdfNotMade.
    """
    asked = Asked(body)
    form = asked.word("format", FORMS, "pdf")
    for_state = (asked.text("for_state", longest=2) or "").upper() or None
    machines = asked.yes("machines", default=True)
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CHRONOLOGY_HAND_OUT, case_stream(ref), key=key) as work:
        entries = store.read_entries(work.connection, work.stamp.log, work.stream).entries
        told = Chronology(work.case, chronology(entries, machines=machines), log_line_of(service, work))
        file = chronology_file(service, told, form)
        set_with = templates(*CHRONOLOGY_TEMPLATES) if form == "pdf" else ()
        for template in set_with:
            work.cite(template.path, template.text)
        n = len(work.case.documents) + 1
        made = {
            "document": n,
            "kind": "chronology",
            "for_state": for_state,
            "blob": work.keep(file.content, file.media_type),
            "size": len(file.content),
            "media_type": file.media_type,
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "from_seq": work.case.seq,
            "from_leaf": work.case.leaf,
            "templates": [t.sha256 for t in set_with],
        }
        work.append(Draft("document.made", {k: v for k, v in made.items() if v is not None}))
        return done(work, document=n)
