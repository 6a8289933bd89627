"""Text that is no paper or table: markup and JSON that no reader knows, and programs, lest they be read as prose."""

import json
import re

from kgbuild.read.csv_table import ENDINGS as TABLES
from kgbuild.read.markdown import ENDINGS as MARKDOWN
from kgbuild.read.xml import head_text, root_tag

__all__ = ["name_foreign"]

#: endings of files that are data or programs, whatever they hold -> what they are
ENDINGS = {
    ".bash": "a shell script",
    ".c": "C source code",
    ".cc": "C++ source code",
    ".cfg": "a configuration file",
    ".cpp": "C++ source code",
    ".css": "CSS",
    ".f90": "Fortran source code",
    ".go": "Go source code",
    ".h": "C source code",
    ".hpp": "C++ source code",
    ".ini": "a configuration file",
    ".ipynb": "a Jupyter notebook",
    ".java": "Java source code",
    ".jl": "Julia source code",
    ".js": "JavaScript",
    ".json": "JSON",
    ".jsonl": "JSON Lines",
    ".log": "a log file",
    ".pl": "Perl source code",
    ".py": "Python source code",
    ".r": "R source code",
    ".rb": "Ruby source code",
    ".rs": "Rust source code",
    ".sh": "a shell script",
    ".sql": "SQL",
    ".toml": "TOML",
    ".ts": "TypeScript",
    ".yaml": "YAML",
    ".yml": "YAML",
}
#: tags with which prose may begin: "<i>E. coli</i> grows"
INLINE = frozenset(
    {"a", "abbr", "b", "bold", "br", "em", "font", "i", "italic", "sc", "small", "span", "strong", "sub", "sup", "tt"}
    | {"u", "underline"}
)
#: characters at the end of a text that is cut off in which JSON's reader finds the error
TORN = 6

_COMMENTS = re.compile(r"\A(?:<!--.*?-->\s*)+", re.DOTALL)
_DECLARATION = re.compile(r"<\?|<!DOCTYPE\b", re.IGNORECASE)
_TAG = re.compile(r"<(?P<name>[A-Za-z_][\w.:-]*)(?:\s[^<>]*)?/?>\s*")


def name_foreign(head: bytes, name: str) -> str | None:
    """What a text is that is no prose, from its first bytes and its name; None for what may be prose or a table.

    >>> name_foreign(b"<book><title>Genes</title></book>", "genes.xml"), name_foreign(b"<5 % fell ill.", "ill.txt")
    ('XML with the root <book>', None)
    """
    name = name.lower()
    named = next((what for ending, what in ENDINGS.items() if name.endswith(ending)), None)
    if named is not None:
        return named
    if head.startswith(b"#!"):
        return "a script"
    text = head_text(head)
    if _DECLARATION.match(text) or (_is_xml(text) and not name.endswith((*MARKDOWN, *TABLES))):
        root = root_tag(head)
        return f"XML with the root <{root}>" if root else "XML"
    return "JSON" if _is_json(text) else None


def _is_xml(text: str) -> bool:
    """Whether it begins with an element, not with a tag in prose or a word in pointed brackets."""
    text = _COMMENTS.sub("", text)
    tag = _TAG.match(text)
    if tag is None or tag["name"].lower() in INLINE:
        return False
    return text[tag.end() : tag.end() + 1] in ("", "<") or f"</{tag['name']}" in text


def _is_json(text: str) -> bool:
    """Whether it is an object or array, objects one after the other, or the beginning of one that is cut off."""
    if not text.startswith(("{", "[")):
        return False
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text.rstrip()) - TORN or error.msg.startswith("Unterminated string")
    return isinstance(value, dict) or not text[end:].strip()
