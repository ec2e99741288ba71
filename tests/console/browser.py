"""A browser without JavaScript: follows links, fills in forms, and looks at what every page owes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from fastapi.testclient import TestClient

from tests.console.lint import faults, parsed, text_of

ORIGIN = "https://desk.example.test"


@dataclass
class Page:
    """One answer. ``tree`` is there for HTML."""

    path: str
    status: int
    headers: Any
    html: str

    @property
    def tree(self) -> Element:
        return parsed(self.html)

    @property
    def heading(self) -> str:
        return text_of(self.tree.find(".//h1"))

    @property
    def text(self) -> str:
        return text_of(self.tree.find(".//main"))

    @property
    def whole_text(self) -> str:
        return text_of(self.tree.find(".//body"))

    def links(self) -> list[str]:
        return [a.get("href") or "" for a in self.tree.findall(".//a")]

    def navigation(self) -> list[str]:
        nav = self.tree.find(".//nav")
        return [] if nav is None else list(dict.fromkeys(text_of(a) for a in nav.findall(".//a")))

    def form(self, action: str) -> Element:
        found = [f for f in self.tree.findall(".//form") if f.get("action") == action]
        assert found, f"no form {action} on {self.path}; there are {self.actions()}"
        return found[0]

    def actions(self) -> list[str]:
        return [f.get("action") or "" for f in self.tree.findall(".//form")]

    def fields(self, action: str) -> list[tuple[str, str]]:
        """The form's fields as a browser would send them untouched."""
        sent: list[tuple[str, str]] = []
        for each in self.form(action).iter():
            name = each.get("name")
            if name is None or each.tag == "button":
                continue
            if each.tag == "select":
                chosen = [o for o in each.iter("option") if o.get("selected") is not None]
                options = chosen or list(each.iter("option"))[:1]
                sent += [(name, o.get("value") or "") for o in options]
            elif each.tag == "textarea":
                sent.append((name, each.text or ""))
            elif each.get("type") in {"checkbox", "radio"}:
                if each.get("checked") is not None:
                    sent.append((name, each.get("value") or "on"))
            else:
                sent.append((name, each.get("value") or ""))
        return sent


@dataclass
class Browser:
    """``client`` keeps the cookies. Every HTML page is checked; a fault fails the test that fetched it."""

    client: TestClient
    visited: list[str] = field(default_factory=list)

    def get(self, path: str, *, status: int = 200, headers: Mapping[str, str] = {}) -> Page:
        answer = self.client.get(path, headers=dict(headers), follow_redirects=True)
        return self._checked(path, answer, status)

    def post(
        self,
        path: str,
        fields: list[tuple[str, str]] | Mapping[str, str],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        pairs = list(fields.items()) if isinstance(fields, Mapping) else fields
        told: dict[str, list[str]] = {}
        for name, value in pairs:
            told.setdefault(name, []).append(value)
        sent = {"Origin": ORIGIN} if headers is None else dict(headers)
        answer = self.client.post(path, data=told, headers=sent, follow_redirects=True)
        return self._checked(path, answer, status)

    def submit(self, page: Page, action: str, *, status: int = 200, **typed: str | list[str]) -> Page:
        """Send a form of the page; ``typed`` replaces fields (``/`` in a name is written ``__``)."""
        fields = page.fields(action)
        for name, value in typed.items():
            name = name.removesuffix("_").replace("__", "/")
            fields = [(n, v) for n, v in fields if n != name]
            fields += [(name, v) for v in ([value] if isinstance(value, str) else value)]
        return self.post(action, fields, status=status)

    def _checked(self, path: str, answer: Any, status: int) -> Page:
        page = Page(answer.url.path, answer.status_code, answer.headers, answer.text)
        self.visited.append(page.path)
        assert answer.status_code == status, (
            f"{path}: {answer.status_code}, not {status}\n{answer.text[:2000]}"
        )
        if answer.headers.get("content-type", "").startswith("text/html") and "<html" in answer.text:
            found = faults(answer.text, answer.headers)
            assert not found, f"{path}: {found}"
        return page
