"""Reading the pages that the desk serves to the company."""

from __future__ import annotations

import xml.etree.ElementTree as ET


def page_of(markup: str | None) -> ET.Element | None:
    """The page, or None if it is none."""
    try:
        # Only our own desk on loopback writes these pages, and expat limits what an entity may grow to.
        return ET.fromstring(markup or "")  # noqa: S314
    except ET.ParseError:
        return None


def words_of(verb: ET.Element) -> str:
    return " ".join("".join(verb.itertext()).split())
