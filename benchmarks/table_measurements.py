"""Precision and recall of measurements read from the tables of glass articles (Gupta et al. 2023, Hira et al. 2025).

A measurement is right if the gold has its cell with that property and the value as printed. Tables carry no captions,
Greek letters are lost, and gold gives a unit where the table has none, which kgbuild does not guess. The data are CC
BY-NC-SA: for evaluation only.

    python benchmarks/table_measurements.py properties_dev.jsonl.gz
"""

import argparse
import gzip
import json
import math
import random
from collections import Counter
from pathlib import Path

from kgbuild.document import Document, Quantity
from kgbuild.extract.tables import TableReader
from kgbuild.read.layout import CellSpec, TextBuilder
from kgbuild.schema import load_schema

#: names of the data -> properties of the schema
PROPERTIES = {
    "Glass transition temperature": "glass_transition_temperature",
    "Crystallization temp": "crystallization_temperature",
    "Density": "density",
    "Refractive index": "refractive_index",
    "Activation energy": "activation_energy",
    "Vickers hardness": "hardness",
    "Young's modulus": "youngs_modulus",
    "Melting temp": "melting_point",
    "Electric conductivity": "electrical_conductivity",
    "Thermal expansion coefficient": "thermal_expansion_coefficient",
    "Softening Point (Temperature)": "softening_point",
    "Poisson ratio": "poisson_ratio",
    "Liquidus temperature": "liquidus_temperature",
    "Bulk modulus": "bulk_modulus",
    "Shear modulus": "shear_modulus",
    "Fracture toughness": "fracture_toughness",
    "Annealing Point (Temperature)": "annealing_point",
    "Abbe value": "abbe_number",
}

#: Of the common logarithm of a value.
TOLERANCE = 1e-6

Place = tuple[int, int, str]


def main() -> None:
    """Print the scores, and measurements that the gold does not have."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--show", type=int, default=0, help="so many measurements that the gold does not have")
    arguments = parser.parse_args()
    reader = TableReader(load_schema().properties.values())
    right, found, gold = Counter[str](), Counter[str](), Counter[str]()
    wrong: list[str] = []
    with gzip.open(arguments.path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            doc = reader.read(document(record["table"]))
            expected = {
                (item["row"], item["col"], PROPERTIES[item["property"]]): float(item["value"])
                for item in record["properties"]
            }
            gold.update(place[2] for place in expected)
            cells = {place[:2] for place in expected}
            for place, value in read_values(doc).items():
                if place[2] not in PROPERTIES.values() and place[:2] not in cells:
                    continue  # a property that was not annotated
                found[place[2]] += 1
                if place in expected and is_same(value, expected[place]):
                    right[place[2]] += 1
                else:
                    header = " / ".join(row[place[1]] for row in record["table"][:2])
                    wrong.append(f"{record['pii']} table {record['t_idx']} {place} {value} header {header!r}")
    print("| property | gold | found | precision | recall |\n|---|---|---|---|---|")
    for name in [*sorted({*gold, *found}, key=lambda name: (-gold[name], name)), "all"]:
        counts = [sum(c.values()) if name == "all" else c[name] for c in (gold, found, right)]
        print(f"| {name} | {counts[0]} | {counts[1]} | {share(counts[2], counts[1])} | {share(counts[2], counts[0])} |")
    random.Random(1).shuffle(wrong)
    print("\n".join(wrong[: arguments.show]))


def document(rows: list[list[str]]) -> Document:
    """A document that holds the table."""
    builder = TextBuilder()
    builder.add_table([[CellSpec(text) for text in row] for row in rows])
    return builder.build()


def read_values(doc: Document) -> dict[Place, Quantity]:
    """The quantities by row, column and property."""
    cells = {cell.span: cell for cell in doc.cells}
    return {(cells[m.span].row, cells[m.span].column, m.property_type): m.quantity for m in doc.measurements}


def is_same(found: Quantity, value: float) -> bool:
    """Whether a quantity has this value; the gold leaves out powers of ten that stand in headers."""
    number = found.value if found.value is not None else ((found.low or 0.0) + (found.high or 0.0)) / 2
    if not value or not number:
        return number == value
    power = math.log10(abs(number / value))
    return number * value > 0 and abs(power - round(power)) < TOLERANCE


def share(part: int, whole: int) -> str:
    """A ratio with three digits, "-" of nothing."""
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    main()
