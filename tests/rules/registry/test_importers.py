"""Registers as others publish them: the Coast Guard's, the EU fleet's, any CSV by a mapping."""

from __future__ import annotations

import gzip
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.registry import layouts
from cna_service.registry.layout import Reject
from cna_service.registry.layouts import Source
from cna_service.registry.model import RegisterVessel
from cna_service.registry.mvus import PLACES, WIDTH
from cna_service.registry.rules import RegisterUnreadable

STELLA = {
    "VesselID": "123456",
    "VesselName": "ESTRELLA DEL MAR",
    "Call_Sign": "WDB1234",
    "Official_Number": "1234567",
    "IMO_Number": "IMO 9074729",
    "Hull_Number": "77",
    "HIN": "ABC12345D404",
    "Service": "Commercial Fishing Vessel",
    "Flag": "US",
    "Gross_Ton": "140",
    "Length": "78.2",
    "Hailing_Port": "KEY WEST",
    "Hailing_Port_State": "FL",
    "Build_Year": "1987",
    "COD_Status": "Expired",
    "COD_Issue": "01/02/2020",
    "COD_Expire": "01/31/2021",
}


def fixed(**told: str) -> bytes:
    line = bytearray(b" " * (WIDTH + 3))
    for name, value in told.items():
        begin, end = PLACES[name]
        line[begin - 1 : end] = value.encode("cp1252").ljust(end - begin + 1)[: end - begin + 1]
    return bytes(line) + b"\r\n"


def read(path: Path, layout: str, **more: object) -> tuple[list[RegisterVessel], list[Reject]]:
    rows = list(layouts.read(Source(path, layout, **more)))  # type: ignore[arg-type]
    return [r for r in rows if not isinstance(r, Reject)], [r for r in rows if isinstance(r, Reject)]


def test_a_line_of_the_coast_guards_file_is_a_vessel_in_metres_with_its_certificate(tmp_path: Path) -> None:
    path = tmp_path / "mvus.txt"
    path.write_bytes(fixed(**STELLA))
    (vessel,), rejects = read(path, "mvus")
    assert not rejects
    assert (vessel.rid, vessel.name, vessel.flag, vessel.imo) == (
        "123456",
        "ESTRELLA DEL MAR",
        "US",
        "9074729",
    )
    assert (vessel.registration_number, vessel.homeport) == ("1234567", "KEY WEST, FL")
    assert vessel.length_m == "23.84"
    # An expired certificate is no loss of nationality: it is shown, and the vessel stays.
    assert vessel.rest["COD_Status"] == "Expired"
    assert vessel.rest["COD_Expire"] == "01/31/2021"


def test_a_letter_outside_ascii_moves_no_column_of_a_fixed_width_file(tmp_path: Path) -> None:
    path = tmp_path / "mvus.txt"
    path.write_bytes(fixed(**{**STELLA, "VesselName": "NIÑA ÁNGELA"}))
    (vessel,), _ = read(path, "mvus")
    assert (vessel.name, vessel.call_sign) == ("NIÑA ÁNGELA", "WDB1234")


def test_a_cut_line_is_set_aside_by_its_number_and_the_rest_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "mvus.txt"
    path.write_bytes(
        fixed(**STELLA)
        + fixed(**{**STELLA, "VesselID": "2"})[:400]
        + b"\n"
        + fixed(**{**STELLA, "VesselID": "3"})
    )
    vessels, (reject,) = read(path, "mvus")
    assert [v.rid for v in vessels] == ["123456", "3"]
    assert reject.line == 2 and "cut" in reject.why


def test_the_same_columns_behind_tabs_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "mvus.zip"
    names = [*reversed(STELLA), "Owner"]
    rows = ["\t".join(names), "\t".join([*reversed(STELLA.values()), "somebody"]), "one\ttwo"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "short")
        archive.writestr("MerchantVessels.txt", "\n".join(rows) + "\n" + " " * 40)
    (vessel,), (reject,) = read(path, "mvus")
    assert vessel.registration_number == "1234567"
    assert "somebody" not in str(vessel)
    assert reject.line == 3


EU_HEADER = (
    "Country of Registration;CFR;UVI;Event;Event Start Date;Event End Date;Registration Number;External marking;"
    "Name of vessel;Place of registration;Place of registration name;IRCS;MMSI;Vessel Type;Main fishing gear;LOA;GT;"
    "Year of construction"
)


def eu(path: Path, *rows: str, header: str = EU_HEADER) -> Path:
    path.write_bytes(gzip.compress("\r\n".join([header, *rows]).encode("utf-8-sig")))
    return path


MARIA = (
    "ESP;ESP000012345;9074729;{event};{begins};{ends};3ª VI-5-1234;VI-5;{name};VGO;VIGO;EA1234;224000001;;OTB;"
    "24,5;120,3;1999"
)


def test_of_the_rows_of_one_vessel_the_one_valid_on_the_day_counts(tmp_path: Path) -> None:
    path = eu(
        tmp_path / "fleet.csv.gz",
        MARIA.format(event="CEN", begins="01/01/1999", ends="31/05/2015", name="MARIA"),
        MARIA.format(event="MOD", begins="01/06/2015", ends="31/12/2100", name="NUEVA MARIA"),
    )
    (before,), _ = read(path, "eu-fleet", on=date(2015, 5, 31))
    (after,), _ = read(path, "eu-fleet", on=date(2015, 6, 1))
    assert (before.name, after.name) == ("MARIA", "NUEVA MARIA")
    assert (after.rid, after.flag, after.imo, after.homeport) == ("ESP000012345", "ES", "9074729", "VIGO")
    assert (after.length_m, after.gross_tonnage, after.hull_mark) == ("24.5", "120.3", "VI-5")
    assert read(path, "eu-fleet", on=date(1998, 1, 1)) == ([], [])


@pytest.mark.parametrize("event", ["DES", "EXP", "RET"])
def test_a_vessel_that_left_the_fleet_is_not_in_it(tmp_path: Path, event: str) -> None:
    path = eu(
        tmp_path / "fleet.csv.gz",
        MARIA.format(event="CEN", begins="01/01/1999", ends="31/12/2019", name="MARIA"),
        MARIA.format(event=event, begins="2020-01-01", ends="2100-12-31", name="MARIA"),
    )
    assert read(path, "eu-fleet", on=date(2026, 1, 1)) == ([], [])
    assert [v.name for v in read(path, "eu-fleet", on=date(2019, 12, 31))[0]] == ["MARIA"]


def test_bad_rows_of_the_fleet_are_set_aside_by_line(tmp_path: Path) -> None:
    good = MARIA.format(event="CEN", begins="01/01/1999", ends="", name="MARIA")
    no_date = MARIA.format(event="CEN", begins="sometime", ends="", name="X")
    path = eu(tmp_path / "fleet.csv.gz", good, no_date, "ESP;short", good.replace("ESP000012345", "?"))
    vessels, rejects = read(path, "eu-fleet", on=date(2026, 1, 1))
    assert [v.rid for v in vessels] == ["ESP000012345"]
    assert [r.line for r in rejects] == [3, 4, 5]


def test_the_fleet_needs_a_day_and_its_columns(tmp_path: Path) -> None:
    path = eu(tmp_path / "fleet.csv.gz", header="Country;CFR")
    with pytest.raises(RegisterUnreadable, match="--as-of"):
        read(path, "eu-fleet")
    with pytest.raises(RegisterUnreadable, match="no column event"):
        read(path, "eu-fleet", on=date(2026, 1, 1))


MAPPING = """
delimiter = ";"
encoding = "cp1252"
[columns]
rid = ["Capitania", "Numero"]
name = "Nome"
former_names = "Antes"
registration_number = ["Capitania", "Numero"]
length_m = "Pés"
[constants]
flag = "PT"
[units]
length = "ft"
"""


def mapped(tmp_path: Path, content: str, mapping: str = MAPPING) -> tuple[list[RegisterVessel], list[Reject]]:
    own, data = tmp_path / "own.toml", tmp_path / "own.csv"
    own.write_text(mapping, encoding="utf-8")
    data.write_bytes(content.encode("cp1252"))
    return read(data, "mapped", mapping=own)


def test_any_csv_is_read_by_a_mapping(tmp_path: Path) -> None:
    rows = "Capitania;Numero;Nome;Antes;Pés\nLX;123;São João;Maria;Ana;40\nLX;124;Estrêla;;40,5\nLX;124;Again;;\n"
    vessels, rejects = mapped(tmp_path, rows)
    assert [(v.rid, v.name, v.flag, v.length_m) for v in vessels] == [("LX 124", "Estrêla", "PT", "12.34")]
    assert [r.line for r in rejects] == [2, 4]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("[columns]\nname = 'N'", "/columns/rid"),
        (MAPPING.replace("former_names", "aliases"), "/columns/aliases"),
        (MAPPING.replace('"ft"', '"fathoms"'), "/units/length"),
        (MAPPING.replace('";"', '";;"'), "/delimiter"),
        (MAPPING.replace("cp1252", "klingon"), "/encoding"),
        ("colour = 1\n" + MAPPING, "/colour"),
        ("not toml", "cannot be read"),
    ],
)
def test_a_mapping_that_is_wrong_names_the_key(tmp_path: Path, mapping: str, words: str) -> None:
    with pytest.raises(RegisterUnreadable, match=words):
        mapped(tmp_path, "Capitania;Numero;Nome;Antes;Pés\n", mapping)


def test_a_column_that_the_mapping_names_and_the_file_lacks(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable, match="no column Antes"):
        mapped(tmp_path, "Capitania;Numero;Nome;Pés\n")


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_a_reader(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path, own = Path(folder) / "any", Path(folder) / "own.toml"
        path.write_bytes(content)
        own.write_text(MAPPING, encoding="utf-8")
        for layout, more in (
            ("cna-csv-1", {}),
            ("mvus", {}),
            ("eu-fleet", {"on": date(2026, 1, 1)}),
            ("mapped", {"mapping": own}),
        ):
            with suppress(RegisterUnreadable):
                read(path, layout, **more)


@pytest.mark.parametrize("layout", ["mvus", "eu-fleet"])
def test_a_file_cut_in_the_middle_is_never_taken_for_a_whole_one(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "cut.gz"
    lines = b"".join(fixed(**{**STELLA, "VesselID": str(n)}) for n in range(200))
    rows = "\n".join(
        [
            EU_HEADER,
            *(MARIA.format(event="CEN", begins="01/01/1999", ends="", name=f"M{n}") for n in range(900)),
        ]
    )
    whole = gzip.compress(lines if layout == "mvus" else rows.encode())
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RegisterUnreadable, match="breaks off"):
        read(path, layout, on=date(2026, 1, 1))
