"""The exceptions that kgbuild raises.

KgbuildError
├── ConfigError        a setting, a schema or a command-line value is wrong: nothing was started
├── ReadError          an input file or one document in it cannot be read: it is listed, the run goes on
├── OntologyError      an ontology cannot be parsed, compiled or found
├── ModelError         weights or an encoder cannot be loaded, or do not fit the settings
├── TrainingDataError  an annotated file breaks its format: names file, line and reason
├── GraphError         a graph folder is missing, damaged or made by an incompatible version
└── QueryError         a Cypher or SPARQL query was refused by the engine
"""

__all__ = [
    "ConfigError",
    "GraphError",
    "KgbuildError",
    "ModelError",
    "OntologyError",
    "QueryError",
    "ReadError",
    "TrainingDataError",
]


class KgbuildError(Exception):
    """Whatever a user can mend: the message says what was expected, what was found, where, and what to do."""


class ConfigError(KgbuildError):
    """A setting, a schema or a command-line value is wrong."""


class ReadError(KgbuildError):
    """An input file, or one document in it, cannot be read."""


class OntologyError(KgbuildError):
    """An ontology cannot be parsed, compiled or found."""


class ModelError(KgbuildError):
    """Weights or an encoder cannot be loaded, or do not fit the settings."""


class TrainingDataError(KgbuildError):
    """An annotated file breaks its format."""


class GraphError(KgbuildError):
    """A graph folder is missing, damaged or made by an incompatible version."""


class QueryError(KgbuildError):
    """A Cypher or SPARQL query was refused by the engine."""
