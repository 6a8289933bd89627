from kgbuild.store.neo4j.load import Retraction, load_neo4j
from kgbuild.store.neo4j.report import LoadReport, PartCount, Removal
from kgbuild.store.neo4j.vectors import NameEncoder

__all__ = ["LoadReport", "NameEncoder", "PartCount", "Removal", "Retraction", "load_neo4j"]
