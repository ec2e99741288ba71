"""The handbook: Markdown files of the package, shown offline. Raw HTML in them stays text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import Request, Response
from markdown_it import MarkdownIt

from cna_service.console.routing import pages
from cna_service.console.visits import SignedIn, frame_of
from cna_service.kit.errors import NotFound

FOLDER = Path(__file__).parent.parent / "handbook"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

router = pages()


@dataclass(frozen=True, slots=True)
class Chapter:
    """``title`` is the file's first heading; ``html`` the rest of it."""

    name: str
    title: str
    html: str


@router.get("/handbook")
def handbook_page(request: Request, visit: SignedIn) -> Response:
    return frame_of(request).page(request, "handbook.html", visit, chapters=chapters())


@router.get("/handbook/{name}")
def chapter_page(request: Request, visit: SignedIn, name: str) -> Response:
    found = next((c for c in chapters() if c.name == name), None)
    if found is None:
        raise NotFound("The handbook has no such page.")
    return frame_of(request).page(request, "chapter.html", visit, chapter=found)


@lru_cache(maxsize=1)
def chapters() -> tuple[Chapter, ...]:
    """Every file of the handbook, decision records too, by title; "Getting started" comes first."""
    found = [
        read_chapter(p.stem, p.read_text("utf-8")) for p in FOLDER.rglob("*.md") if _NAME.fullmatch(p.stem)
    ]
    return tuple(sorted(found, key=lambda c: (c.name != "getting-started", c.title)))


def read_chapter(name: str, text: str) -> Chapter:
    """A file of the handbook; without a first heading its name is the title."""
    first, _, rest = text.partition("\n")
    is_heading = first.startswith("# ")
    title = first.removeprefix("# ").strip() if is_heading else name.replace("-", " ").capitalize()
    # html=False: what looks like HTML in a file is shown, never run.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    return Chapter(name, title, _in_frames(markdown.render(rest if is_heading else text)))


def _in_frames(html: str) -> str:
    """A table wider than a telephone moves within a frame of its own, by finger and by key; the page does not."""
    frame = '<div class="usa-table-container--scrollable" tabindex="0" role="group" aria-label="Table">'
    return html.replace("<table>", f"{frame}<table>").replace("</table>", "</table></div>")
