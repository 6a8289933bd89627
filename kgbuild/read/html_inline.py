"""What stands inside the lines of an HTML page: links to references and notes, formulas, and what is no text at all."""

import re

from kgbuild.read.layout import clean
from kgbuild.read.xml import Element

__all__ = ["flat", "is_left_out", "link_share", "mark_inline"]

#: elements without words of the paper
SILENT = frozenset(
    {"script", "style", "noscript", "template", "iframe", "frame", "object", "embed", "svg", "canvas", "audio", "video"}
    | {"nav", "footer", "form", "button", "select", "input", "textarea", "label", "dialog", "map", "link", "meta"}
)
ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog"})
#: words of classes and identifiers of what stands around a paper
SURROUNDINGS = frozenset(
    {"ad", "ads", "advert", "advertisement", "anchors", "banner", "branding", "breadcrumb", "breadcrumbs", "cookie"}
    | {"cookies", "footer", "menu", "metrics", "nav", "navbar", "navigation", "navigator", "newsletter", "pager"}
    | {"pagination", "recommended", "related", "share", "sharing", "sidebar", "social", "toolbar", "visuallyhidden"}
    | {"citationlinks", "casrecord", "refquivkviewlink", "mathjax_preview", "katex-html", "mjx-assistive-mml"}
)

_NUMBERS = re.compile(r"[(\[]?([\d\s,;–—\-−a-z]*\d[\d\s,;–—\-−a-z]*)[)\]]?")
_REFERENCE = re.compile(r"(?:\b|_)(?:ref|cit|bib|cr|rf|b|r|c|en)[\w.-]*?[-_.]?\d+", re.IGNORECASE)
_ELSEWHERE = re.compile(r"fig|tab|tbl|eq|sec|sch|app|box|fn\d|foot|note|supp|cor|aff", re.IGNORECASE)
#: links to copies and files, with what is said of their size
_BUTTON = re.compile(
    r"webcite|download (?:file|pdf|citation)|view (?:larger version|article|pdf|in article)"
    r"|full size(?: image| table)?|open in (?:a )?new (?:tab|window)",
    re.IGNORECASE,
)
_NOTE_MARK = re.compile(r"[a-z*†‡§¶#∥‖|]{1,3}|\(?[a-z]\)?", re.IGNORECASE)


def is_left_out(node: Element) -> bool:
    """Whether an element belongs to the page rather than to the paper, by its tag, role or name."""
    if node.tag in SILENT:
        return not (node.tag == "script" and node.get("type", "").startswith("math/"))
    if node.tag == "a" and _BUTTON.fullmatch(flat(node)):
        return True
    if node.get("role", "") in ROLES or node.get("hidden") is not None:
        return True
    words = re.split(r"[\s]+|(?<=[a-z])[-_](?=[a-z])", f"{node.get('class', '')} {node.get('id', '')}".lower())
    return not SURROUNDINGS.isdisjoint(words)


def mark_inline(body: Element) -> None:
    """Names links and formulas as JATS does: ``xref`` to references and notes, ``tex-math``."""
    for node in list(body.iter("script")):
        node.tag, node.text = "tex-math", node.text or ""
    for node in list(body.iter("a")):
        kind = _kind(node)
        if kind is None:
            continue
        node.tag = "xref"
        node.set("ref-type", kind)
        numbers = _NUMBERS.fullmatch(flat(node))
        if kind == "bibr":
            for part in node.iter():
                part.text = re.sub(r"[a-z]", "", part.text or "")  # 5a,h: parts of one reference
        if kind == "bibr" and numbers is not None and flat(node)[0] in "([" and _is_glued(node):
            del node[:]
            node.text = numbers[1]


def link_share(node: Element) -> float:
    """Which share of the words stand in links to other places, in [0, 1]; 0 without words."""
    whole = len(flat(node))
    links = [link for link in node.iter("a") if next(link.iterancestors("a"), None) is None]
    return sum(len(flat(link)) for link in links) / whole if whole else 0.0


def flat(node: Element) -> str:
    """The words of an element in one line."""
    return clean("".join(node.itertext()))


def _kind(link: Element) -> str | None:
    """The ``ref-type`` of a link inside the page, None for any other."""
    text = flat(link)
    target = (
        f"{link.get('href', '').rpartition('#')[2] if '#' in link.get('href', '') else ''} {link.get('onclick', '')}"
    )
    if not text or not target.strip():
        return None
    if _NUMBERS.fullmatch(text) and _REFERENCE.search(target) and not _ELSEWHERE.search(target):
        return "bibr"
    return "fn" if _NOTE_MARK.fullmatch(text) and len(text) <= 3 else None


def _is_glued(node: Element) -> bool:
    """Whether a character other than a blank stands right before an element."""
    before = node.getprevious()
    text = node.getparent().text if before is None else before.tail
    return text is None or not text or not text[-1].isspace()
