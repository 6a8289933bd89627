from kgbuild.store.neo4j.load import EvidenceForm, Retraction, load_neo4j
from kgbuild.store.neo4j.report import LoadReport, PartCount, Removal

__all__ = ["EvidenceForm", "LoadReport", "PartCount", "Removal", "Retraction", "load_neo4j"]
