"""IRIs of CURIEs, by the prefix map under which the RDF store and SPARQL queries work.

Where an ontology has its own IRIs (OBO, MeSH, Cellosaurus) they are used; elsewhere identifiers.org; for a prefix
that is not listed, Bioregistry's resolver, so that every CURIE has an IRI.
"""

from functools import lru_cache
from urllib.parse import quote

__all__ = ["PREFIXES", "iri"]

_OBO = "http://purl.obolibrary.org/obo/"
_IDENTIFIERS = "http://identifiers.org/"

#: SPARQL and Turtle prefix -> what it stands for
PREFIXES: dict[str, str] = {
    "kg": "https://w3id.org/kgbuild/vocab/",
    "kgb": "https://w3id.org/kgbuild/id/",
    "biolink": "https://w3id.org/biolink/vocab/",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{
        prefix: f"{_OBO}{prefix}_"
        for prefix in (
            *("CHEBI", "CHMO", "CL", "CLO", "DOID", "GO", "HP", "MONDO", "MOP", "MP"),
            *("NCBITaxon", "OBI", "PATO", "PR", "RO", "SO", "UBERON", "UO"),
        )
    },
    "CAS": _IDENTIFIERS + "cas/",
    "CHEMBL.COMPOUND": _IDENTIFIERS + "chembl.compound/",
    "CVCL": "https://www.cellosaurus.org/CVCL_",
    "DBSNP": _IDENTIFIERS + "dbsnp/",
    "DOI": "https://doi.org/",
    "DRUGBANK": _IDENTIFIERS + "drugbank/",
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "ENSEMBL": _IDENTIFIERS + "ensembl/",
    "FPLX": _IDENTIFIERS + "fplx/",
    "HGNC": _IDENTIFIERS + "hgnc/",
    "InChIKey": _IDENTIFIERS + "inchikey/",
    "MESH": "http://id.nlm.nih.gov/mesh/",
    "MGI": _IDENTIFIERS + "mgi/",
    "NCBIGene": _IDENTIFIERS + "ncbigene/",
    "OMIM": _IDENTIFIERS + "mim/",
    "Orphanet": "http://www.orpha.net/ORDO/Orphanet_",
    "PMC": "https://europepmc.org/article/PMC/",
    "PMID": _IDENTIFIERS + "pubmed/",
    "PUBCHEM.COMPOUND": _IDENTIFIERS + "pubchem.compound/",
    "QUDT": "http://qudt.org/vocab/quantitykind/",
    "RGD": _IDENTIFIERS + "rgd/",
    "UMLS": _IDENTIFIERS + "umls/",
    "UniProtKB": _IDENTIFIERS + "uniprot/",
}


@lru_cache(maxsize=65536)  # an edge, a document and a node are named in many rows
def iri(curie: str) -> str:
    """The IRI of a CURIE; characters that an IRI may not hold are percent-encoded.

    >>> iri("MONDO:0005148"), iri("tool:a b")
    ('http://purl.obolibrary.org/obo/MONDO_0005148', 'https://bioregistry.io/tool:a%20b')
    """
    prefix, colon, local = curie.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + _encoded(local)
    return f"https://bioregistry.io/{_encoded(curie)}"


def _encoded(local: str) -> str:
    return quote(local, safe="/:@!$&()*+,;=-._~")
