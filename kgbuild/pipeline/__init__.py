from kgbuild.pipeline.annotate import Annotation, annotate
from kgbuild.pipeline.build import build
from kgbuild.pipeline.documents import graph_documents
from kgbuild.pipeline.imports import ImportReport, import_graphs
from kgbuild.pipeline.merge import MergeReport, merge
from kgbuild.pipeline.report import BuildReport, Manifest, read_manifest
from kgbuild.pipeline.stages import Extractor, Linker, Recipe, Stages, recipe

__all__ = [
    "Annotation",
    "BuildReport",
    "Extractor",
    "ImportReport",
    "Linker",
    "Manifest",
    "MergeReport",
    "Recipe",
    "Stages",
    "annotate",
    "build",
    "graph_documents",
    "import_graphs",
    "merge",
    "read_manifest",
    "recipe",
]
