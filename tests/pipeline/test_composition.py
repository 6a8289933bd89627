"""From a document to the query: a substance that is named by its formula can be asked for by its composition."""

from pathlib import Path

from kgbuild.query.cypher import cypher
from kgbuild.query.sparql import sparql

PAPER = """1|t|TiO_2 and Fe2O3
1|a|Graphene on TiO2. Sodium sulfate, Na2SO4.
1\t0\t5\tTiO_2\tMaterial\t-
1\t10\t15\tFe2O3\tMaterial\t-
1\t16\t24\tGraphene\tMaterial\t-
1\t28\t32\tTiO2\tMaterial\t-
1\t34\t48\tSodium sulfate\tMaterial\tMESH:C012036
1\t50\t56\tNa2SO4\tMaterial\tMESH:C012036
"""


def test_cypher_and_sparql_find_a_material_by_its_formula_and_its_elements(workplace, tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_text(PAPER, "utf-8")
    workplace.build("paper.txt", given="links")
    graph = tmp_path / "graph"
    found = cypher(graph, "MATCH (m:Material {reduced_formula: 'TiO2'}) RETURN m.elements, m.mention_count")
    assert list(found.rows) == [(["O", "Ti"], 2)]
    oxides = cypher(
        graph, "MATCH (m:Material) WHERE 'O' IN m.elements RETURN m.reduced_formula ORDER BY m.reduced_formula"
    )
    assert list(oxides.rows) == [("Fe2O3",), ("Na2SO4",), ("TiO2",)]
    asked = 'SELECT ?formula { GRAPH ?g { ?m kg:element "Fe" ; kg:reducedFormula ?formula } }'
    assert list(sparql(graph, asked).rows) == [("Fe2O3",)]
