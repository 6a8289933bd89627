import json
from typing import Any

import pytest

from kgbuild.errors import QueryError
from kgbuild.query import Rows, render_csv, render_json, render_table


def rows(*values: tuple[Any, ...]) -> Rows:
    return Rows(("name", "n"), iter(values))


def test_a_table_is_aligned_by_width_on_the_terminal() -> None:
    # a CJK sign is two columns wide
    assert "".join(render_table(rows(("水", 1), ("Blörb", 20.5)))) == (
        "name      n\n─────  ────\n水        1\nBlörb  20.5\n"
    )


def test_a_table_keeps_a_row_on_a_line() -> None:
    assert "".join(render_table(rows(("a\nb", None)))) == "name  n\n────  ─\na b\n"


def test_an_empty_table_has_its_header() -> None:
    assert "".join(render_table(rows())) == "name  n\n────  ─\n"


def test_json_is_an_object_a_line() -> None:
    lines = list(render_json(rows(("é\n", None), ("b", [1, {"k": 2.5}]))))
    assert [json.loads(line) for line in lines] == [{"name": "é\n", "n": None}, {"name": "b", "n": [1, {"k": 2.5}]}]
    assert lines[0] == '{"name": "é\\n", "n": null}\n'


def test_csv_quotes_what_needs_it() -> None:
    assert "".join(render_csv(rows(('say "a, b"', 1), ("x", None), ("y", ["a"])))) == (
        'name,n\n"say ""a, b""",1\nx,\ny,"[""a""]"\n'
    )


def test_csv_keeps_all_digits_of_a_number() -> None:
    assert "".join(render_csv(rows(("x", 1234567.89), ("y", 0.1)))) == "name,n\nx,1234567.89\ny,0.1\n"


def test_columns_of_one_name_are_refused_in_json() -> None:
    with pytest.raises(QueryError, match="stand twice: x"):
        list(render_json(Rows(("x", "x"), iter([(1, 2)]))))
