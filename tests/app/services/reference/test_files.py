import json
from pathlib import Path
from typing import Any

import pytest

from app.services.reference.catalogue import read_calendar, read_positions, read_tariff
from app.services.reference.files import BUNDLED, BadReference
from app.services.reference.procedures import read_procedures

POSITIONS = "code,lon,lat\nBC23776,107.68,14.0\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("postage,sideways,same_zone,100,0,26000,2026-01-01,,x", "line 2, direction: 'sideways' is none of"),
        ("postage,send,here,100,0,26000,2026-01-01,,x", "line 2, zone_class: 'here'"),
        ("postage,send,same_zone,100,0,26.000,2026-01-01,,x", "line 2, price: '26.000' is not a whole number"),
        ("postage,send,same_zone,100,0,-1,2026-01-01,,x", "line 2, price: '-1' is not a whole number"),
        ("postage,send,same_zone,100,0,26000,01/01/2026,,x", "line 2, valid_from: '01/01/2026' is not a day"),
        ("postage,send,same_zone,100,0,26000,2026-01-01,2025-01-01,x", "line 2, valid_to: ends before"),
        ("postage,send,same_zone,100,0,26000,2026-01-01,, ", "line 2, legal_basis: must not be empty"),
        ("postage,send,same_zone,100,0,26000,2026-01-01", "line 2: the row has more or fewer cells"),
        ("postage,send,same_zone,100,0,26000,2026-01-01,,x,y", "line 2: the row has more or fewer cells"),
    ],
)
def test_a_bad_row_names_file_line_and_field(tmp_path: Path, row: str, where: str) -> None:
    head = "kind,direction,zone_class,weight_to_g,step_g,price,valid_from,valid_to,legal_basis"
    path = write(tmp_path, "gia-cuoc.csv", f"{head}\n{row}\n")
    with pytest.raises(BadReference) as caught:
        read_tariff(path)
    assert str(caught.value).startswith(f"gia-cuoc.csv, {where}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("day,kind,name\n", "line 1, basis: the column is missing"),
        ("day,kind,name,basis,colour\n", "line 1, colour: no such column"),
        ("", "line 1, day: the column is missing"),
        ("day,kind,name,basis\n", "line 2: the file has no rows"),
        (
            "day,kind,name,basis\n2026-01-01,holiday,a,b\n2026-01-02,holiday,a,b\n2026-01-01,working,a,b\n",
            "line 4: says the same thing as line 2",
        ),
    ],
)
def test_a_bad_table_is_named_too(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadReference, match=problem):
        read_calendar(write(tmp_path, "lich.csv", text))


def test_a_byte_order_mark_of_a_spreadsheet_is_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "lich.csv"
    path.write_bytes("\ufeffday,kind,name,basis\r\n2026-01-01,holiday,Tết,luật\r\n".encode())
    assert read_calendar(path)[0].name == "Tết"


def test_a_file_in_another_encoding_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "lich.csv"
    path.write_bytes("day,kind,name,basis\n2026-01-01,holiday,Tết,x\n".encode("utf-16"))
    with pytest.raises(BadReference, match="is UTF-16: save it as UTF-8"):
        read_calendar(path)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("day,kind,name,basis\n2026-01-01,holiday,Tết,x\n".encode("utf-16-le"), "holds NUL bytes"),
        ("day,kind,name,basis\n2026-01-01,holiday,Lễ\xe9,x\n".encode("cp1258", "replace"), "is not UTF-8 at byte"),
        (b"", "day: the column is missing; there are none"),
        (b'day,kind,name,basis\n2026-01-01,"holiday', "line 2: a quotation mark is opened and never closed"),
        (b'day,kind,name,basis\n2026-01-01,"holiday"x,y,z\n', "line 2: a quotation mark inside a quoted cell"),
    ],
)
def test_what_is_no_table_of_text_is_said_in_one_sentence(tmp_path: Path, raw: bytes, problem: str) -> None:
    path = tmp_path / "lich.csv"
    path.write_bytes(raw)
    with pytest.raises(BadReference, match=rf"lich\.csv, .*{problem}"):
        read_calendar(path)


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="it is a folder, name the file in it"):
        read_calendar(tmp_path)


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"procedures": ' + "9" * 5_000 + "}", "{\0}"])
def test_what_is_no_json_is_said_in_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadReference, match=r"thu-tuc\.json, "):
        read_procedures(write(tmp_path, "thu-tuc.json", text))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match=r"khong-co\.csv, the whole file: cannot be read"):
        read_calendar(tmp_path / "khong-co.csv")


def test_positions_come_from_csv(tmp_path: Path) -> None:
    (position,) = read_positions(write(tmp_path, "buu-cuc.csv", POSITIONS))
    assert (position.code, position.lon, position.lat, position.name) == ("BC23776", 107.68, 14.0, None)


def test_positions_come_from_geojson_too(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [107.68, 14.0]},
        "properties": {"code": "BC23776", "name": "Bưu cục Ia Krái", "colour": "red"},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (position,) = read_positions(write(tmp_path, "buu-cuc.geojson", text))
    assert (position.lon, position.lat, position.name) == (107.68, 14.0, "Bưu cục Ia Krái")


def test_a_swapped_position_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match=r"line 2, lon: 14\.0 is not between"):
        read_positions(write(tmp_path, "x.csv", "code,lon,lat\nBC23776,14.0,107.68\n"))


@pytest.mark.parametrize("text", ["{}", '{"features": []}', '{"features": [{"geometry": null}]}', "[]", "{"])
def test_a_geojson_without_points_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadReference):
        read_positions(write(tmp_path, "x.geojson", text))


def _changed(change: dict[str, Any], paper: dict[str, Any] | None = None) -> str:
    top = json.loads((BUNDLED / "procedures.json").read_text("utf-8"))
    top["procedures"][0] |= change
    top["procedures"][0]["papers"][2] |= paper or {}
    return json.dumps(top)


@pytest.mark.parametrize(
    ("change", "paper", "problem"),
    [
        ({"code": "khai sinh"}, {}, "procedures 1, code: 'khai sinh' is not a national code"),
        ({"state_fee": "free"}, {}, "procedure 1.001193, state_fee: must be a whole number of 0 or more, or null"),
        ({"state_fee": -1}, {}, "procedure 1.001193, state_fee"),
        ({"post": "yes"}, {}, "procedure 1.001193, post: must be true or false"),
        ({"colour": 1}, {}, "procedures 1, colour: is not known"),
        ({"post": False}, {}, "procedure 1.001193, refusal: say why"),
        ({"code": "1.000894"}, {}, "procedures: 1.000894 is there twice"),
        ({"time": {"value": 1, "unit": "tuần"}}, {}, "procedure 1.001193, time, unit: 'tuần' is none of"),
        ({"in_service_from": "mai"}, {}, "procedure 1.001193, in_service_from: must be a day"),
        ({}, {"mode": "show"}, "procedure 1.001193, papers 3, mode: 'show' is none of"),
        ({}, {"case": ["no_such_key"]}, "procedure 1.001193, papers 3, case: no question leads to no_such_key"),
        ({}, {"line": 7}, "procedure 1.001193, papers: lines must count"),
    ],
)
def test_a_bad_procedure_names_procedure_and_field(
    tmp_path: Path, change: dict[str, Any], paper: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadReference) as caught:
        read_procedures(write(tmp_path, "thu-tuc.json", _changed(change, paper)))
    assert problem in str(caught.value)
    assert str(caught.value).startswith("thu-tuc.json, ")


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    top = json.loads(_changed({}))
    del top["procedures"][0]["papers"][0]["mode"]
    with pytest.raises(BadReference, match="papers 1, mode: is missing"):
        read_procedures(write(tmp_path, "x.json", json.dumps(top)))


def test_broken_json_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match=r"x\.json, line 2: not JSON"):
        read_procedures(write(tmp_path, "x.json", '{\n"sample": yes}'))


def test_a_line_break_in_an_address_does_not_glue_two_words(tmp_path: Path) -> None:
    text = 'code,lon,lat,name,address\nBC23563,108.01,13.98,Bưu cục,"12 Hai Bà Trưng\nphường Diên Hồng"\n'
    (office,) = read_positions(write(tmp_path, "offices.csv", text))
    assert office.address is not None
    assert office.address.split() == ["12", "Hai", "Bà", "Trưng", "phường", "Diên", "Hồng"]


@pytest.mark.parametrize(
    "row",
    [
        'BC23563,108.01,13.98,"Bưu cục "Trung tâm" Pleiku",x\n',
        'BC23563,108.01,13.98,"Bưu cục Diên Hồng,x\n',
        "BC23563,108.01,13.98,Bưu\0 cục,x\n",
        "BC23563,108,01,13,98,Bưu cục,x\n",
    ],
)
def test_a_broken_row_is_named_with_its_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(BadReference, match=r"offices\.csv, line 2"):
        read_positions(write(tmp_path, "offices.csv", "code,lon,lat,name,address\n" + row))


def test_decimal_commas_of_a_vietnamese_spreadsheet_are_named_with_the_way_out(tmp_path: Path) -> None:
    text = "\ufeffcode;lon;lat;name\nBC23563;108,01;13,98;Bưu cục\n"
    with pytest.raises(BadReference, match=r"line 2, lon: '108,01' is not a number \(a decimal point"):
        read_positions(write(tmp_path, "offices.csv", text))


def test_a_column_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="line 1, lon: stands there twice"):
        read_positions(write(tmp_path, "offices.csv", "code,lon,lat,lon\nBC23563,108.01,13.98,108.02\n"))


def test_a_key_that_stands_twice_in_a_json_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="features: stands twice in one object"):
        read_positions(write(tmp_path, "offices.geojson", '{"features": [], "features": []}'))
