"""Makes kgbuild/importing/biolink.tsv from the package `biolink-model`: python tests/importing/biolink_hierarchy.py

A line for each class, but for those of associations, and each predicate that stands below another: its CURIE, and the
CURIEs of those above it.
"""

from importlib.resources import files
from pathlib import Path

import yaml

TABLE = Path(__file__).parents[2] / "kgbuild" / "importing" / "biolink.tsv"


def hierarchy() -> str:
    model = yaml.load((files("biolink_model") / "schema" / "biolink_model.yaml").read_bytes(), yaml.CSafeLoader)
    lines = [f"# Biolink Model {model['version']} (https://w3id.org/biolink, CC0-1.0): child, parents\n"]
    things = {name: item for name, item in model["classes"].items() if "association" not in name}
    lines += _lines(things, lambda name: "".join(_capitalised(word) for word in name.split()))
    predicates = {name: slot for name, slot in model["slots"].items() if _is_predicate(name, model["slots"])}
    lines += _lines(predicates, lambda name: name.replace(" ", "_"))
    return "".join(lines)


def _lines(elements, spelled):
    for name in sorted(elements):
        parents = [parent for parent in (elements[name].get("is_a"), *elements[name].get("mixins", ())) if parent]
        if parents:
            yield "\t".join(f"biolink:{spelled(item)}" for item in (name, *parents)) + "\n"


def _capitalised(word):
    return word[0].upper() + word[1:]


def _is_predicate(name, slots):
    while name and name != "related to":
        name = slots[name].get("is_a")
    return bool(name)


if __name__ == "__main__":
    TABLE.write_text(hierarchy(), "utf-8")
