"""What the names of files say: which to pass over, and how to write out one that is not text."""

__all__ = ["GRAPH_MARK", "is_hidden", "printable_name"]

#: file that marks the folder of a graph, whose files are no papers
GRAPH_MARK = ".kgbuild"


def is_hidden(name: str) -> bool:
    """Whether a file or folder name marks what systems leave beside the data.

    >>> [is_hidden(name) for name in (".DS_Store", "__MACOSX", "paper.xml")]
    [True, True, False]
    """
    return (name.startswith(".") and name not in (".", "..")) or name == "__MACOSX"


def printable_name(name: str) -> str:
    r"""A name or path with the bytes that are not UTF-8, which Python keeps as surrogates, written out as escapes.

    >>> printable_name(b"caf\xe9.xml".decode("utf-8", "surrogateescape"))
    'caf\\xe9.xml'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
