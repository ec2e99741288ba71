"""Positions as typed: the words stay, a point is read from them with the least uncertainty the digits allow.

The form is ``{"text", "point": {"latitude", "longitude"} | null, "radius_m"}``; latitude and longitude are
decimal strings in degrees, WGS 84 taken for granted, north and east positive, at most seven places. Inside, a point
is two integers of 1e-7 degrees (about one centimetre). ``radius_m`` is half of the last place typed, or what the
sender said, whichever he gave: a position is never better than it was written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cna_service.kit.errors import Problem
from cna_service.vessels.coordinates import (
    Axis,
    Coordinate,
    Unreadable,
    find_coordinates,
    signed_pair,
    with_letters,
)

FIX = "write degrees and decimal minutes with their letters, such as 14°03.5'N 074°22.1'W"
_E7 = 10_000_000
# Words that make the coordinates those of another place, and the text a bearing from it.
_RELATIVE = re.compile(
    r"\d\s*(?:nm|nmi|nautical|miles?|millas|km|kilomet\w+)\b.*?\b(?:of|off|from|de|do|da|du|desde|to)\b"
    r"|\b(?:[NSEWO]{1,3}|north|south|east|west|norte|sur|sul|este|oeste|nord|sud|est|ouest)\w*\s+(?:of|off|de|do|da|du)\b",
    re.IGNORECASE,
)
_STATED_RADIUS = re.compile(
    r"(?:±|\+/-|within|radius|accuracy)\s*(?:of\s*)?(\d+(?:[.,]\d+)?)\s*(nm|nmi|m|km)\b", re.IGNORECASE
)
_METRES = {"nm": 1852, "nmi": 1852, "m": 1, "km": 1000}


@dataclass(frozen=True, slots=True)
class Position:
    """A position as told. No point where the words give none ("145 nm south of the cape") or it is impossible."""

    text: str
    latitude_e7: int | None = None
    longitude_e7: int | None = None
    radius_m: int | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def has_point(self) -> bool:
        return self.latitude_e7 is not None and self.longitude_e7 is not None

    @property
    def latitude(self) -> str | None:
        """Degrees as a decimal string, north positive."""
        return None if self.latitude_e7 is None else _decimal_degrees(self.latitude_e7)

    @property
    def longitude(self) -> str | None:
        """Degrees as a decimal string, east positive."""
        return None if self.longitude_e7 is None else _decimal_degrees(self.longitude_e7)

    def as_json(self) -> dict[str, object]:
        point = {"latitude": self.latitude, "longitude": self.longitude} if self.has_point else None
        return {"text": self.text, "point": point, "radius_m": self.radius_m}


def read_position(text: str, *, pointer: str = "/position") -> Position:
    """Read a position as typed. Never fails; what is wrong stands in ``problems``, the words are always kept."""
    plain = " ".join(text.split())[:500]
    if _RELATIVE.search(plain):
        return Position(text)
    try:
        coordinates = find_coordinates(plain) or signed_pair(plain)
        if not coordinates:
            return Position(text)
        latitude, longitude = _pair(coordinates)
    except Unreadable as error:
        readings = possible_readings(plain)
        fix = f"ask which is meant: {' or '.join(readings)}" if readings else error.fix or FIX
        return Position(text, problems=(Problem(pointer, text, error.why, fix),))
    radius = _stated_radius(plain) or _radius(latitude, longitude)
    return Position(text, _to_e7(latitude.degrees), _to_e7(longitude.degrees), radius)


def possible_readings(text: str) -> tuple[str, ...]:
    """For figures without their letters: each position that they may mean, as it would be shown; none is ever chosen.
    Empty for anything else."""
    written = with_letters(text)
    if len(written) < 2:
        return ()
    read = (read_position(each) for each in written)
    return tuple(display(position) for position in read if position.has_point)


def told_position(value: object, *, pointer: str) -> Position:
    """Read a position from JSON: a string, ``{"text": ...}``, or the full shape with a point and a radius.

    A point given beside the text is taken as the sender's own reading; his text stays as it is.
    """
    if isinstance(value, str):
        return read_position(value, pointer=pointer)
    if not isinstance(value, Mapping):
        return Position(
            str(value), problems=(Problem(pointer, value, "a position is words or an object", FIX),)
        )
    point = value.get("point") if isinstance(value.get("point"), Mapping) else value
    assert isinstance(point, Mapping)
    latitude, longitude = point.get("latitude"), point.get("longitude")
    text = value.get("text")
    if latitude is None and longitude is None:
        return read_position(text if isinstance(text, str) else "", pointer=pointer)
    shown = text if isinstance(text, str) and text else f"{latitude}, {longitude}"
    return _from_point(shown, (latitude, longitude), value.get("radius_m"), pointer)


def display(position: Position) -> str:
    """Degrees and decimal minutes with as many places as the radius allows; the words where there is no point."""
    if position.latitude_e7 is None or position.longitude_e7 is None:
        return position.text
    places = _places(position.radius_m)
    return f"{_minutes(position.latitude_e7, 'NS', 2, places)} {_minutes(position.longitude_e7, 'EW', 3, places)}"


def _from_point(text: str, pair: tuple[object, object], radius: object, pointer: str) -> Position:
    read: list[Coordinate] = []
    for axis, told in zip((Axis.LATITUDE, Axis.LONGITUDE), pair, strict=True):
        field = f"{pointer}/{axis.value}"
        try:
            degrees = Decimal(str(told))
        except InvalidOperation:
            why = f"{axis.value} is not a decimal number"
            return Position(text, problems=(Problem(field, told, why, 'give degrees as "14.0583"'),))
        if not degrees.is_finite() or abs(degrees) > axis.limit:
            why = f"{axis.value} lies between -{axis.limit} and {axis.limit} degrees"
            return Position(text, problems=(Problem(field, told, why, "check the digits with the sender"),))
        read.append(Coordinate(axis, degrees, Decimal(1).scaleb(min(0, int(degrees.as_tuple().exponent)))))
    latitude, longitude = read
    told_radius = isinstance(radius, int) and not isinstance(radius, bool) and 0 <= radius <= 20_000_000
    metres = radius if told_radius else _radius(latitude, longitude)
    assert isinstance(metres, int)
    return Position(text, _to_e7(latitude.degrees), _to_e7(longitude.degrees), metres)


def _pair(coordinates: list[Coordinate]) -> tuple[Coordinate, Coordinate]:
    latitudes = [c for c in coordinates if c.axis is Axis.LATITUDE]
    longitudes = [c for c in coordinates if c.axis is Axis.LONGITUDE]
    if len(latitudes) > 1 or len(longitudes) > 1:
        raise Unreadable("it names more than one position", "give one position, and each other one by itself")
    if not longitudes:
        raise Unreadable("the longitude is missing")
    if not latitudes:
        raise Unreadable("the latitude is missing")
    return latitudes[0], longitudes[0]


def _to_e7(degrees: Decimal) -> int:
    return int((degrees * _E7).to_integral_value())


def _decimal_degrees(value_e7: int) -> str:
    text = f"{abs(value_e7) // _E7}.{abs(value_e7) % _E7:07d}".rstrip("0").rstrip(".")
    return f"-{text}" if value_e7 < 0 else text


def _radius(latitude: Coordinate, longitude: Coordinate) -> int:
    """Half of the last place of both, in metres, a minute of arc taken as 1852 m on either axis."""
    north, east = (c.step * 60 * 1852 / 2 for c in (latitude, longitude))
    return max(1, math.ceil(math.hypot(north, east)))


def _stated_radius(plain: str) -> int | None:
    match = _STATED_RADIUS.search(plain)
    if match is None:
        return None
    return min(20_000_000, math.ceil(Decimal(match[1].replace(",", ".")) * _METRES[match[2].lower()]))


def _places(radius_m: int | None) -> int:
    """Decimal places of a minute worth showing: half of 1' is 926 m, half of 0.1' 93 m, half of 0.01' 9 m."""
    radius = radius_m or 0
    return next((places for places, least in enumerate((900, 90, 9)) if radius >= least), 3)


def _minutes(value_e7: int, letters: str, width: int, places: int) -> str:
    scale: int = 10**places
    units = (abs(value_e7) * 60 * scale + _E7 // 2) // _E7
    degrees, rest = divmod(units, 60 * scale)
    minutes = f"{rest // scale:02d}" + (f".{rest % scale:0{places}d}" if places else "")
    return f"{degrees:0{width}d}°{minutes}'{letters[value_e7 < 0]}"
