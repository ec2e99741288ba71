"""Rosters as a TOML file that a person edits, and back. JSON, as ``cna duty export --json`` prints it, is read too."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from cna_service.kit.errors import Invalid, Problem


def roster_file(bodies: Sequence[Mapping[str, Any]]) -> str:
    """``[[rosters]]`` tables, each with its ``[[rosters.rotations]]``; what is null is left out."""
    return "\n".join(line for body in bodies for line in _roster(body))


def _roster(body: Mapping[str, Any]) -> list[str]:
    lines = ["[[rosters]]"]
    nested = {"rotations", "fallback"}
    lines += [
        f"{name} = {_value(value)}"
        for name, value in body.items()
        if name not in nested and value is not None
    ]
    if body.get("fallback"):
        lines.append(f"fallback = {_value(body['fallback'])}")
    for rotation in body.get("rotations") or ():
        lines += ["", "[[rosters.rotations]]"]
        lines += [f"{name} = {_value(value)}" for name, value in rotation.items() if value is not None]
    return [*lines, ""]


def _value(value: Any) -> str:
    """A TOML value; every string as a basic one, which is JSON's form of it."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {_value(each)}" for name, each in value.items() if each is not None)
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_roster_file(text: str) -> list[dict[str, Any]]:
    """The bodies of the rosters in a file. Raises Invalid, with the line where the file says one."""
    try:
        told = (
            json.loads(text)
            if text.lstrip()[:1] in ("[", "{") and not _is_toml(text)
            else tomllib.loads(text)
        )
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise Invalid("", Problem("/file", None, f"cannot be read: {error}", "mend it there")) from None
    found = told.get("rosters") if isinstance(told, dict) else told
    if isinstance(told, dict) and found is None and "rotations" in told:
        found = [told]
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise Invalid("", Problem("/file", None, "holds no roster", "write [[rosters]] tables, as exported"))
    plain: list[dict[str, Any]] = [_plain(each) for each in found]
    return plain


def _plain(told: Any) -> Any:
    """TOML has dates and times of its own: in a roster they are text."""
    if isinstance(told, dict):
        return {name: _plain(each) for name, each in told.items()}
    if isinstance(told, list):
        return [_plain(each) for each in told]
    return told.isoformat() if isinstance(told, date | time) else told


def _is_toml(text: str) -> bool:
    return text.lstrip().startswith("[[rosters]]")
