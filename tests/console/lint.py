"""What every page of the console owes, checked on each page that any test fetches.

One h1 that the title begins with, landmarks, labels for fields, forms with their token, the headers of safety,
no inline script or style, HTML that a strict parser takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

EMPTY_LABEL = "a field without a label"


def parsed(html: str) -> Element:
    """The document's tree; raises ParseError for what HTML does not allow."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def fragment(html: str) -> Element:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return parser.parseFragment(html)


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def faults(html: str, headers: Any) -> list[str]:
    tree = parsed(html)
    return [*header_faults(headers), *shape_faults(tree), *form_faults(tree), *inline_faults(tree)]


def header_faults(headers: Any) -> Iterator[str]:
    policy = headers.get("content-security-policy", "")
    if "script-src 'self'" not in policy or "unsafe" in policy or "default-src 'none'" not in policy:
        yield f"Content-Security-Policy: {policy!r}"
    if headers.get("referrer-policy") != "same-origin":
        yield "Referrer-Policy is not same-origin"
    if headers.get("x-content-type-options") != "nosniff":
        yield "no X-Content-Type-Options"
    if "no-store" not in headers.get("cache-control", ""):
        yield "a page that a shared browser may keep"


def shape_faults(tree: Element) -> Iterator[str]:
    headings = tree.findall(".//h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1"
    title = text_of(tree.find(".//title"))
    if headings and not title.startswith(text_of(headings[0])):
        yield f"the title {title!r} does not begin with {text_of(headings[0])!r}"
    if tree.get("lang") is None:
        yield "no language"
    for landmark in ("header", "main", "footer"):
        if len(tree.findall(f".//{landmark}")) != 1:
            yield f"not one {landmark}"
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    yield from (f"id {each} twice" for each in sorted({i for i in ids if ids.count(i) > 1}))
    levels = [int(e.tag[1]) for e in tree.iter() if e.tag in {"h1", "h2", "h3", "h4"}]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"h{after} after h{before}"
    # Markdown knows no captions; the handbook's tables stand under their headings.
    prose = {id(t) for d in tree.findall(".//div[@class='usa-prose handbook']") for t in d.iter("table")}
    for table in tree.findall(".//table"):
        if table.find("caption") is None and id(table) not in prose:
            yield "a table without a caption"
    for each in tree.iter():
        for name in ("aria-labelledby", "aria-describedby"):
            yield from (f"{name} names {i}" for i in (each.get(name) or "").split() if i not in ids)
        if each.tag == "a" and (each.get("href") or "#").startswith("#"):
            yield from [] if (each.get("href") or "#")[1:] in ids else [f"a link to {each.get('href')}"]


def form_faults(tree: Element) -> Iterator[str]:
    labelled = {e.get("for") for e in tree.findall(".//label")}
    for form in tree.findall(".//form"):
        if not form.get("action"):
            yield "a form without an address"
        names = {e.get("name") for e in form.iter()}
        if form.get("method") == "post" and "form_token" not in names:
            yield f"the form {form.get('action')} has no token"
    for each in tree.iter():
        if each.tag not in {"input", "select", "textarea"} or each.get("type") == "hidden":
            continue
        if each.get("id") not in labelled and not each.get("aria-label"):
            yield f"{EMPTY_LABEL}: {each.get('name')}"
    for button in tree.findall(".//button"):
        if not text_of(button) or not button.get("type"):
            yield "a button without words or type"


def inline_faults(tree: Element) -> Iterator[str]:
    for each in tree.iter():
        if not isinstance(each.tag, str):
            continue
        if each.tag == "style" or each.get("style") is not None:
            yield f"inline style in {each.tag}"
        if each.tag == "script" and (each.get("src") is None or text_of(each)):
            yield "inline script"
        yield from (f"{name} in {each.tag}" for name in each.attrib if name.startswith(("on", "hx-on")))
        if (each.get("href") or "").startswith("javascript:"):
            yield "a javascript: address"
