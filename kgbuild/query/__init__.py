from kgbuild.query.cypher import cypher
from kgbuild.query.graph import Frames, Graph
from kgbuild.query.rows import Rows, render_csv, render_json, render_table
from kgbuild.query.sparql import sparql
from kgbuild.query.why import Explanation, Reason, render_why, why

__all__ = [
    "Explanation",
    "Frames",
    "Graph",
    "Reason",
    "Rows",
    "cypher",
    "render_csv",
    "render_json",
    "render_table",
    "render_why",
    "sparql",
    "why",
]
