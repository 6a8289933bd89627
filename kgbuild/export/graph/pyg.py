"""PyTorch Geometric: the graph as tensors, in the form that ``HeteroData.from_dict`` takes.

    HeteroData.from_dict(torch.load("graph.pt", weights_only=True))

Nodes are numbered within their type; `node_id` says which CURIE a number is, `edge_id` which edge a column of
`edge_index`. An edge that papers only deny stands under ``not_`` and its predicate, so that no model takes it for a
fact. Evidence stays in the graph. All tensors are in memory, as they are for whoever loads the file.
"""

from pathlib import Path
from typing import Any

import torch

from kgbuild.export.graph.source import GraphSource, is_denied

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()

_NODE_COLUMNS = {"linked": torch.bool, "mention_count": torch.int64, "document_count": torch.int64}
_EDGE_COLUMNS = {
    "belief": torch.float32,
    "evidence_count": torch.int64,
    "documents": torch.int64,
    "negated_count": torch.int64,
    "speculated_count": torch.int64,
}

EdgeType = tuple[str, str, str]


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write one file; how many nodes and edges, and how many types of each, it holds."""
    nodes, places = _nodes(graph)
    edges = _edges(graph, places)
    content: dict[Any, Any] = {"_global_store": {}, **nodes, **edges}
    with path.open("wb") as stream:  # a stream, since torch would write the file's name into the file
        torch.save(content, stream)
    return {
        "nodes": len(places),
        "node types": len(nodes),
        "edges": sum(len(store["edge_id"]) for store in edges.values()),
        "edge types": len(edges),
    }


def _nodes(graph: GraphSource) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[str, int]]]:
    columns: dict[str, dict[str, list[Any]]] = {}
    places: dict[str, tuple[str, int]] = {}
    for row in graph.rows("nodes"):
        store = columns.setdefault(row["type"], {name: [] for name in ("id", "name", *_NODE_COLUMNS)})
        places[row["id"]] = (row["type"], len(store["id"]))
        for name, values in store.items():
            values.append(row[name])
    return {type_: _node_store(columns[type_]) for type_ in sorted(columns)}, places


def _node_store(store: dict[str, list[Any]]) -> dict[str, Any]:
    names = {"num_nodes": len(store["id"]), "node_id": store["id"], "name": store["name"]}
    return {**names, **_tensors(store, _NODE_COLUMNS)}


def _edges(graph: GraphSource, places: dict[str, tuple[str, int]]) -> dict[EdgeType, dict[str, Any]]:
    columns: dict[EdgeType, dict[str, list[Any]]] = {}
    for row in graph.rows("edges"):
        (subject_type, subject), (object_type, object_) = places[row["subject"]], places[row["object"]]
        predicate = f"not_{row['predicate']}" if is_denied(row) else row["predicate"]
        key = (subject_type, predicate, object_type)
        store = columns.setdefault(key, {name: [] for name in ("id", "subject", "object", *_EDGE_COLUMNS)})
        for name, value in {**row, "subject": subject, "object": object_}.items():
            if name in store:
                store[name].append(value)
    return {
        key: {
            "edge_index": torch.tensor([store["subject"], store["object"]], dtype=torch.int64),
            "edge_id": store["id"],
            **_tensors(store, _EDGE_COLUMNS),
        }
        for key, store in sorted(columns.items())
    }


def _tensors(store: dict[str, list[Any]], types: dict[str, torch.dtype]) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(store[name], dtype=type_) for name, type_ in types.items()}
