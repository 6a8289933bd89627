import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read import csv_table, xlsx
from kgbuild.read.layout import CellSpec, TextBuilder


def split(found: Iterator[Document | Failure]) -> tuple[Document, list[str]]:
    items = list(found)
    [document] = [item for item in items if isinstance(item, Document)]
    return document, [item.reason for item in items if isinstance(item, Failure)]


def read_csv(text: str | bytes, name: str = "t.csv") -> tuple[Document, list[str]]:
    raw = text.encode() if isinstance(text, str) else text
    return split(csv_table.read(io.BytesIO(raw), name))


def last_cell(document: Document) -> tuple[str, list[str], list[str]]:
    cell = document.cells[-1]
    headers = [[document.text_of(span) for span in spans] for spans in (cell.row_header, cell.column_header)]
    return document.text_of(cell.span), headers[0], headers[1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row) for row in (["Film", "d (nm)", "Tc"], ["ZnO", "30", '"1"'], ["TiO2", "5", "9"])
    )
    document, notes = read_csv(text)
    assert notes == []
    assert document.text == "Film | d (nm) | Tc\nZnO | 30 | 1\nTiO2 | 5 | 9"
    assert last_cell(document) == ("9", ["TiO2"], ["Tc"])


def test_blanks_delimit_where_nothing_else_does() -> None:
    assert last_cell(read_csv("a b value\nLi H -25.0\nBe H 2.0\n")[0])[2] == ["value"]


def test_preamble_rules_and_notes_are_told_from_the_table() -> None:
    document, _ = read_csv(
        'Table 1 Genes,,\n++++,+++,+++\nGene,Disease,MOI\n++++,+++,+++\nGJB2,"Deaf, b",AR\na see the text,,\n'
    )
    assert [(block.kind, document.text_of(block.span)) for block in document.blocks] == [
        ("caption", "Table 1 Genes"),
        ("table", "Gene | Disease | MOI\nGJB2 | Deaf, b | AR"),
        ("footnote", "a see the text"),
    ]
    assert last_cell(document) == ("AR", ["GJB2"], ["MOI"])


def test_a_comment_full_of_delimiters_is_a_caption() -> None:
    document, _ = read_csv("# ref: A, B, C, D\nidx,gap\n0,1.88\n1,3.5\n")
    assert document.text_of(document.blocks[0].span) == "ref: A, B, C, D"


def test_units_below_names_are_header_too() -> None:
    assert last_cell(read_csv("film,d,T\n,(nm),(K)\nZnO,30,4\n")[0]) == ("4", ["ZnO"], ["T", "(K)"])


@pytest.mark.parametrize(
    "header",
    [
        "Film,As grown,,Annealed,\n,d (nm),Tc,d (nm),Tc",
        "Film,As grown,,Annealed\n,d (nm),Tc,d (nm),Tc",
        ",As grown,,Annealed,\nFilm,d (nm),Tc,d (nm),Tc",
        "Film,As grown,As grown,Annealed,Annealed\n,d (nm),Tc,d (nm),Tc",
        "Film,As grown,As grown,Annealed,Annealed\nFilm,d (nm),Tc,d (nm),Tc",
    ],
)
def test_a_heading_stands_over_each_of_its_columns(header: str) -> None:
    document, _ = read_csv(f"{header}\nZnO,30,1,40,2\nTiO2,31,3,41,4\n")
    heads = [[document.text_of(span) for span in cell.column_header] for cell in document.cells[-4:]]
    assert heads == [["As grown", "d (nm)"], ["As grown", "Tc"], ["Annealed", "d (nm)"], ["Annealed", "Tc"]]


def test_headings_may_stand_over_headings_and_over_numbers() -> None:
    document, _ = read_csv("Film,Layer,,,\n,σ,,d,\n,25 °C,100 °C,x,y\nZnO,1,2,3,4\nTiO2,5,6,7,8\n")
    heads = [[document.text_of(span) for span in cell.column_header] for cell in document.cells[-4:]]
    assert heads == [["Layer", "σ", "25 °C"], ["Layer", "σ", "100 °C"], ["Layer", "d", "x"], ["Layer", "d", "y"]]


@pytest.mark.parametrize("row", ["ZnO,white,thin,n", "ZnO,30,5,n"])
def test_a_column_without_a_name_is_no_part_of_the_one_before(row: str) -> None:
    document, _ = read_csv(f"Film,d (nm),,Note\n{row}\nTiO2,31,6,n\nSiC,30,6,n\n")
    heads = [[document.text_of(span) for span in cell.column_header] for cell in document.cells[-4:]]
    assert heads == [["Film"], ["d (nm)"], [], ["Note"]]


def test_a_name_left_out_below_itself_stands_beside_each_of_its_rows() -> None:
    document, _ = read_csv("State,Property,ZnO\ngrown,d (nm),30\n,Tc,1\nannealed,d (nm),40\n,Tc,2\n")
    rows = [[document.text_of(span) for span in cell.row_header] for cell in document.cells if cell.column == 2]
    assert rows == [[], ["grown", "d (nm)"], ["grown", "Tc"], ["annealed", "d (nm)"], ["annealed", "Tc"]]


@pytest.mark.parametrize("rows", ["grown,d (nm),30\n,,1", ",d (nm),30\ngrown,Tc,1", "grown,5,30\n,6,1"])
def test_elsewhere_an_empty_cell_is_no_name(rows: str) -> None:
    document, _ = read_csv(f"State,Property,ZnO\n{rows}\nannealed,Tc,2\n")
    found = [[document.text_of(span) for span in cell.row_header] for cell in document.cells if cell.column == 2]
    assert [] in found[1:3]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ("AlCu,annealed,1\nAlMg,quenched,2\n,Mean,3", ["AlCu", "AlMg", ""]),
        ("AlCu,annealed,1\nAlMg,quenched,2\n,pure iron,3", ["AlCu", "AlMg", ""]),
        ("AlCu,annealed,1\n,pure iron,2", ["AlCu", ""]),
        ("AlCu,cast,1\n,aged,2\nAlMg,cast,3\n,aged,4\n,pure iron,5", ["AlCu", "AlCu", "AlMg", "AlMg", ""]),
        ("AlCu,cast,1\n,aged,2\n,rolled,3\nAlMg,rolled,4", ["AlCu", "AlCu", "AlCu", "AlMg"]),
        ("AlCu,cast,1\n,aged,2\nAlMg,rolled,3\n,bent,4", ["AlCu", "AlCu", "AlMg", "AlMg"]),
        ("AlCu,cast,1\n,aged,2\n,Mean (n = 2),3\nAlMg,rolled,4\n,bent,5", ["AlCu", "AlCu", "", "AlMg", "AlMg"]),
        (
            "AlCu,cast,1\n,aged,2\nAlMg,cast,3\n,aged,4\n,Mean ± SD,5\n,range,6",
            ["AlCu", "AlCu", "AlMg", "AlMg", "", ""],
        ),
        ("AlCu,cast,1\nAlMg,cast,2\nAverage,all,3", ["AlCu", "AlMg", "Average"]),
    ],
)
def test_a_name_is_left_out_only_within_groups(rows: str, names: list[str]) -> None:
    document, _ = read_csv(f"Alloy,State,Density (g/cm3)\n{rows}\n")
    heads = [[document.text_of(span) for span in cell.row_header] for cell in document.cells if cell.column == 2]
    assert [next((head for head in row if head in names), "") for row in heads[1:]] == names


def test_a_name_that_spans_rows_reaches_no_further() -> None:
    rows = [
        [CellSpec("Alloy", True), CellSpec("State", True), CellSpec("Density", True)],
        [CellSpec("AlCu", row_span=2), CellSpec("cast"), CellSpec("1")],
        [CellSpec("aged"), CellSpec("2")],
        [CellSpec("AlMg", row_span=2), CellSpec("cast"), CellSpec("3")],
        [CellSpec("aged"), CellSpec("4")],
        [CellSpec(""), CellSpec("pure iron"), CellSpec("5")],
    ]
    builder = TextBuilder()
    builder.add_table(rows)
    document = builder.build(id="kgb:1")
    heads = [[document.text_of(span) for span in cell.row_header] for cell in document.cells if cell.column == 2]
    assert heads[1:] == [["AlCu", "cast"], ["AlCu", "aged"], ["AlMg", "cast"], ["AlMg", "aged"], ["pure iron"]]


def test_rows_longer_than_the_header_are_kept_and_reported() -> None:
    document, notes = read_csv("x,y\na,1\nb,2,odd\n")
    assert "odd" in document.text
    assert notes == ["t.csv: 1 rows are longer than the 2 columns, the first in line 3 with 3; kept"]


def test_line_breaks_in_quoted_cells_stay_in_their_cell() -> None:
    assert read_csv('x,y\na,"1\n2"\n')[0].text == "x | y\na | 1 2"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("stray", ['"x', '"', '"x" y', '17"', '"x""'])
@pytest.mark.parametrize("rows", [(3,), (9,), (3, 4), (3, 7), (0, 5)])
def test_a_stray_quote_swallows_nothing(delimiter: str, stray: str, rows: tuple[int, ...]) -> None:
    lines = [["film", "d", "T"], *([f"f{row}", stray if row in rows else f"d{row}", f"t{row}"] for row in range(10))]
    document, notes = read_csv("\n".join(delimiter.join(line) for line in lines), "t.tsv")
    assert document.text.split("\n") == [" | ".join(line) for line in lines]
    assert len(document.cells) == 33
    if stray != '17"':
        [note] = notes
        assert note.startswith(f"t.tsv: {len(rows)} lines have a quote mark that opens a cell and does not close it, ")
        assert f"the first line {rows[0] + 2}; it is taken for text" in note


def test_a_cell_quoted_well_beside_a_stray_quote_keeps_its_delimiters() -> None:
    document, [note] = read_csv('gene,disease,n\nA,"b, c",1\nD,"e, f","2\nG,h,3\n')
    assert document.text == 'gene | disease | n\nA | b, c | 1\nD | e, f | "2\nG | h | 3'
    assert "line 3" in note


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\nc,"d\r\ne, f"\r\ng,h\n', "a | b\nc | d e, f\ng | h"),
        ('a,b\nc,"one\n\ntwo, ""three"""\n"g\nh",i\n', 'a | b\nc | one two, "three"\ng h | i'),
        ('a,b\nc,"d\n"\ne,f\n', "a | b\nc | d\ne | f"),
        ('a\tb\nc\t"d\ne"\nf\tg\n', "a | b\nc | d e\nf | g"),
        ('a,b,c\n"1" , "2, 3" ,4\n', "a | b | c\n1 | 2, 3 | 4"),
        ('a,b,c\n"""1""",2,"x\ny, z\nw"\n', 'a | b | c\n"1" | 2 | x y, z w'),
    ],
)
def test_quoted_cells_are_read_as_rfc_4180_has_them(text: str, expected: str) -> None:
    document, notes = read_csv(text)
    assert (document.text, notes) == (expected, [])


def test_two_stray_quotes_far_apart_do_not_make_one_cell_of_what_lies_between() -> None:
    lines = ["film,d", 'a,"thin', *(f"f{row},{row}" for row in range(50)), 'z,17"', "end,1"]
    document, [note] = read_csv("\n".join(lines))
    assert document.text == "\n".join(line.replace(",", " | ") for line in lines)
    assert "line 2" in note


def test_other_encodings_are_read_and_reported() -> None:
    document, [note] = read_csv("film,d (µm)\nZnO,1\n".encode("cp1252"))
    assert "d (µm)" in document.text
    assert "Windows-1252" in note
    assert read_csv("film,d\nZnO,µ\n".encode("utf-16"))[0].text.endswith("ZnO | µ")


def test_two_tables_parted_by_stars_are_two() -> None:
    document, _ = read_csv("a\tb\n1\t2\n****\nc\td\te\n3\t4\t5\n", "t.txt")
    assert {cell.table for cell in document.cells} == {0, 1}


def test_rows_beyond_the_limit_are_left_out_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "MOST_ROWS", 2)
    document, [note] = read_csv("x,y\na,1\nb,2\n")
    assert document.text == "x | y\na | 1"
    assert "at most 2 rows" in note


def test_a_blank_table_is_an_error() -> None:
    with pytest.raises(ReadError, match="only blanks"):
        read_csv(" \n\n")


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"x", "t.csv", True),
        (b"a,b,c\n1,2,3\n4,5,6\n", "t.txt", True),
        (b"a\tb\n1\t2\n4\t5\n", "t", True),
        (b"One, two, and three of it.\n\nFour, five were seen.\nSix.\n", "t.txt", False),
        (b"| a | b |\n|---|---|\n| 1 | 2 |\n", "t.md", False),
        (b"\x00\x01\x02\x03", "t.csv", False),
    ],
)
def test_recognises_tables_by_name_or_even_columns(head: bytes, name: str, expected: bool) -> None:
    assert csv_table.sniff(head, name) is expected


def workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Zones"
    for row in (
        ["Table 2 Zones"],
        ["Oil", "Strain", None],
        [None, "A. caviae", "K. pneumoniae"],
        ["rose", 22.1 + 0.2, 10],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:C2")
    return book


def read_xlsx(book: openpyxl.Workbook) -> tuple[Document, list[str]]:
    stream = io.BytesIO()
    book.save(stream)
    return split(xlsx.read(io.BytesIO(stream.getvalue()), "t.xlsx"))


def test_a_sheet_is_a_table_under_its_name_with_merged_cells_as_spans() -> None:
    document, notes = read_xlsx(workbook())
    assert notes == []
    assert [(block.kind, block.section) for block in document.blocks] == [
        ("heading", "Zones"),
        ("caption", "Zones"),
        ("table", "Zones"),
    ]
    assert last_cell(document) == ("10", ["rose"], ["Strain", "K. pneumoniae"])
    assert "22.3" in document.text


@pytest.mark.parametrize("merged", [["B1:C1", "D1:E1"], []])
def test_a_heading_of_a_sheet_stands_over_its_columns_merged_or_not(merged: list[str]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        [None, "As grown", None, "Annealed", None],
        ["Film", "d (nm)", "Tc", "d (nm)", "Tc"],
        ["ZnO", 30, 1, 40, 2],
        ["TiO2", 31, 3, 41, 4],
    ):
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    document, _ = read_xlsx(book)
    heads = [[document.text_of(span) for span in cell.column_header] for cell in document.cells[-4:]]
    assert heads == [["As grown", "d (nm)"], ["As grown", "Tc"], ["Annealed", "d (nm)"], ["Annealed", "Tc"]]


def test_what_is_not_merged_beside_merged_cells_stands_alone() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Film", "As grown", None, "Bulk", None], [None, "d", "Tc", "Tc", "Note"], ["ZnO", 1, 2, 3, 4]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    assert last_cell(read_xlsx(book)[0])[2] == ["Note"]


@pytest.mark.parametrize("name", ["Sheet1", "Sheet", "Tabelle 2", "Feuil3", "Hoja1", "Лист1", "工作表1", "Sheet1 (2)"])
def test_a_name_that_a_program_gave_a_sheet_is_no_text(name: str) -> None:
    book = workbook()
    book["Zones"].title = name
    document, _ = read_xlsx(book)
    assert name not in document.text
    assert {block.section for block in document.blocks} == {name}


def test_the_name_of_a_table_s_file_is_its_title_and_no_text() -> None:
    csv = split(csv_table.read(io.BytesIO(b"x,y\na,1\n"), "KIF1A.csv"))[0]
    book = io.BytesIO()
    workbook().save(book)
    excel = split(xlsx.read(io.BytesIO(book.getvalue()), "KIF1A.xlsx"))[0]
    for document in (csv, excel):
        assert document.title == "KIF1A"
        assert "KIF1A" not in document.text


def test_tables_of_one_content_are_one_document_only_under_one_name() -> None:
    names = ("superconductors.csv", "a/superconductors.tsv", "data.csv")
    ids = [read_csv("x,y\na,1\n", name)[0].id for name in names]
    assert ids[0] == ids[1] != ids[2]
    saved = io.BytesIO()
    workbook().save(saved)
    ids = [split(xlsx.read(io.BytesIO(saved.getvalue()), name))[0].id for name in ("Tc.xlsx", "Book1.xlsx")]
    assert ids[0] != ids[1]


def test_a_workbook_without_a_filled_cell_is_an_error() -> None:
    with pytest.raises(ReadError, match="only empty sheets"):
        read_xlsx(openpyxl.Workbook())


def test_empty_sheets_and_declared_but_empty_columns_add_nothing() -> None:
    book = workbook()
    book.create_sheet("Empty")
    sheet = book["Zones"]
    sheet.cell(row=1, column=16_000).style = "Good"
    document, _ = read_xlsx(book)
    assert "Empty" not in document.text
    assert max(cell.column for cell in document.cells) == 2


def test_formulas_without_a_value_are_reported_and_dates_and_booleans_written_plainly() -> None:
    book = workbook()
    book["Zones"].append(["x", "=1+1", True, datetime.datetime(2024, 5, 1)])
    document, [note] = read_xlsx(book)
    assert "1 formulas have no computed value" in note
    assert document.text.endswith("TRUE | 2024-05-01")


def test_a_file_that_is_no_workbook_is_an_error() -> None:
    with pytest.raises(ReadError, match="expected an Excel workbook"):
        list(xlsx.read(io.BytesIO(b"PK\x03\x04xl/"), "t.xlsx"))


@pytest.mark.parametrize(
    ("folder", "reader", "ending"),
    [("layouts", csv_table, "csv"), ("layouts", xlsx, "xlsx"), ("from-articles", xlsx, "xlsx")],
)
def test_every_real_table_is_read_with_its_cells_in_place(
    shared_data: Path, folder: str, reader: ModuleType, ending: str
) -> None:
    paths = sorted((shared_data / "tables" / folder).glob(f"*.{ending}"))
    assert paths
    for path in paths:
        raw = path.read_bytes()
        assert reader.sniff(raw[:65536], path.name)
        document, _ = split(reader.read(io.BytesIO(raw), path.name))
        assert document.cells
        assert all(document.text_of(cell.span).strip() for cell in document.cells)
