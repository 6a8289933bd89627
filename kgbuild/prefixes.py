"""The one table of CURIE prefixes: in whose spelling we write them, how others do, what their IRIs begin with.

Readers, ontologies, stores and queries all go by it; a new prefix is a new line here. Prefixes are Biolink's and
Bioregistry's. IRIs are the ontology's own (OBO, MeSH, Cellosaurus), elsewhere those of identifiers.org; an identifier
whose prefix has none here gets that of Bioregistry's resolver, so that every CURIE has an IRI.
"""

import re
from functools import lru_cache
from string import ascii_letters, digits
from urllib.parse import quote, unquote

import msgspec

__all__ = [
    "CURIE",
    "NAMESPACES",
    "PREFIXES",
    "SAFE",
    "VOCABULARIES",
    "Prefix",
    "curie_of_iri",
    "encoded",
    "iri_of_curie",
    "namespace_of",
    "spelled",
]

#: what a CURIE looks like: the pattern of a regular expression
CURIE = r"^[A-Za-z_][A-Za-z0-9_.-]*:\S+$"

_OBO = "http://purl.obolibrary.org/obo/"
_IDENTIFIERS = "http://identifiers.org/"
_RESOLVER = "https://bioregistry.io/"

#: an absolute IRI as RDF takes it, with a host
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^\x00-\x20<>\"{}|^`\\%]|%[0-9A-Fa-f]{2})+")


class Prefix(msgspec.Struct, frozen=True):
    """`iri` is what its IRIs begin with, "" where only the resolver serves; `other_iris` are what ontologies write
    instead; `spellings` are compared without case; `type` is what its concepts are, "" where of several types.
    """

    name: str
    iri: str = ""
    spellings: tuple[str, ...] = ()
    type: str = ""
    other_iris: tuple[str, ...] = ()


def _obo(name: str, *spellings: str, type: str = "") -> Prefix:
    return Prefix(name, f"{_OBO}{name}_", spellings, type)


def _registered(
    name: str, collection: str, *spellings: str, type: str = "", other_iris: tuple[str, ...] = ()
) -> Prefix:
    return Prefix(name, f"{_IDENTIFIERS}{collection}/", spellings, type, other_iris)


_TABLE = (
    _registered("CAS", "cas", "casrn", "cas_rn", type="Chemical"),
    _obo("CHEBI", type="Chemical"),
    _registered("CHEMBL.COMPOUND", "chembl.compound", "chembl"),
    _obo("CHMO", type="Method"),
    _obo("CL", "co_cl", type="CellType"),
    _obo("CLO"),
    Prefix("CVCL", "https://www.cellosaurus.org/CVCL_", ("cellosaurus",), "CellLine"),
    _registered("DBSNP", "dbsnp", type="Variant"),
    Prefix("DOI", "https://doi.org/"),
    _obo("DOID", "do", type="Disease"),
    _registered("DRUGBANK", "drugbank"),
    Prefix("EC", spellings=("ec-code", "eccode")),
    Prefix("EFO", "http://www.ebi.ac.uk/efo/EFO_"),
    Prefix("EMMO", other_iris=("https://w3id.org/emmo#", "http://emmo.info/emmo#")),
    Prefix("ENM", "http://purl.enanomapper.org/onto/ENM_"),
    _registered("ENSEMBL", "ensembl"),
    _registered("FPLX", "fplx", "famplex", type="Gene"),
    Prefix("GARD"),
    _obo("GO", type="Process"),
    _registered("HGNC", "hgnc", type="Gene"),
    Prefix("HMDB"),
    _obo("HP", "hpo", type="Phenotype"),
    Prefix("ICD10", spellings=("icd-10",)),
    Prefix("ICD10CM"),
    Prefix("ICD9", spellings=("icd9cm",)),
    _registered("InChIKey", "inchikey"),
    Prefix(
        "MDO",
        other_iris=tuple(
            f"https://w3id.org/mdo/{part}/" for part in ("calculation", "core", "provenance", "structure")
        ),
    ),
    Prefix("MEDDRA", "http://purl.bioontology.org/ontology/MEDDRA/"),
    Prefix(
        "MESH",
        "http://id.nlm.nih.gov/mesh/",
        ("msh",),
        other_iris=("https://id.nlm.nih.gov/mesh/", "http://identifiers.org/mesh/"),
    ),
    Prefix("MGI", f"{_IDENTIFIERS}mgi/MGI:", type="Gene", other_iris=(f"{_IDENTIFIERS}mgi/",)),
    _registered("mirbase", "mirbase", "mir"),
    _obo("MONDO", type="Disease"),
    _obo("MOP", type="Process"),
    _obo("MP"),
    Prefix("NANOMINE", other_iris=("http://materials.stanford.edu/", "http://nanomine.tw.rpi.edu/ns/")),
    _registered(
        *("NCBIGene", "ncbigene", "entrez", "entrezgene", "egid", "geneid", "ncbi_gene", "ncbi gene"),
        type="Gene",
        other_iris=("https://www.ncbi.nlm.nih.gov/gene/",),
    ),
    _obo(
        *("NCBITaxon", "tax", "taxon", "taxonomy", "ncbi_taxid", "ncbi taxonomy", "ncbitaxonomyid"),
        type="Species",
    ),
    _obo("NCIT", "nci"),
    Prefix("NPO", "http://purl.bioontology.org/ontology/npo#NPO_"),
    _obo("OBI"),
    Prefix("OM", "http://www.ontology-of-units-of-measure.org/resource/om-2/"),
    _registered("OMIM", "mim", "mim", type="Disease", other_iris=("https://omim.org/entry/",)),
    Prefix("Orphanet", "http://www.orpha.net/ORDO/Orphanet_", ("ordo", "orpha", "orphanet.ordo"), "Disease"),
    _obo("PATO", type="Property"),
    Prefix("PMC", "https://europepmc.org/articles/", other_iris=("https://europepmc.org/article/PMC/",)),
    Prefix("PMD", "https://w3id.org/pmd/co/PMD_"),
    _registered("PMID", "pubmed", "pubmed"),
    _obo("PR"),
    _registered("PUBCHEM.COMPOUND", "pubchem.compound", "pubchem", type="Chemical"),
    Prefix(
        *("QUDT", "http://qudt.org/vocab/quantitykind/", ("qudt.quantitykind",), "Property"),
        other_iris=("https://qudt.org/vocab/quantitykind/",),
    ),
    Prefix("QUDT.UNIT", "http://qudt.org/vocab/unit/", type="Quantity", other_iris=("https://qudt.org/vocab/unit/",)),
    Prefix("REACT", spellings=("reactome",)),
    _registered("RGD", "rgd", type="Gene"),
    Prefix("RHEA"),
    _obo("RO"),
    _obo("RXNO", type="Process"),
    Prefix("SCTID", spellings=("snomedct", "snomedct_us", "snomed")),
    _obo("SO"),
    _obo("UBERON", type="AnatomicalPart"),
    _registered("UMLS", "umls", "umls_cui", other_iris=("http://linkedlifedata.com/resource/umls/id/",)),
    _registered("UniProtKB", "uniprot", "up", "uniprot"),
    _obo("UO", type="Quantity"),
)

#: prefixes of identifiers, by our spelling
PREFIXES: dict[str, Prefix] = {prefix.name: prefix for prefix in _TABLE}

#: prefixes of the graph's own records, and of the terms that RDF describes it in
VOCABULARIES: dict[str, str] = {
    "kg": "https://w3id.org/kgbuild/vocab/",
    "kgb": "https://w3id.org/kgbuild/id/",
    "biolink": "https://w3id.org/biolink/vocab/",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "qudt": "http://qudt.org/schema/qudt/",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_PUNCTUATION = "/:@!$&()*+,;=-._~"
#: what an IRI holds as it is; all else of a CURIE is percent-encoded
SAFE = ascii_letters + digits + _PUNCTUATION

#: SPARQL and Turtle prefix -> what it stands for; none begins another
NAMESPACES: dict[str, str] = VOCABULARIES | {prefix.name: prefix.iri for prefix in _TABLE if prefix.iri}

_SPELLING = {other.casefold(): prefix.name for prefix in _TABLE for other in (prefix.name, *prefix.spellings)}
#: the resolver's IRIs hold the whole CURIE
_START_OF_CURIE = {_RESOLVER: ""} | {namespace: f"{name}:" for name, namespace in NAMESPACES.items()}
_NAMESPACE_LENGTHS = sorted({len(namespace) for namespace in _START_OF_CURIE})


def spelled(prefix: str) -> str | None:
    """Our spelling of a prefix, None if it is not in the table.

    >>> spelled("ncbi gene"), spelled("mim"), spelled("doi")
    ('NCBIGene', 'OMIM', 'DOI')
    """
    return _SPELLING.get(prefix.casefold())


@lru_cache(maxsize=65536)  # an edge, a document and a node are named in many rows
def iri_of_curie(curie: str) -> str:
    """The IRI of a CURIE; characters that an IRI may not hold are percent-encoded.

    >>> iri_of_curie("MONDO:0005148"), iri_of_curie("tool:a b")
    ('http://purl.obolibrary.org/obo/MONDO_0005148', 'https://bioregistry.io/tool:a%20b')
    """
    prefix, colon, local = curie.partition(":")
    if _IRI.fullmatch(curie) and curie_of_iri(curie) == curie:  # of someone else, for which there is no prefix
        return curie
    return namespace_of(prefix) + encoded(local) if colon else _RESOLVER + encoded(curie)


def namespace_of(prefix: str) -> str:
    """What the IRIs of a prefix begin with.

    >>> namespace_of("MONDO"), namespace_of("tool")
    ('http://purl.obolibrary.org/obo/MONDO_', 'https://bioregistry.io/tool:')
    """
    return NAMESPACES.get(prefix, f"{_RESOLVER}{encoded(prefix)}:")


def encoded(text: str, *, also: str = "") -> str:
    """The text with what is neither in SAFE nor in `also` percent-encoded."""
    return quote(text, safe=_PUNCTUATION + also)


def curie_of_iri(iri: str) -> str:
    """The CURIE from which `iri_of_curie` makes the IRI; the IRI itself if there is none.

    >>> curie_of_iri("https://bioregistry.io/tool:a%20b"), curie_of_iri("http://example.org/a%20b")
    ('tool:a b', 'http://example.org/a%20b')
    """
    for length in _NAMESPACE_LENGTHS:
        start = _START_OF_CURIE.get(iri[:length])
        if start is not None:
            local = unquote(iri[length:])
            return start + local if encoded(local) == iri[length:] else iri
    return iri
