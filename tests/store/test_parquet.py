"""Tables of a graph read in batches: in memory that does not grow with their files."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kgbuild.store.parquet import read_batches, table_path
from kgbuild.tables import DOCUMENTS

ROWS_PER_GROUP = 2000


def write_documents(folder: Path, n_groups: int) -> None:
    folder.mkdir()
    with pq.ParquetWriter(table_path(folder, "documents"), DOCUMENTS, compression="zstd") as writer:
        for group in range(n_groups):
            rows = [{"id": f"PMID:{group}-{row}", "title": f"{row} " * 50} for row in range(ROWS_PER_GROUP)]
            writer.write_table(pa.Table.from_pylist(rows, DOCUMENTS))


def most_allocated(folder: Path) -> int:
    """Bytes that Arrow holds at most while a table is read, beyond those before."""
    before = pa.total_allocated_bytes()
    return max(pa.total_allocated_bytes() for _ in read_batches(folder, "documents", size=500)) - before


def test_a_file_of_many_row_groups_takes_no_more_memory_than_one_of_few(tmp_path: Path) -> None:
    write_documents(tmp_path / "few", 2)
    write_documents(tmp_path / "many", 30)
    assert most_allocated(tmp_path / "many") < 1.2 * most_allocated(tmp_path / "few")


@pytest.mark.parametrize("size", [500, 700, ROWS_PER_GROUP])
def test_batches_hold_every_row_once_in_order(tmp_path: Path, size: int) -> None:
    write_documents(tmp_path / "graph", 3)
    batches = list(read_batches(tmp_path / "graph", "documents", columns=["id"], size=size))
    assert all(batch.num_rows <= size for batch in batches)
    assert pa.concat_tables(batches)["id"].to_pylist() == [
        f"PMID:{group}-{row}" for group in range(3) for row in range(ROWS_PER_GROUP)
    ]
