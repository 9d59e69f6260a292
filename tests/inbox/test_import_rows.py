"""A list of people as a file: read whatever wrote it, and no cell becomes a formula."""

import re
import tracemalloc

import pytest

from inbox.imported_rows import BadRow, Rules, guessed, person_in, phone_in
from inbox.sheets import MOST_ROWS, escaped, read_sheet, unescaped, written
from workspaces.refusals import Refused

HEAD = ["Phone", "Name", "Tags", "City", "Opt-in"]
PLAIN = 'Phone,Name,Tags,City,Opt-in\n+49 151 2345678,Zoë,"VIP, B2B",Köln,yes\n'
COLUMNS = ["phone", "name", "tags", "attribute", "opted_in"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_encoding_and_separator(encoding, separator):
    text = f'Phone{separator}Name{separator}"Tags"\r\n491512345678{separator}Zoë{separator}"a{separator}b"\r\n'
    sheet = read_sheet(text.encode(encoding))
    assert sheet.head == ["Phone", "Name", "Tags"]
    assert sheet.rows == [(2, ["491512345678", "Zoë", f"a{separator}b"])]


def test_lines_are_numbered_as_a_spreadsheet_does_and_short_ones_filled():
    sheet = read_sheet(b'sep=;\nPhone;Name\n\n1;"two\nlines"\n2\n;;\n')
    assert sheet.rows == [(3, ["1", "two\nlines"]), (4, ["2", ""])]


@pytest.mark.parametrize("raw", [b"a\n" * 1_000_000, b"\n" * 1_000_000, b"a,\n" + b"," * 1_000_000])
def test_a_file_of_millions_of_cells_is_refused_before_it_fills_the_memory(raw):
    tracemalloc.start()
    with pytest.raises(Refused):
        read_sheet(raw)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40_000_000


@pytest.mark.parametrize("raw", [b"", b"Phone,Name\n", b"\n\n", b"\xff\xfe\x00"])
def test_a_file_without_rows_is_refused(raw):
    with pytest.raises(Refused):
        read_sheet(raw)


def test_too_many_rows_are_refused():
    with pytest.raises(Refused, match="50,000"):
        read_sheet(b"Phone\n" + b"1\n" * (MOST_ROWS + 1))


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_becomes_a_formula(cell):
    assert escaped(cell) == f"'{cell}"
    assert unescaped(escaped(cell)) == cell
    assert f"'{cell}"[:2] in "".join(written([[cell]]))


def test_plain_cells_stay_as_they_are():
    assert [escaped(cell) for cell in ("", "a=b", "'tis", "Zoë")] == ["", "a=b", "'tis", "Zoë"]
    assert unescaped("'tis") == "'tis"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("Hans;=1+1;x", "Hans;'=1+1;x"),
        ('Hans;"=1+1";x', 'Hans;\'"=1+1";x'),
        ("a;+1;-2\t@x", "a;'+1;'-2\t'@x"),
        ("Call\n=1+1\r\n@x", "Call\n'=1+1\r\n'@x"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a; =b", "a; =b"),
        ("To do:\n- call\n+ write", "To do:\n- call\n+ write"),
    ],
)
def test_where_other_spreadsheets_cut_no_formula_begins_either(cell, safe):
    assert (escaped(cell), unescaped(safe)) == (safe, cell)
    lines = "".join(written([["1", cell]]))[1:].splitlines()
    assert [part for line in lines for part in re.split("[;\t]", line) if re.match('"*[=@]', part)] == []


@pytest.mark.parametrize(
    ("cell", "code", "phone"),
    [
        ("+49 (151) 234-5678", "", "491512345678"),
        ("0049 151/2345678", "", "491512345678"),
        ("491512345678", "", "491512345678"),
        ("0151 2345678", "49", "491512345678"),
        ("\u202a+49 151 2345678\u202c", "", "491512345678"),
    ],
)
def test_phones(cell, code, phone):
    assert phone_in(cell, code) == phone


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "no phone"),
        ("0151 2345678", "country code"),
        ("4.91511E+11", "shortened"),
        ("call me", "not a phone"),
        ("12345", "7 to 15"),
        ("1" * 16, "7 to 15"),
        ("٤٩١٥١٢٣٤٥٦٧٨", "not a phone"),
    ],
)
def test_bad_phones_say_what_is_wrong(cell, why):
    with pytest.raises(BadRow, match=why):
        phone_in(cell, "")


def test_columns_are_guessed():
    assert guessed(["Full name", "Mobile", "Tags", "Consent", "Size"]) == ["name", "phone", "tags", "opted_in", ""]
    assert guessed(["Teléfono", "Nombre"]) == ["phone", "name"]
    assert guessed(["Customer number", "Phone number", "Name"]) == ["", "phone", "name"]


@pytest.mark.parametrize(
    ("cell", "all_agreed", "opted_in"),
    [("yes", False, True), ("NEIN", False, False), ("", False, None), ("", True, True), ("no", True, False)],
)
def test_consent(cell, all_agreed, opted_in):
    person = person_in(["491512345678", cell], Rules(["p", "o"], ["phone", "opted_in"], "", (), all_agreed, "Shop"))
    assert (person.opted_in, person.source) == (opted_in, "Shop" if opted_in is not None else "")


def test_consent_that_is_neither_yes_nor_no_is_a_bad_row():
    with pytest.raises(BadRow):
        person_in(["491512345678", "maybe"], Rules(["p", "o"], ["phone", "opted_in"]))
