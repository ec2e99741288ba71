"""Reading the legal basis that a requester cites: "CETS 156 art. 6", "SUA 8bis(5)(d)", "San José 16(3)".

Conservative: a name that no instrument of the catalogue bears, or an article that it does not have, gives nothing;
the officer reads the words. What was cited stays as told in any case.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.model import Agreement, Provision

_ARTICLE = r"\d{1,3} ?(?:bis|ter|quater)?(?: ?\([0-9a-z]{1,4}\))*"
_WORD = r"(?:articles|article|articulos|articulo|artigos|artigo|arts|art|para|§)\.?"
# "art. 6 and 7", "arts 6-7": after the word every number joined on counts; without it only one right after the name.
_LED = re.compile(rf"\b{_WORD} ?({_ARTICLE}(?: ?(?:,|;|/|-|–|and|or|y|e|et|ou) ?{_ARTICLE})*)", re.IGNORECASE)
_BARE = re.compile(
    rf"^[\s,:]*(?:\(?(?:19|20)\d\d\)?)?[\s,:]*(?!\d{4})({_ARTICLE}(?: ?(?:,|/|and|or) ?{_ARTICLE})*)",
    re.IGNORECASE,
)
_ONE = re.compile(_ARTICLE, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CitedBasis:
    """One instrument found in the words, and the provisions of it that they name (none: the whole of it)."""

    agreement: str
    provisions: tuple[str, ...]


def cited(catalogue: Catalogue, text: str) -> tuple[CitedBasis, ...]:
    """The instruments and provisions named in ``text``, in its order; empty where none is recognised."""
    folded = _fold(text)
    named = _named(catalogue, folded)
    articles: dict[str, list[str]] = {}
    for n, (start, end, agreement) in enumerate(named):
        after = folded[end : named[n + 1][0]] if n + 1 < len(named) else folded[end:]
        before = folded[named[n - 1][1] if n else 0 : start]
        found = _articles(after, _LED, _BARE) or _articles(before, _LED)
        articles.setdefault(agreement.id, []).extend(found)
    bases = []
    for identifier, told in articles.items():
        matched = [p for a in told for p in _provisions(catalogue.agreements[identifier], a)]
        if matched or not told:
            bases.append(CitedBasis(identifier, _with_related(catalogue, matched)))
    return tuple(bases)


def match_basis(catalogue: Catalogue, text: str) -> list[str]:
    """The identifiers of the provisions that ``text`` cites, those they rest on included; unknown: ``[]``.

    An instrument named without an article gives those of its provisions under which something is asked.
    """
    found: dict[str, None] = {}
    for basis in cited(catalogue, text):
        asked = (p.id for p in catalogue.agreements[basis.agreement].provisions if p.measures)
        found |= dict.fromkeys(basis.provisions or asked)
    return list(found)


def _named(catalogue: Catalogue, folded: str) -> list[tuple[int, int, Agreement]]:
    """Where instruments are named: start, end, instrument. Of names that overlap the longest counts."""
    hits = [
        (m.start(), m.end(), a)
        for a in catalogue.agreements.values()
        for name in a.names
        for m in _name(name).finditer(folded)
    ]
    kept: list[tuple[int, int, Agreement]] = []
    for start, end, agreement in sorted(hits, key=lambda h: (h[0] - h[1], h[0])):
        if all(end <= s or e <= start for s, e, _ in kept):
            kept.append((start, end, agreement))
    return sorted(kept, key=lambda h: h[0])


def _articles(part: str, *patterns: re.Pattern[str]) -> list[str]:
    """The articles that the words name; the first pattern that finds any decides."""
    for pattern in patterns:
        found = [a.replace(" ", "") for m in pattern.finditer(part) for a in _ONE.findall(m[1])]
        if found:
            return found
    return []


def _provisions(agreement: Agreement, article: str) -> list[Provision]:
    """Those of exactly that article, else those within it, else the one that it lies within."""
    own = [(p, _bare(p.article)) for p in agreement.provisions]
    exact = [p for p, a in own if a == article]
    within = [p for p, a in own if a.startswith(f"{article}(")]
    around = sorted((p for p, a in own if article.startswith(f"{a}(")), key=lambda p: -len(p.article))
    return exact + within or around[:1]


def _with_related(catalogue: Catalogue, matched: list[Provision]) -> tuple[str, ...]:
    """The provisions and those that their articles send the reader to, once each."""
    found: dict[str, None] = {}
    for provision in matched:
        found |= dict.fromkeys((provision.id, *(s for s in provision.see if s in catalogue.by_id)))
    return tuple(found)


@lru_cache(maxsize=4096)
def _name(name: str) -> re.Pattern[str]:
    """An instrument's name as it stands between other words."""
    return re.compile(rf"(?<![a-z0-9]){re.escape(_fold(name))}(?![a-z0-9])")


@lru_cache(maxsize=4096)
def _bare(article: str) -> str:
    return _fold(article).replace(" ", "")


def _fold(text: str) -> str:
    """Small letters without accents, single blanks, so that "San José" is found in "SAN JOSE"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
