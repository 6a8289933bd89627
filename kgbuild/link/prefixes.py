"""CURIEs in one spelling for the many forms in which ontologies write identifiers; prefixes by `kgbuild.prefixes`."""

import re

from kgbuild.prefixes import PREFIXES, spelled

__all__ = ["contract", "curie", "guess_type", "prefix_of"]

#: beginning of an IRI -> what the CURIE begins with instead; the longest that fits is used
_BEGINNINGS = {
    beginning: f"{prefix.name}:"
    for prefix in PREFIXES.values()
    for beginning in (prefix.iri, *prefix.other_iris)
    if beginning
}
_OBO_IRI = re.compile(r"https?://purl\.obolibrary\.org/obo/([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z]+)?)_(\w+)$")
#: identifiers of the OBO form under other roofs: http://purls.helmholtz-metadaten.de/mwo/MWO_0001001, …/FIX#FIX_0000015
_OBO_LIKE_IRI = re.compile(r"https?://\S*[/#]([A-Za-z]+)_(\d{2,})$")
_EMMO_DOMAIN_IRI = re.compile(r"https?://(?:w3id\.org/emmo|emmo\.info/(?:emmo|domains))/[\w/.-]+#(.+)$")
_BY_LENGTH = sorted(_BEGINNINGS, key=len, reverse=True)


def prefix_of(identifier: str) -> str:
    """What stands before the colon of a CURIE.

    >>> prefix_of("MESH:D003920")
    'MESH'
    """
    return identifier.partition(":")[0]


def curie(identifier: str, default_prefix: str = "") -> str:
    """The identifier in our spelling; one without a prefix gets `default_prefix`, or is recognised by its form.

    >>> curie("MSH:D003920"), curie("HGNC:HGNC:5"), curie("CVCL_0001"), curie("9606", "NCBITaxon")
    ('MESH:D003920', 'HGNC:5', 'CVCL:0001', 'NCBITaxon:9606')
    """
    identifier = identifier.strip().strip("<>")
    if identifier.startswith(("http://", "https://")):
        return contract(identifier)
    prefix, colon, local = identifier.partition(":")
    if not colon:
        return _without_prefix(identifier, default_prefix)
    if local.startswith("CVCL_"):  # RRID:CVCL_0030
        return f"CVCL:{local.removeprefix('CVCL_')}"
    inner, inner_colon, inner_local = local.partition(":")
    if inner_colon and spelled(inner):  # HGNC:HGNC:5, DO:DOID:4
        prefix, local = inner, inner_local
    # releases are named with their date: SNOMEDCT_US_2023_03_01
    undated = re.sub(r"_\d{4}(_\d\d){2}$", "", prefix)
    return f"{spelled(undated) or undated}:{local.strip()}"


def contract(iri: str) -> str:
    """The CURIE of an IRI, or the IRI itself when no table entry fits.

    >>> contract("http://purl.obolibrary.org/obo/HP_0000118"), contract("https://example.org/mwo/MWO_0001001")
    ('HP:0000118', 'MWO:0001001')
    """
    match = _OBO_IRI.match(iri)
    if match:
        return f"{spelled(match[1]) or match[1]}:{match[2]}"
    for beginning in _BY_LENGTH:
        if iri.startswith(beginning) and len(iri) > len(beginning):
            return _BEGINNINGS[beginning] + iri[len(beginning) :].removeprefix("EMMO_")
    match = _EMMO_DOMAIN_IRI.match(iri)
    if match:
        return f"EMMO:{match[1].removeprefix('EMMO_')}"
    match = _OBO_LIKE_IRI.match(iri)
    return f"{spelled(match[1]) or match[1]}:{match[2]}" if match else iri


def guess_type(identifier: str) -> str:
    """The entity type that a CURIE's prefix implies, or "".

    >>> guess_type("MONDO:0005148"), guess_type("MESH:D000001")
    ('Disease', '')
    """
    prefix = PREFIXES.get(prefix_of(identifier))
    return prefix.type if prefix is not None else ""


def _without_prefix(identifier: str, default_prefix: str) -> str:
    underscored = re.match(r"([A-Za-z]+)_(\w+)$", identifier)
    if underscored and spelled(underscored[1]):
        return f"{spelled(underscored[1])}:{underscored[2]}"
    if re.match(r"[CD]\d{6,9}$", identifier):
        return f"MESH:{identifier}"
    return f"{default_prefix}:{identifier}" if default_prefix else identifier
