from kgbuild.importing.given import Tally
from kgbuild.importing.readers import find_graph_files, read_graph_file
from kgbuild.importing.terms import Terms

__all__ = ["Tally", "Terms", "find_graph_files", "read_graph_file"]
