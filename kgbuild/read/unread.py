"""Formats that are known but not read yet, so that their files are named rather than misread as text."""

import re

__all__ = ["ADVICE", "name_unread"]

#: how the file begins -> what it is
MAGIC = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office file (.doc, .xls, .ppt)",
    b"{\\rtf": "RTF",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"%!PS": "PostScript",
    b"\x1f\x8b": "data compressed twice (gzip)",
    b"PAR1": "Parquet",
    b"SQLite format 3": "an SQLite database",
}

#: a pattern in the first bytes of a file that begins with "<" -> what it is, tried in order
XML_PATTERNS = {
    rb"(?i)<(?:\w+:)?(?:tei|teiCorpus)[\s>.]": "TEI (GROBID)",
    rb"\A(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE dblp\b|<dblp[\s>])": "dblp XML",
    rb"<(?:us-)?patent-(?:document|application|grant)\b": "patent XML",
    rb"<(?:\w+:)?svg[\s>]": "an SVG image",
    rb"\A<!(?:ELEMENT|ENTITY|ATTLIST)\b": "a DTD",
}

#: the same for other text formats
TEXT_PATTERNS = {
    rb"(?m)^[ \t]*\\(?:documentclass[\[{]|begin\{document\})": "LaTeX",
    rb"\A(?:%[^\n]*\n\s*)*\\(?:documentstyle|input|begin|chapter|section|newcommand|usepackage)\b": "LaTeX",
    rb"\ATY  - \w+": "RIS",
    rb"\A(?:%[^\n]*\n|\s)*@(?:article|book|in\w+|misc|phdthesis|techreport|string|online|software)\s*\{": "BibTeX",
    rb"\A\{.*\"(?:pdf_parse|body_text|grobidAbstract|paperAbstract|back_matter)\"\s*:": "S2ORC or CORD-19 JSON",
    rb"\A\{.*\"DOI\"\s*:\s*\"10\.": "Crossref JSON",
}

#: what to give instead of a file that holds no paper's words, by what it is
ADVICE = {
    "an old Office file (.doc, .xls, .ppt)": "save a table as .xlsx or CSV, a text as plain text",
    "an OpenDocument file (.odt, .ods)": "save a table as .xlsx or CSV, a text as plain text",
    "Parquet": "give the table as CSV",
    "an SQLite database": "give its tables as CSV",
    "BibTeX": "it lists papers; give their XML or plain text",
    "RIS": "it lists papers; give their XML or plain text",
    "data compressed twice (gzip)": "unpack it once",
}

#: members of an office file, which is a zip, by the folder in which its content lies; .xlsx is read
OFFICE = {
    b"word/": "a Word file (.docx)",
    b"ppt/": "a PowerPoint file (.pptx)",
    b"application/vnd.oasis.opendocument": "an OpenDocument file (.odt, .ods)",
    b"application/epub": "EPUB",
}

#: endings of text formats whose content says too little
ENDINGS = {
    ".tex": "LaTeX",
    ".sty": "LaTeX",
    ".bst": "LaTeX",
    ".bib": "BibTeX",
    ".ris": "RIS",
    ".dtd": "a DTD",
}


def name_unread(head: bytes, name: str) -> str | None:
    """What a file is that no reader has taken, from its first bytes and its name; None for any other.

    >>> name_unread(b"PAR1", "papers.parquet")
    'Parquet'
    """
    for magic, what in MAGIC.items():
        if head.startswith(magic):
            return what
    if head.startswith(b"PK"):
        return next((what for mark, what in OFFICE.items() if mark in head), None)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for pattern, what in (XML_PATTERNS if text.startswith(b"<") else TEXT_PATTERNS).items():
        if re.search(pattern, text, re.DOTALL):
            return what
    return next((what for ending, what in ENDINGS.items() if name.lower().endswith(ending)), None)
