"""A changed copy of a folded value. ``dataclasses.replace`` runs the constructor field by field, which was most of the
cost of folding a long case; what is folded is already of its types, so that the fields can be copied as they are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")

_NAMES: dict[type, tuple[str, ...]] = {}


def replace(value: T, /, **changed: Any) -> T:
    """The same with these fields changed, as ``dataclasses.replace``. Raises TypeError for a field there is none of."""
    kind = type(value)
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(f.name for f in fields(value))  # type: ignore[arg-type]
    if not changed.keys() <= set(names):
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(changed.keys() - set(names)))}")
    made = object.__new__(kind)
    kept = getattr(value, "__dict__", None)
    if kept is not None:
        object.__setattr__(made, "__dict__", {**kept, **changed})
        return made
    for name in names:
        object.__setattr__(made, name, changed[name] if name in changed else getattr(value, name))
    return made
