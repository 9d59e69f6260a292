"""Tables in CSV, as spreadsheets write and read them: any of the usual encodings and separators in, no formulas out."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workspaces.refusals import Refused

MOST_ROWS = 50_000
MOST_COLUMNS = 50
MOST_BYTES = 20 * 1024 * 1024
SEPARATORS = ",;\t"
# A cell that begins so is a formula to a spreadsheet, whoever has written it; the wide signs are in East Asia.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# Where a comma separates decimals, spreadsheets cut at ; and at the end of a line, whatever quotes are around it. What
# begins with a dash there is a list.
CELL, LINE = rf'(?<=[;\t])(?="*[{SIGNS}])', r'(?<=[\r\n])(?="*[=@\uff1d\uff20])'
FORMULA = re.compile(rf"^(?=[{SIGNS}\t\r])|{CELL}|{LINE}")
HARMLESS = re.compile(FORMULA.pattern.replace("(?=", "'(?="))


@dataclass
class Sheet:
    head: list[str]
    # With the number that a spreadsheet gives each: the head is 1.
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read_sheet(raw: bytes) -> Sheet:
    if len(raw) > MOST_BYTES:
        raise Refused(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.", field="file")
    text = decoded(raw)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return read_rows(rest, first.strip()[-1])
    return read_rows(text, separator_of(text))


def decoded(raw: bytes) -> str:
    """By the mark at its beginning, else by what fits; Latin-1, with Windows' additions, fits anything."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif raw[:2000].count(0) > len(raw[:2000]) // 4:
        encodings = ["utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return raw.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise Refused("The file cannot be read.", hint="Save it as CSV in UTF-8.", field="file")


def separator_of(text: str) -> str:
    """The one that cuts the first lines into the same number of columns, the more the better."""
    sample = text[:50_000].splitlines(keepends=True)[:20]

    def worth(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=separator) if row]
        return (min(widths, default=0), widths.count(widths[0]) if widths else 0)

    return max(SEPARATORS, key=worth)


def read_rows(text: str, separator: str) -> Sheet:
    """Row by row: a small file can hold millions of them, or of cells, and would fill the memory at once."""
    sheet = Sheet([])
    try:
        for line, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            if any(cell.strip() for cell in row):
                take_row(sheet, line, row)
    except csv.Error as error:
        raise Refused("This is not a CSV file.", hint="Export it anew as CSV.", field="file") from error
    if not sheet.rows:
        raise Refused("There is no row below the head.", hint="The first line says what each column is.", field="file")
    return sheet


def take_row(sheet: Sheet, line: int, row: list[str]) -> None:
    if sheet.head:
        if len(sheet.rows) == MOST_ROWS:
            raise Refused(f"The file has more than {MOST_ROWS:,} rows.", hint="Cut it into several.", field="file")
        sheet.rows.append((line, fitted(row, len(sheet.head))))
    elif len(row) > MOST_COLUMNS:
        raise Refused(f"The file has more than {MOST_COLUMNS} columns.", field="file")
    else:
        sheet.head = [cell.strip() for cell in row]


def fitted(row: list[str], width: int) -> list[str]:
    return [unescaped(cell.strip()) for cell in [*row, *[""] * width][:width]]


def written(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Line by line, safe to be opened; with the mark that tells Excel it is UTF-8."""
    yield "\ufeff"
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([escaped(str(cell)) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def escaped(cell: str) -> str:
    return FORMULA.sub("'", cell)


def unescaped(cell: str) -> str:
    """What a file of ours, or a spreadsheet, had made harmless."""
    return HARMLESS.sub("", cell)
