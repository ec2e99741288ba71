"""The page for an address that no other page has."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.routing import pages
from cna_service.console.visits import look
from cna_service.kit.errors import NotFound

router = pages()


@router.get("/{path:path}")
def nowhere(request: Request) -> Response:
    look(request)
    raise NotFound("There is no such page in the console.")
