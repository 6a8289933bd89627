"""What corpora and annotation tools call entity types and identifiers, mapped onto ours.

PubTator and BioC files name types freely ("GeneOrGeneProduct", "SNP") and write identifiers bare ("D003409", "9606");
here they become the types of the schemas and CURIEs in the spelling of `kgbuild.prefixes`. What is in no table stays as
it is.
"""

import re

from kgbuild.prefixes import spelled

__all__ = ["entity_type", "read_concepts", "split_identifiers"]

#: label in a corpus -> entity type
TYPES = {
    "GeneOrGeneProduct": "Gene",
    "GENERIF": "Gene",
    "STARGENE": "Gene",
    "GENE": "Gene",
    "Protein": "Gene",
    "FamilyName": "Gene",
    "DomainMotif": "Gene",
    "DiseaseOrPhenotypicFeature": "Disease",
    "SpecificDisease": "Disease",
    "DiseaseClass": "Disease",
    "Modifier": "Disease",
    "CompositeMention": "Disease",
    "ChemicalEntity": "Chemical",
    "CHEMICAL": "Chemical",
    "Drug": "Chemical",
    "OrganismTaxon": "Species",
    "Organism": "Species",
    "Strain": "Species",
    "Genus": "Species",
    "SequenceVariant": "Variant",
    "Mutation": "Variant",
    "ProteinMutation": "Variant",
    "DNAMutation": "Variant",
    "OtherMutation": "Variant",
    "SNP": "Variant",
    "DNAAllele": "Variant",
    "ProteinAllele": "Variant",
    "AcidChange": "Variant",
    "Cell": "CellType",
    "Cell_line": "CellLine",
    "Cell_type": "CellType",
    "cell_line": "CellLine",
    "cell_type": "CellType",
}
#: type -> prefix of its identifiers where they are bare numbers
NUMBER_PREFIXES = {"Gene": "NCBIGene", "Species": "NCBITaxon"}
UNLINKED = frozenset({"", "-", "-1", "NA", "None", "null", "Unknown"})

_SEPARATORS = re.compile(r"[|,;+]")
_TAX_SUFFIX = re.compile(r"\(Tax:\d+\)$", re.IGNORECASE)
_MESH = re.compile(r"[CD]\d{6,9}")
_CELLOSAURUS = re.compile(r"(?:CVCL:)?CVCL_(\w+)")
_DBSNP = re.compile(r"(?:\brs|RS#:|dbSNP:(?:rs)?)(\d+)\b", re.IGNORECASE)
_TMVAR_PREFIX = re.compile(r"^(?:tmVar|dbSNP):", re.IGNORECASE)


def entity_type(label: str) -> str:
    """The entity type of a corpus label; a label that is in no table is its own type.

    >>> entity_type("DiseaseOrPhenotypicFeature")
    'Disease'
    """
    return TYPES.get(label, label)


def split_identifiers(field: str) -> list[str]:
    """The identifiers of a field that joins several by ``|``, ``,``, ``;`` or ``+``, without those that mean "none"."""
    pieces = (_TAX_SUFFIX.sub("", piece.strip()) for piece in _SEPARATORS.split(field))
    return [piece for piece in pieces if piece not in UNLINKED]


def read_concepts(field: str, type_name: str) -> tuple[str, ...]:
    """CURIEs in an identifier field of a mention of this type, in their order, each once.

    A variant is its dbSNP numbers, else its tmVar forms, which hold bars and stay as written; the gene that tmVar 3
    puts beside it is not the variant and is left out.

    >>> read_concepts("D003409|D012131", "Disease")
    ('MESH:D003409', 'MESH:D012131')
    >>> read_concepts("dbSNP:p|SUB|S|276|T,dbSNP:2234671,NCBI Gene:3577", "Variant")
    ('DBSNP:rs2234671',)
    """
    found = _variant_concepts(field) if type_name == "Variant" else _concepts(field, type_name)
    return tuple(dict.fromkeys(found))


def _concepts(field: str, type_name: str) -> list[str]:
    return [_curie(piece, type_name) for piece in split_identifiers(field)]


def _variant_concepts(field: str) -> list[str]:
    numbers = _DBSNP.findall(field)
    if numbers:
        return [f"DBSNP:rs{number}" for number in numbers]
    pieces = [_TMVAR_PREFIX.sub("", piece.strip()) for piece in re.split(r"[,;]", field)]
    pieces = [piece for piece in pieces if piece not in UNLINKED]
    return [piece for piece in pieces if "|" in piece] or [_curie(piece, "Variant") for piece in pieces]


def _curie(identifier: str, type_name: str) -> str:
    cell_line = _CELLOSAURUS.fullmatch(identifier)
    if cell_line:
        return f"CVCL:{cell_line[1]}"
    prefix, colon, local = identifier.partition(":")
    if colon:
        return f"{spelled(prefix.strip()) or prefix}:{local.strip()}"
    if _MESH.fullmatch(identifier):
        return f"MESH:{identifier}"
    if identifier.isdecimal() and type_name in NUMBER_PREFIXES:
        return f"{NUMBER_PREFIXES[type_name]}:{identifier}"
    return identifier
