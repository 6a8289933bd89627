from kgbuild.query.cypher import cypher
from kgbuild.query.rows import Rows, render_csv, render_json, render_table
from kgbuild.query.sparql import sparql

__all__ = ["Rows", "cypher", "render_csv", "render_json", "render_table", "sparql"]
