"""CURIEs in one spelling: Biolink's and Bioregistry's prefixes for the many spellings that ontologies use.

The tables are all that kgbuild knows of foreign identifiers; a new prefix is a new line here.
"""

import re

__all__ = ["contract", "curie", "guess_type", "prefix_of"]

#: our spelling -> other spellings, compared without case
SPELLINGS: dict[str, tuple[str, ...]] = {
    "CAS": ("casrn", "cas_rn"),
    "CHEBI": (),
    "CHEMBL.COMPOUND": ("chembl", "chembl.compound"),
    "CHMO": (),
    "CL": ("co_cl",),
    "CVCL": ("cellosaurus",),
    "DBSNP": (),
    "DOID": ("do",),
    "DRUGBANK": (),
    "EC": ("ec-code", "eccode"),
    "EFO": (),
    "EMMO": (),
    "ENSEMBL": (),
    "FPLX": ("famplex",),
    "GARD": (),
    "GO": (),
    "HGNC": (),
    "HMDB": (),
    "HP": ("hpo",),
    "ICD10": ("icd-10",),
    "ICD10CM": (),
    "ICD9": ("icd9cm",),
    "InChIKey": ("inchikey",),
    "MEDDRA": (),
    "MESH": ("msh",),
    "MGI": (),
    "MIR": ("mirbase",),
    "MONDO": (),
    "MOP": (),
    "NCBIGene": ("entrez", "entrezgene", "egid", "geneid", "ncbigene", "ncbi_gene"),
    "NCBITaxon": ("taxon", "taxonomy", "ncbitaxon", "ncbi_taxid"),
    "NCIT": ("nci",),
    "OBI": (),
    "OM": (),
    "OMIM": ("mim",),
    "Orphanet": ("ordo", "orpha", "orphanet.ordo"),
    "PATO": (),
    "PUBCHEM.COMPOUND": ("pubchem", "pubchem.compound"),
    "QUDT": (),
    "REACT": ("reactome",),
    "RGD": (),
    "RHEA": (),
    "RO": (),
    "RXNO": (),
    "SCTID": ("snomedct", "snomedct_us", "snomed"),
    "SO": (),
    "UBERON": (),
    "UMLS": ("umls_cui",),
    "UniProtKB": ("up", "uniprot"),
    "UO": (),
}

#: beginning of an IRI -> what the CURIE begins with instead; the longest that fits is used
IRI_BEGINNINGS: dict[str, str] = {
    "http://emmo.info/emmo#": "EMMO:",
    "https://w3id.org/emmo#": "EMMO:",
    "http://id.nlm.nih.gov/mesh/": "MESH:",
    "http://identifiers.org/mesh/": "MESH:",
    "http://linkedlifedata.com/resource/umls/id/": "UMLS:",
    "http://materials.stanford.edu/": "NANOMINE:",
    "http://nanomine.tw.rpi.edu/ns/": "NANOMINE:",
    "http://purl.bioontology.org/ontology/npo#NPO_": "NPO:",
    "http://purl.enanomapper.org/onto/ENM_": "ENM:",
    "http://qudt.org/vocab/quantitykind/": "QUDT.QUANTITYKIND:",
    "http://qudt.org/vocab/unit/": "QUDT.UNIT:",
    "http://www.ebi.ac.uk/efo/EFO_": "EFO:",
    "http://www.ontology-of-units-of-measure.org/resource/om-2/": "OM:",
    "http://www.orpha.net/ORDO/Orphanet_": "Orphanet:",
    "https://id.nlm.nih.gov/mesh/": "MESH:",
    "https://omim.org/entry/": "OMIM:",
    "https://w3id.org/mdo/calculation/": "MDO:",
    "https://w3id.org/mdo/core/": "MDO:",
    "https://w3id.org/mdo/provenance/": "MDO:",
    "https://w3id.org/mdo/structure/": "MDO:",
    "https://w3id.org/pmd/co/PMD_": "PMD:",
    "https://www.ncbi.nlm.nih.gov/gene/": "NCBIGene:",
}

#: what the concepts of a prefix are, where they are all of one entity type
TYPE_OF_PREFIX: dict[str, str] = {
    "CAS": "Chemical",
    "CHEBI": "Chemical",
    "CHMO": "Method",
    "CL": "CellType",
    "CVCL": "CellLine",
    "DBSNP": "Variant",
    "DOID": "Disease",
    "FPLX": "Gene",
    "GO": "Process",
    "HGNC": "Gene",
    "HP": "Phenotype",
    "MGI": "Gene",
    "MONDO": "Disease",
    "MOP": "Process",
    "NCBIGene": "Gene",
    "NCBITaxon": "Species",
    "OMIM": "Disease",
    "Orphanet": "Disease",
    "PATO": "Property",
    "PUBCHEM.COMPOUND": "Chemical",
    "QUDT.QUANTITYKIND": "Property",
    "QUDT.UNIT": "Quantity",
    "RGD": "Gene",
    "RXNO": "Process",
    "UBERON": "AnatomicalPart",
    "UO": "Quantity",
}

_SPELLING = {other.casefold(): ours for ours, others in SPELLINGS.items() for other in (ours, *others)}
_OBO_IRI = re.compile(r"https?://purl\.obolibrary\.org/obo/([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z]+)?)_(\w+)$")
_EMMO_DOMAIN_IRI = re.compile(r"https?://(?:w3id\.org/emmo|emmo\.info/emmo)/[\w/-]+#(.+)$")
_BY_LENGTH = sorted(IRI_BEGINNINGS, key=len, reverse=True)


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
    if inner_colon and inner.casefold() in _SPELLING:  # HGNC:HGNC:5, DO:DOID:4
        prefix, local = inner, inner_local
    # releases are named with their date: SNOMEDCT_US_2023_03_01
    undated = re.sub(r"_\d{4}(_\d\d){2}$", "", prefix)
    return f"{_SPELLING.get(undated.casefold(), undated)}:{local.strip()}"


def contract(iri: str) -> str:
    """The CURIE of an IRI, or the IRI itself when no table entry fits.

    >>> contract("http://purl.obolibrary.org/obo/HP_0000118")
    'HP:0000118'
    """
    match = _OBO_IRI.match(iri)
    if match:
        return f"{_SPELLING.get(match[1].casefold(), match[1])}:{match[2]}"
    for beginning in _BY_LENGTH:
        if iri.startswith(beginning) and len(iri) > len(beginning):
            return IRI_BEGINNINGS[beginning] + iri[len(beginning) :].removeprefix("EMMO_")
    match = _EMMO_DOMAIN_IRI.match(iri)
    return f"EMMO:{match[1].removeprefix('EMMO_')}" if match else iri


def guess_type(identifier: str) -> str:
    """The entity type that a CURIE's prefix implies, or "".

    >>> guess_type("MONDO:0005148"), guess_type("MESH:D000001")
    ('Disease', '')
    """
    return TYPE_OF_PREFIX.get(prefix_of(identifier), "")


def _without_prefix(identifier: str, default_prefix: str) -> str:
    underscored = re.match(r"([A-Za-z]+)_(\w+)$", identifier)
    if underscored and underscored[1].casefold() in _SPELLING:
        return f"{_SPELLING[underscored[1].casefold()]}:{underscored[2]}"
    if re.match(r"[CD]\d{6,9}$", identifier):
        return f"MESH:{identifier}"
    return f"{default_prefix}:{identifier}" if default_prefix else identifier
