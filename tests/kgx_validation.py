"""KGX's own validator over a folder of nodes and edges, without a network; run beside KGX, see `kgx_peer.py`.

KGX fetches the Biolink Model, its predicate mappings and its prefixes; here the package `biolink-model` gives the model
and the prefixes, and nothing asks for the mappings. Prints what it read and all errors as JSON.

    python kgx_validation.py tsv|jsonl FOLDER ['{"prefix": "IRI"}']
"""

import json
import logging
import sys
from pathlib import Path

import biolink_model
import bmt
import kgx.config

MODEL = Path(biolink_model.__path__[0])
PREFIXES = MODEL / "prefixmaps" / "biolink-model-prefix-map.json"


def validate(format_name: str, folder: Path, prefixes: dict[str, str]) -> dict[str, object]:
    kgx.config.jsonld_context_map["biolink"] = json.loads(PREFIXES.read_text("utf-8")) | prefixes
    kgx.config.get_logger().setLevel(logging.ERROR)
    model = str(MODEL / "schema" / "biolink_model.yaml")
    bmt.Toolkit.__init__.__defaults__ = (model, {"predicate mappings": []})  # KGX makes one when it is imported
    from kgx.transformer import Transformer
    from kgx.validator import Validator

    seen = {"NODE": 0, "EDGE": 0}

    def count(kind: object, _record: list[object]) -> None:
        seen[kind.name] += 1

    validator = Validator(progress_monitor=count)
    Transformer(stream=True).transform(
        input_args={
            "filename": [str(folder / f"{name}.{format_name}") for name in ("nodes", "edges")],
            "format": format_name,
        },
        output_args={"format": "null"},
        inspector=validator,
    )
    return {"nodes": seen["NODE"], "edges": seen["EDGE"], "errors": validator.get_errors()}


if __name__ == "__main__":
    declared = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
    json.dump(validate(sys.argv[1], Path(sys.argv[2]), declared), sys.stdout)
