from kgbuild.store.neo4j.load import Retraction, load_neo4j
from kgbuild.store.neo4j.report import LoadReport, PartCount, Removal
from kgbuild.store.neo4j.vectors import NameEncoder
from kgbuild.store.property_graph import EvidenceForm

__all__ = ["EvidenceForm", "LoadReport", "NameEncoder", "PartCount", "Removal", "Retraction", "load_neo4j"]
