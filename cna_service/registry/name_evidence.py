"""How alike two names are, from 0 to 100, and what that weighs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio, token_sort_ratio
from rapidfuzz.process import extract

from cna_service.registry.model import Query, RegisterVessel
from cna_service.vessels.name_words import NUMBERS
from cna_service.vessels.names import NOTHING, NormalName, names_in_brackets, normal_name

# Hundredths of log-odds by likeness; between the points the line is straight.
_CURVE = ((0, -420), (50, -380), (65, -250), (75, -60), (80, 60), (85, 170), (90, 270), (95, 350), (100, 420))
_FORMER = 40
_DIGITS_DIFFER = 7
_DIGITS_MISSING = 5
_MISHEARD = 5
_OTHER_NUMBER = 15
_LONG_NUMBER = 3
_LEAST_PREFIX = 5
_LEAST_NUMBER_WORD = 5
_ROUGHLY = 60
_LEAST_NUMERAL = 3
_NUMERALS = ("III", "VII", "VIII", "XII", "XIII", "XIV", "XVI", "XVII", "XVIII")
_MIXED = re.compile(r"[A-Z]+[0-9][A-Z0-9]*|[0-9][A-Z0-9]*[A-Z][A-Z0-9]*")
_LOOKS_LIKE = str.maketrans("0158264", "OISBZGA")
_ROMAN = re.compile(r"I{2,3}|IV|VI{0,3}|IX|XI{0,3}")
_RUN = re.compile(r"\d{3}")
_GLUED_NUMERAL = re.compile(r"([A-Z]{4,}?)(I{2,3}|IV|VI{1,3}|IX|(?<=[A-Z]{4})I|[0-9]{1,3})")
# Letters that one hears for another on a bad line in the desk's languages.
_SOUNDS = str.maketrans("VKQZXYNTJP", "BCCSSIMDGB")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The best pair of names: as asked, as registered, their likeness, whether it is a former name of the vessel."""

    asked: str
    registered: str
    likeness: int
    is_former: bool

    @property
    def points(self) -> int:
        return curve(self.likeness) - (_FORMER if self.is_former else 0)


def curve(likeness: int) -> int:
    for (low, below), (high, above) in pairwise(_CURVE):
        if likeness <= high:
            return below + (above - below) * (likeness - low) // (high - low)
    return _CURVE[-1][1]


def asked_names(query: Query) -> list[tuple[str, NormalName]]:
    """Every name of the question in comparable form, the same one once; at most twelve."""
    told = [*query.names, *query.former_names]
    told += [name for text in query.names for name in names_in_brackets(text)]
    found: dict[str, tuple[str, NormalName]] = {}
    for name in told[:12]:
        normal = normal_name(name)
        for form in (normal, *_other_readings(normal)):
            if form.normal:
                found.setdefault(form.normal, (name, form))
    return list(found.values())


def _other_readings(name: NormalName) -> Iterator[NormalName]:
    """What the same name may have been before it was misheard or misread; each is tried beside the name as it is."""
    tokens = name.tokens
    if not tokens:
        return
    if any(_is_misread(token) for token in tokens):
        # L0RR1NE: digits inside a word, read for the letters they look like.
        yield normal_name(" ".join(t.translate(_LOOKS_LIKE) if _is_misread(t) else t for t in tokens))
    if glued := _GLUED_NUMERAL.fullmatch(tokens[-1]):
        # ANDREAIII: the numeral run together with the last word.
        yield normal_name(" ".join((*tokens[:-1], glued[1], glued[2])))
    if len(tokens) > 1 and (tokens[0].isdigit() or _ROMAN.fullmatch(tokens[0])):
        # II MAJDA: the numeral put first.
        yield normal_name(" ".join((*tokens[1:], tokens[0])))
    yield from _number_misspelt(name)


def _is_misread(token: str) -> bool:
    """A word with single digits in it; a run of three is a number and no slip of the eye (IMULA0672KLT)."""
    digits = sum(letter.isdigit() for letter in token)
    return bool(_MIXED.fullmatch(token)) and 3 * digits <= len(token) and not _RUN.search(token)


def _number_misspelt(name: NormalName) -> Iterator[NormalName]:
    """A number word with one slip at the end of the name (IECIOCHO) is also tried as its digits."""
    last = name.tokens[-1] if len(name.tokens) > 1 else ""
    if len(last) >= _LEAST_NUMBER_WORD:
        for word in NUMBERS:
            if len(word) >= _LEAST_NUMBER_WORD and OSA.distance(last, word, score_cutoff=1) == 1:
                yield normal_name(" ".join((*name.tokens[:-1], word)))
    if len(last) >= _LEAST_NUMERAL and sum(letter in "IVX" for letter in last) >= _LEAST_NUMERAL:
        for numeral in _NUMERALS:
            if OSA.distance(last, numeral, score_cutoff=1) == 1:
                yield normal_name(" ".join((*name.tokens[:-1], numeral)))


def best_match(asked: list[tuple[str, NormalName]], vessel: RegisterVessel) -> NameMatch | None:
    """The best of all pairs; None where either side has no name."""
    best: NameMatch | None = None
    for registered, is_former in [(vessel.name, False), *((name, True) for name in vessel.former_names[:20])]:
        normal = known_name(registered)
        if not normal.normal:
            continue
        for told, told_normal in asked:
            match = NameMatch(told, registered, likeness(told_normal, normal), is_former)
            if best is None or match.points > best.points:
                best = match
    return best


@lru_cache(maxsize=60_000)
def known_name(text: str) -> NormalName:
    """The comparable form of a registered name, kept while the same vessels are weighed again."""
    return normal_name(text)


def likeness(one: NormalName, other: NormalName) -> int:
    """0 to 100, 100 only for names that are the same when written together."""
    if one is NOTHING or other is NOTHING:
        return 0
    if one.glued == other.glued:
        return 100
    score = max(_edited(one, other), _partial(one, other), _umlauts(one, other), _heard(one, other))
    if one.digits != other.digits:
        missing = not one.digits or not other.digits
        score = max(score - (_DIGITS_MISSING if missing else _DIGITS_DIFFER), _misread(one, other))
    if _is_another_number(one.digits, other.digits):
        score -= _OTHER_NUMBER
    return max(0, min(99, round(score)))


def alike(asked: NormalName, names: Collection[str], least: int) -> dict[str, int]:
    """Those of ``names`` (comparable forms) that are as alike as ``least``; a name with another number is another."""
    rough = extract(asked.normal, names, scorer=ratio, processor=None, score_cutoff=_ROUGHLY, limit=None)
    found = {name: likeness(asked, known_name(name)) for name, _, _ in rough}
    return {n: score for n, score in found.items() if score >= least and known_name(n).digits == asked.digits}


def _is_another_number(one: str, other: str) -> bool:
    """Two slips in a long number are another vessel: IMULA0672 is not IMULA0799."""
    return min(len(one), len(other)) >= _LONG_NUMBER and OSA.distance(one, other) > 1


def _edited(one: NormalName, other: NormalName) -> float:
    plain = max(ratio(one.normal, other.normal), ratio(one.glued, other.glued))
    swapped = token_sort_ratio(one.normal, other.normal)
    edits = OSA.normalized_similarity(one.glued, other.glued) * 100
    return max(plain, swapped - 1, edits)


def _partial(one: NormalName, other: NormalName) -> float:
    """A word left out, or the end cut off: less the more is missing."""
    short, long = sorted((one, other), key=lambda name: len(name.glued))
    if len(short.glued) < _LEAST_PREFIX or not long.glued:
        return 0
    share = len(short.glued) / len(long.glued)
    if set(short.tokens) <= set(long.tokens) or long.glued.startswith(short.glued):
        return 72 + 22 * share
    return 0


def _umlauts(one: NormalName, other: NormalName) -> float:
    """GRAEDDNOS for GRÄDDNOS: the German way of writing what folding made a plain vowel."""
    first, second = (_without_e(name.glued) for name in (one, other))
    if (first, second) == (one.glued, other.glued):
        return 0
    return 97 if first == second else ratio(first, second) - 2


def _misread(one: NormalName, other: NormalName) -> float:
    """A digit read for the letter it looks like, inside a word: JI8IA for JIBIA."""
    if not any(_MIXED.fullmatch(token) for token in (*one.tokens, *other.tokens)):
        return 0
    first, second = (name.glued.translate(_LOOKS_LIKE) for name in (one, other))
    return 97 if first == second else ratio(first, second) - 2


def _heard(one: NormalName, other: NormalName) -> float:
    """KHOVSI for KHOBZI: only letters that sound alike differ; less than the same letters, more than others."""
    first, second = (_sounds(name.glued) for name in (one, other))
    return ratio(first, second) - _MISHEARD


@lru_cache(maxsize=20_000)
def _sounds(glued: str) -> str:
    return glued.translate(_SOUNDS)


def _without_e(glued: str) -> str:
    return glued.replace("AE", "A").replace("OE", "O").replace("UE", "U")
