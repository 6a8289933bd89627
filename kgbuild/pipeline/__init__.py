from kgbuild.pipeline.build import build
from kgbuild.pipeline.report import BuildReport, Manifest, read_manifest
from kgbuild.pipeline.stages import Extractor, Linker, Recipe, Stages, recipe

__all__ = [
    "BuildReport",
    "Extractor",
    "Linker",
    "Manifest",
    "Recipe",
    "Stages",
    "build",
    "read_manifest",
    "recipe",
]
