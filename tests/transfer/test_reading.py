"""Files as programs write them are read; files that are no table are refused with a sentence that helps."""

from __future__ import annotations

import codecs
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from crm.transfer import reading
from crm.transfer.reading import CELL_LIMIT, FileShape, Unreadable, count_rows, inspect, rows

SAMPLES = Path(__file__).parent / "samples"


def written(tmp_path: Path, content: bytes | str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def shape_of(path: Path, **choices: str) -> FileShape:
    return inspect(path, filename=path.name, **choices)


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        count_rows(path, shape_of(path))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "column_count", "row_count"),
    [
        ("google-contacts.csv", "utf-8-sig", ",", 38, 24),
        ("google-contacts-old.csv", "utf-8-sig", ",", 56, 24),
        ("outlook.csv", "cp1252", ",", 92, 24),
        ("outlook-web.csv", "utf-8-sig", ",", 61, 24),
        ("hubspot.csv", "utf-8-sig", ",", 23, 24),
        ("mailchimp.csv", "utf-8-sig", ",", 23, 24),
        ("persian.csv", "utf-8-sig", ",", 16, 23),
        ("persian-cp1256.csv", "cp1256", ";", 16, 23),
        ("persian-utf16.txt", "utf-16", "\t", 16, 23),
        ("persian-sep.csv", "utf-8-sig", ";", 16, 23),
    ],
)
def test_exports_of_other_programs_are_understood(
    name: str, encoding: str, delimiter: str, column_count: int, row_count: int
) -> None:
    shape = shape_of(SAMPLES / name)

    assert (shape.encoding, shape.delimiter, len(shape.header)) == (encoding, delimiter, column_count)
    assert (shape.row_count, shape.row_count_exact, len(shape.samples)) == (row_count, True, 20)
    assert [row.problem for row in rows(SAMPLES / name, shape)] == [None] * row_count


def test_one_list_in_three_encodings_has_the_same_cells() -> None:
    utf8, utf16, excel = (
        [row.cells for row in rows(SAMPLES / name, shape_of(SAMPLES / name))]
        for name in ("persian.csv", "persian-utf16.txt", "persian-sep.csv")
    )

    assert utf8 == utf16 == excel


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_line_end_and_separator_is_found(
    tmp_path: Path, encoding: str, newline: str, delimiter: str
) -> None:
    lines = [["نام", "email"], ["علي كريمي", "ali@example.com"], ["سارا", "sara@example.com"]] * 2
    text = "".join(delimiter.join(line) + newline for line in lines)
    if encoding == "cp1256":
        text = text.replace("ی", "ي")
    path = written(tmp_path, text.encode(encoding))

    shape = shape_of(path)

    assert shape.delimiter == delimiter
    assert shape.header == ("نام", "email")
    assert next(rows(path, shape)).cells == ["علي كريمي", "ali@example.com"]
    assert [row.line_number for row in shape.samples] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", "Müller, José, François, Åsa, Núñez, Søren, Zoë, Inês"),
        ("cp1252", "Dvořák".replace("ř", "r") + ", Größmann, Weiß, Köln"),
        ("cp1250", "Dvořák, Šimůnek, Němcová, Žižka, Růžičková"),
        ("cp1250", "Łukasz, Wałęsa, Świątek, Żółć, Grażyna"),
        ("cp1250", "Jovanović, Đorđević, Šarić, Živković"),
        ("cp1256", "علي كريمي, سارا احمدي, پريسا گلزار, ژاله"),
    ],
)
def test_the_code_page_is_told_by_the_letters(tmp_path: Path, encoding: str, names: str) -> None:
    text = "name;n\r\n" + "".join(f"{name};1\r\n" for name in names.split(", "))

    shape = shape_of(written(tmp_path, text.encode(encoding)))

    assert shape.encoding == encoding


def test_an_accent_far_down_still_decides_the_encoding(tmp_path: Path) -> None:
    plain = "name,city\n" + "Ann,Leeds\n" * 60_000
    path = written(tmp_path, plain.encode() + "José,Málaga\n".encode("cp1252"))

    shape = shape_of(path)

    assert shape.encoding == "cp1252"
    assert list(rows(path, shape))[-1].cells == ["José", "Málaga"]


def test_the_guess_can_be_overruled(tmp_path: Path) -> None:
    path = written(tmp_path, "name;city,country\nJosé;Málaga,Spain\n".encode("cp1252"))

    shape = shape_of(path, encoding="windows-1250", delimiter=",")

    assert shape.header == ("name;city", "country")
    assert shape.samples[0].cells == ["José;Málaga", "Spain"]
    with pytest.raises(Unreadable, match="no encoding called “zlib”"):
        shape_of(path, encoding="zlib")
    with pytest.raises(Unreadable, match="one character"):
        shape_of(path, delimiter=",,")


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (b"email,name\r\n", "no rows below it"),
        (b"email,name\r\n,\r\n\r\n", "no rows below it"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook"),
        (zipped("contacts.csv"), "compressed archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office document"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        (b"MZ\x90\x00" + bytes(range(256)), "program"),
        (bytes(range(256)) * 20, "not text"),
        (b"\x1f\x8b\x08\x00" + bytes(40), "compressed archive"),
        (b"<!DOCTYPE html><html><body>sign in</body></html>", "web page"),
        (b'[{"email": "a@example.com"}]', "JSON"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n", "vCard"),
        (b"email,name\na@example.com,Ann\nb@example.com,B\0b\n", "Line 3 contains a NUL"),
        (
            "email,name\na@example.com,علی\n".encode() + b"b@example.com,\xff\xfe\n",
            "Line 3 cannot be read as UTF-8",
        ),
        (b'email,name\na@example.com,Ann\n"b@example.com,Bob\nc@example.com,Cy\n', "opens in line 3"),
        (b'email,name\na@example.com,"Ann\nb@example.com,"Bob"\nc@example.com,"Cy"\n', "opens in line 2"),
        (b'"email,name\na@example.com,Ann\n', "opens in line 1"),
        (b"ann@example.com,Ann\nbob@example.com,Bob\n", "first line must name the columns"),
        (b",,,\n,,,\n1,,,\n".replace(b"1", b""), "first line must name the columns"),
        (",".join(f"c{n}" for n in range(501)).encode() + b"\n1,2\n", "more than 500 columns"),
        (b"email,name\na@example.com," + b"x" * 1_500_000 + b"\n", "Line 2 is longer than 1000000"),
        (b"email,name\na@example.com," + b"x" * 140_000 + b"\n", "A cell in line 2 is longer"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    assert sentence in refusal(written(tmp_path, content))


def test_a_file_over_the_limit_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.write(b"email,name\n")
        file.truncate(reading.SIZE_LIMIT + 1)

    assert "larger than 200 MB" in refusal(path)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    assert "gone.csv cannot be opened" in refusal(tmp_path / "gone.csv")
    assert "cannot be opened" in refusal(tmp_path)


def test_ten_million_columns_cost_little_memory(tmp_path: Path) -> None:
    path = written(tmp_path, b"a" + b",a" * 10_000_000 + b"\n1,2\n")

    tracemalloc.start()
    sentence = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "more than 500 columns" in sentence
    assert peak < 60_000_000


def test_a_quote_left_open_does_not_eat_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, b'email,name\n1,"x"\n2,"open\n' + b"3,y\n" * 500_000)

    tracemalloc.start()
    sentence = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "opens in line 3" in sentence
    assert peak < 30_000_000


def test_rows_of_another_width_are_problems_of_the_row(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c\n1,2,3\n1,2\n\n,,\n1,2,3,4\n1,2,3,,,\n1,2,3\n")

    found = list(rows(path, shape_of(path)))

    assert [(row.line_number, row.cells) for row in found] == [
        (2, ["1", "2", "3"]),
        (3, ["1", "2", ""]),
        (6, ["1", "2", "3", "4"]),
        (7, ["1", "2", "3"]),
        (8, ["1", "2", "3"]),
    ]
    assert [str(row.problem) if row.problem else "" for row in found][1:3] == [
        "This row has only 2 cells, but the header has 3 columns. Add the missing separators.",
        "This row has 4 cells, but the header has 3 columns. Put a cell that contains the separator in quotes.",
    ]
    assert [row.problem for row in found if row.line_number not in {3, 6}] == [None] * 3


def test_quotes_that_do_not_match_within_a_line_spoil_that_row_alone(tmp_path: Path) -> None:
    path = written(tmp_path, 'name,city\n"Ali "the best" Karimi",Qom\n"Sara",Rasht\n')

    first, second = rows(path, shape_of(path))

    assert first.problem is not None
    assert first.cells[-1] == "Qom"
    assert (second.line_number, second.cells, second.problem) == (3, ["Sara", "Rasht"], None)


def test_line_numbers_count_the_breaks_within_cells(tmp_path: Path) -> None:
    path = written(tmp_path, 'sep=;\r\nname;note\r\nAnn;"one\r\ntwo"\r\nBob;"say ""hi"""\r\n')

    shape = shape_of(path)

    assert (shape.skipped_lines, shape.delimiter, shape.row_count) == (1, ";", 2)
    assert [(row.line_number, row.cells) for row in shape.samples] == [
        (3, ["Ann", "one\r\ntwo"]),
        (5, ["Bob", 'say "hi"']),
    ]


def test_nameless_and_repeated_columns_get_names_of_their_own(tmp_path: Path) -> None:
    path = written(tmp_path, "Email, Email ,,'=sum,Email (2),\na,b,c,d,e\n")

    shape = shape_of(path)

    assert shape.header == ("Email", "Email (2)", "#3", "=sum", "Email (2) (2)", "#6")
    assert shape.samples[0].problem is None


def test_spaces_before_a_quote_do_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, 'name, city\n"Karimi, Ali", "Qom"\n')

    assert shape_of(path).samples[0].cells == ["Karimi, Ali", "Qom"]


def test_a_list_of_one_column_is_a_table(tmp_path: Path) -> None:
    path = written(tmp_path, "email\na@example.com\nb@example.com\n")

    assert shape_of(path).row_count == 2


def test_a_cell_may_be_as_long_as_the_limit(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1," + "x" * CELL_LIMIT + "\n")

    assert len(shape_of(path).samples[0].cells[1]) == CELL_LIMIT


def test_a_large_file_is_counted_from_a_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_COUNTED_BYTES", 1000)
    path = written(tmp_path, "a,b\n" + '1,"x\ny"\n' * 1000)

    shape = shape_of(path)

    assert not shape.row_count_exact
    assert 990 <= shape.row_count <= 1010
