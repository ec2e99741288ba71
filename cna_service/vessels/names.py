"""Names of vessels, made comparable: folded, prefixes gone, spelling words decoded, numbers as digits.

What is compared is never what is shown: the name as told stays beside it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from cna_service.vessels.name_words import (
    AS_IN,
    COMMON_AS_WORDS,
    CRAFT,
    LETTER_NAMES,
    LETTERS_OF_TWO_WORDS,
    LONG_CRAFT,
    NUMBER_MARKS,
    NUMBERS,
    PLACEHOLDERS,
    SLASHED_CRAFT,
    SPELLING,
)

# Longer than any name ever registered; what follows does not take part in comparing.
LONGEST = 120
_LEAST_SPELT = 3
_LEAST_PROOF = 2
_EXPLAINED = re.compile(rf"\b([A-Z]) (?:{'|'.join(AS_IN)}) \1[A-Z]{{2,}}\b")
_SIGNS = re.compile(r"[^A-Z0-9]+")
_APOSTROPHE = re.compile(r"(?<=[A-Z])['`](?=[A-Z])")
_CROSSED_OUT = re.compile(r"(?:X\s?){2,}|0+")
_BRACKETS = re.compile(r"[(\[{<][^)\]}>]*[)\]}>]?")
_SLASHED = re.compile(r"(?<![A-Z0-9])([A-Z]{1,3})\s*[/.]\s*([A-Z])(?:\s*[/.]\s*([A-Z]))?(?:\.|(?![A-Z0-9]))")
_NUMBER_SIGN = re.compile(r"(?:\bNO\.?|\bNR\.?|\bNUM\.?|\bN[°º.]|#|№)\s*(?=\d)")
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class NormalName:
    """``normal`` with single blanks, ``glued`` without any, ``digits`` of the name in order, its words."""

    normal: str
    glued: str
    digits: str
    tokens: tuple[str, ...]


NOTHING = NormalName("", "", "", ())


def fold(text: str) -> str:
    """Compatibility forms, Latin letters only, upper case; control and direction characters become blanks."""
    if text.isascii() and text.isprintable():
        # Nearly every name of a register: nothing to decompose, nothing to transliterate.
        return " ".join(text[: LONGEST * 2].upper().split())[:LONGEST]
    return _fold_any(text)


@lru_cache(maxsize=10_000)
def _fold_any(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[: LONGEST * 2])
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in plain)
    return " ".join(anyascii(plain).upper().split())[:LONGEST]


@lru_cache(maxsize=50_000)
def is_placeholder(text: str) -> bool:
    """PENDING, NO NAME, N/A, XXXX, a dash: words that stand where nothing is known. Never searched, never indexed."""
    words = " ".join(_SIGNS.sub(" ", fold(text)).split())
    return not words or words in PLACEHOLDERS or _CROSSED_OUT.fullmatch(words) is not None


def normal_name(text: str) -> NormalName:
    """The comparable form; NOTHING for a placeholder or a text without letters and digits."""
    folded = fold(text)
    if not folded or is_placeholder(folded):
        return NOTHING
    plain = _BRACKETS.sub(" ", folded)
    if not re.search(r"[A-Z0-9]", plain):
        plain = folded
    tokens = _words(_NUMBER_SIGN.sub(" ", _without_slashed_craft(plain)))
    tokens = _numbers(_spelt(_without_craft(tokens)))
    if not tokens or is_placeholder(" ".join(tokens)):
        return NOTHING
    normal = " ".join(tokens)
    return NormalName(normal, "".join(tokens), digits_of(normal), tuple(tokens))


def digits_of(normal: str) -> str:
    """The numbers in a comparable name, in order."""
    return " ".join(re.findall(r"\d+", normal))


def former_names(text: str) -> list[str]:
    """The names of a list kept in one field, separated by semicolons or line breaks."""
    return [name.strip() for name in re.split(r"[;\n|]", text) if name.strip()]


def names_in_brackets(text: str) -> list[str]:
    """Former names told inside the name: "NEW ONE (EX OLD ONE)"."""
    found = re.findall(r"[(\[]\s*EX[\s.:-]+([^)\]]+)[)\]]", fold(text))
    return [name.strip() for name in found if not is_placeholder(name)]


def _words(text: str) -> list[str]:
    return _SIGNS.sub(" ", _APOSTROPHE.sub("", text)).split()


def _without_slashed_craft(text: str) -> str:
    def kept(match: re.Match[str]) -> str:
        letters = "".join(part for part in match.groups() if part)
        at_an_end = match.start() == 0 or match.end() >= len(text)
        return " " if at_an_end and letters in SLASHED_CRAFT else match[0]

    stripped = _SLASHED.sub(kept, text.strip())
    return stripped if re.search(r"[A-Z0-9]", stripped) else text


def _without_craft(tokens: list[str]) -> list[str]:
    for words in LONG_CRAFT:
        first, second = words.split()
        if len(tokens) > 2 and tokens[0] == first and tokens[1] == second:
            tokens = tokens[2:]
    if len(tokens) > 1 and tokens[0] in CRAFT:
        tokens = tokens[1:]
    if len(tokens) > 1 and tokens[-1] in CRAFT and len(tokens[-1]) <= 3:
        tokens = tokens[:-1]
    return tokens


def _spelt(tokens: list[str]) -> list[str]:
    """Runs of three and more spelling words become the letters they stand for; fewer may be a name (OSCAR MIKE).

    Spelling words are those of ICAO, the letters' own names (UVE, JOTA), single letters, and a letter with a word that
    explains it (B DE BARCELONA). Letter names that are common words of names, and single letters, count only
    beside two others.
    """
    plain = " ".join(tokens).replace("X RAY", "XRAY")
    for words, glued in LETTERS_OF_TWO_WORDS:
        plain = plain.replace(words, glued)
    tokens = _EXPLAINED.sub(lambda match: f"{match[1]}=", plain).split()
    decoded: list[str] = []
    run: list[str] = []
    for token in [*tokens, ""]:
        if token and _letter(token):
            run.append(token)
            continue
        decoded += ["".join(map(_letter, run))] if _is_spelling(run) else [t.rstrip("=") for t in run]
        run = []
        if token:
            decoded.append(token)
    return decoded


def _letter(token: str) -> str:
    """The letter or digit that a token spells; empty for any other word."""
    if token.endswith("="):
        return token[0]
    if len(token) == 1 and token.isalpha():
        return token
    return SPELLING.get(token) or LETTER_NAMES.get(token, "")


def _is_spelling(run: list[str]) -> bool:
    if len(run) < _LEAST_SPELT:
        return False
    proof = sum(token not in COMMON_AS_WORDS and len(token) > 1 for token in run)
    return proof >= _LEAST_PROOF and 4 * proof >= len(run)


def _numbers(tokens: list[str]) -> list[str]:
    if len(tokens) > 1:
        tokens = [*tokens[:-1], NUMBERS.get(tokens[-1], tokens[-1])]
        tokens = [*tokens[:-1], _roman(tokens[-1])]
    if len(tokens) > 2 and tokens[-1].isdigit() and tokens[-2] in NUMBER_MARKS:
        tokens = [*tokens[:-2], tokens[-1]]
    return [str(int(token)) if token.isdecimal() else token for token in tokens]


def _roman(token: str) -> str:
    """Roman numerals up to XXXIX as the last word; L, C, D and M are left alone (MIX, CD are words).

    1I is read as II.
    """
    if "I" in token:
        token = token.replace("1", "I") if _ROMAN.fullmatch(token.replace("1", "I")) else token
    if not token or _ROMAN.fullmatch(token) is None:
        return token
    values = [_ROMAN_VALUES[c] for c in token]
    signed = (-v if any(later > v for later in values[i + 1 :]) else v for i, v in enumerate(values))
    return str(sum(signed))
