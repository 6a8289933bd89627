from kgbuild.store.cypher import build_cypher
from kgbuild.store.parquet import read_tables, write_tables
from kgbuild.store.rdf import build_rdf

__all__ = ["build_cypher", "build_rdf", "read_tables", "write_tables"]
