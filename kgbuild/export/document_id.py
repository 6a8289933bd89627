"""A document's identifier as the annotation formats write it: what the readers made a CURIE becomes bare again."""

import re

__all__ = ["plain_id"]

_SCHEMES = re.compile(r"PMID:(?=\d+$)|PMC:(?=PMC\d+$)|(?:pubtator|bioc):")


def plain_id(curie: str) -> str:
    """The identifier without the scheme that a reader put before it; other CURIEs stay whole.

    >>> plain_id("PMID:227508"), plain_id("PMC:PMC13900"), plain_id("kgb:doc-1f")
    ('227508', 'PMC13900', 'kgb:doc-1f')
    """
    return _SCHEMES.sub("", curie, count=1)
