"""Tables that are filled, joined and sorted on disk."""

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kgbuild.store import ranges
from kgbuild.store import workbench as module
from kgbuild.store.workbench import workbench

THINGS = pa.schema([("id", pa.string()), ("size", pa.int64()), ("names", pa.list_(pa.string()))])


def thing(identifier: str, size: int | None = None, *names: str) -> dict[str, object]:
    return {"id": identifier, "size": size, "names": list(names)}


def test_rows_come_back_as_they_were_put(tmp_path):
    rows = [thing("b", 1, "Ångström", "nul\x00byte"), thing("a"), thing("", -1, "")]
    with workbench(tmp_path, {"things": THINGS, "none": THINGS}) as bench:
        for row in rows:
            bench.add("things", row)
        assert list(bench.rows("SELECT * FROM things")) == rows
        assert list(bench.rows("SELECT id FROM things WHERE size = ?", "1")) == [{"id": "b"}]
        assert list(bench.rows("SELECT * FROM none")) == list(bench.ordered("SELECT * FROM none", ["id"])) == []
    assert not list(tmp_path.iterdir())


def test_rows_may_be_put_while_a_query_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH_ROWS", 2)
    with workbench(tmp_path, {"things": THINGS}) as bench:
        for number in range(5):
            bench.add("things", thing(f"{number}"))
        for row in bench.rows("SELECT * FROM things"):
            bench.add("things", row | {"size": 1})
        assert list(bench.rows("SELECT count(*) AS n, sum(size)::BIGINT AS new FROM things")) == [{"n": 10, "new": 5}]


def test_a_dropped_table_can_be_made_anew(tmp_path):
    with workbench(tmp_path, {}) as bench:
        for size in (1, 2):
            bench.create("things", THINGS)
            bench.add("things", thing("a", size))
            assert list(bench.rows("SELECT size FROM things")) == [{"size": size}]
            bench.drop("things")


def test_rows_of_a_file_are_read_whatever_its_name(tmp_path):
    path = tmp_path / "a[1]*'s"
    path.mkdir()
    pq.write_table(pa.Table.from_pylist([thing("b"), thing("a")], THINGS), path / "things?.parquet")
    with workbench(path, {"things": THINGS.append(pa.field("part", pa.int64()))}) as bench:
        bench.add_file("things", path / "things?.parquet", part=7)
        bench.add("things", thing("c") | {"part": 8})
        assert list(bench.rows("SELECT id, part FROM things ORDER BY id")) == [
            {"id": "a", "part": 7},
            {"id": "b", "part": 7},
            {"id": "c", "part": 8},
        ]


@pytest.mark.parametrize("at_once", [5, 30_000])
def test_rows_are_ordered_as_python_orders_them_with_null_last(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(module, "SORTED_ROWS", at_once)
    monkeypatch.setattr(ranges, "BATCH_ROWS", 4)
    monkeypatch.setattr(ranges, "RANGES_AT_ONCE", 3)
    choose = random.Random(0)
    rows = [
        thing(choose.choice("azAÅ\N{GREEK SMALL LETTER ALPHA}\U0001f9ec") * choose.randrange(4), choose.choice([1, 2]))
        for _ in range(200)
    ]
    rows += [thing("a", None), thing("zz", None)]
    with workbench(tmp_path, {"things": THINGS}) as bench:
        for row in rows:
            bench.add("things", row)
        by_id, falling = (
            [(row["id"], row["size"]) for row in bench.ordered("SELECT * FROM things", ("id", size))]
            for size in ("size", "-size")
        )
    ends = {None: 3}
    pairs = [(row["id"], row["size"]) for row in rows]
    assert by_id == sorted(pairs, key=lambda pair: (pair[0], ends.get(pair[1], pair[1])))
    assert falling == sorted(pairs, key=lambda pair: (pair[0], ends.get(pair[1], -(pair[1] or 0))))
