from kgbuild.pipeline.annotate import Annotation, annotate
from kgbuild.pipeline.build import build
from kgbuild.pipeline.merge import MergeReport, merge
from kgbuild.pipeline.report import BuildReport, Manifest, read_manifest
from kgbuild.pipeline.stages import Extractor, Linker, Recipe, Stages, recipe

__all__ = [
    "Annotation",
    "BuildReport",
    "Extractor",
    "Linker",
    "Manifest",
    "MergeReport",
    "Recipe",
    "Stages",
    "annotate",
    "build",
    "merge",
    "read_manifest",
    "recipe",
]
