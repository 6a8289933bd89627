"""The compounds of the Python package `chemicals` (https://github.com/CalebBell/chemicals, MIT) as concepts.

Its tables have no header: PubChem number or -1, CAS number, formula, mass, SMILES, InChI, InChIKey, IUPAC name,
common name, further names. A formula is a name of a compound where it belongs to one inorganic compound only.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError
from kgbuild.formula import normalise_formula

__all__ = ["chemicals_folder", "read_chemicals"]

#: well-known compounds; their formulas are looked up
COMMON_TABLES = ("Inorganic db.tsv", "chemical identifiers pubchem small.tsv")
#: the rest -> how many names of a compound are taken: further ones are catalogue numbers
OTHER_TABLES = {
    "Anion db.tsv": 40,
    "Cation db.tsv": 40,
    "chemical identifiers example user db.tsv": 40,
    "chemical identifiers pubchem large.tsv": 12,
}
MAX_NAME_LENGTH = 60
#: "mg 132" is pentane in one shop and an inhibitor in all papers; PCB 153 and R-134a are names
_CATALOGUE_NUMBER = re.compile(
    r"[a-z]{2,8}[- ]?\d{4,}.*|(?!(?:r|f|fc|cfc|hfc|pcb|bde)[- ]?\d)[a-z]{1,3}[- ]?\d{2,}[a-z]?|[\d ,.-]+|.*\bdtxsid.*",
    re.IGNORECASE,
)


class _Compound(NamedTuple):
    pubchem: str
    cas: str
    formula: str
    inchi_key: str
    name: str
    synonyms: tuple[str, ...]


def chemicals_folder() -> Path:
    """The folder of tables inside the installed package, which is not imported."""
    spec = find_spec("chemicals")
    if spec is None or spec.origin is None:
        raise OntologyError("the package chemicals is not installed; pip install chemicals")
    return Path(spec.origin).parent / "Identifiers"


def read_chemicals(folder: Path) -> Iterator[Concept]:
    """The compounds by CAS number, common ones first."""
    common = [compound for table in COMMON_TABLES for compound in _read_table(folder / table, 200)]
    formulas = _unambiguous_formulas(common, folder)
    for compound in common:
        yield _concept(compound, formulas.get(compound.cas, ""))
    for table, max_names in OTHER_TABLES.items():
        for compound in _read_table(folder / table, max_names):
            yield _concept(compound, "")


def _read_table(path: Path, max_names: int) -> Iterator[_Compound]:
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 8:
            continue
        number, cas, formula, _mass, _smiles, _inchi, key, *names = cells
        wanted = dict.fromkeys(n for n in names[:max_names] if _is_name(n) or n.casefold() == formula.casefold())
        if wanted:
            name = next((name for name in (*names[1:2], *names[:1]) if name in wanted), next(iter(wanted)))
            others = tuple(other for other in wanted if other != name and _is_polymer(other) <= _is_polymer(name))
            yield _Compound(number if number != "-1" else "", cas, formula, key, name, others)


def _is_polymer(name: str) -> bool:
    """Whether a name is that of a polymer, as the tables call monomers too, and ethyl urea "polyurethane"."""
    return name.casefold().startswith("poly")


def _is_name(text: str) -> bool:
    return 2 < len(text) <= MAX_NAME_LENGTH and not _CATALOGUE_NUMBER.fullmatch(text)


def _unambiguous_formulas(compounds: list[_Compound], folder: Path) -> dict[str, str]:
    """CAS number -> formula in Hill's order, where one inorganic compound alone has it or the package prefers one."""
    preferences = json.loads((folder / "inorganic_preferences.json").read_text(encoding="utf-8"))
    preferred, unpreferred = set(preferences["preferred_cas"]), set(preferences["unpreferred_cas"])
    formula_of: dict[str, str] = {}
    for compound in compounds:
        formula = normalise_formula(compound.formula)
        is_inorganic = formula is not None and not re.search(r"C(?![a-z]).*H(?![a-z])", formula)
        if formula is not None and is_inorganic and compound.cas not in unpreferred:
            formula_of[compound.cas] = formula
    n_with = Counter(formula_of.values())
    chosen = {formula_of[cas] for cas in preferred & formula_of.keys()}
    return {
        cas: formula
        for cas, formula in formula_of.items()
        if cas in preferred or (n_with[formula] == 1 and formula not in chosen)
    }


def _concept(compound: _Compound, formula: str) -> Concept:
    synonyms = list(map(Synonym, compound.synonyms))
    xrefs = [f"PUBCHEM.COMPOUND:{compound.pubchem}"] if compound.pubchem else []
    if compound.inchi_key:
        xrefs.append(f"InChIKey:{compound.inchi_key}")
    if formula and formula != compound.name:
        synonyms.append(Synonym(formula))
    return Concept(f"CAS:{compound.cas}", compound.name, "Chemical", tuple(synonyms), xrefs=tuple(xrefs))
