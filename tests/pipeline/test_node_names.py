import pytest
from papers import mention

from kgbuild.assemble import assemble
from kgbuild.document import Document
from kgbuild.pipeline.node_names import node_form
from kgbuild.schema import load_schema
from kgbuild.tables import Row

SCHEMA = load_schema()


@pytest.mark.parametrize(
    ("type", "names"),
    [
        ("Form", ("nanoparticle", "nanoparticles", "Nano-particles", "nano particle", "NANOPARTICLE")),
        ("Form", ("thin film", "thin films", "Thin‐film")),
        ("Form", ("matrix", "matrices")),
        ("Property", ("Young's modulus", "Young’s modulus", "Young modulus", "Young's moduli")),
        ("Property", ("T max", "Tmax", "T-max")),
        ("Property", ("μ", "µ")),
        ("Method", ("XRD", "X-ray diffraction", "x ray diffraction (XRD)", "X-ray diffractometry")),
        ("Method", ("SEM", "scanning electron microscopy", "Scanning Electron Microscope (SEM)")),
        ("Property", ("FT-IR spectrum", "FTIR spectra", "Fourier-transform infrared spectroscopy spectra")),
        ("Material", ("carbon fibre", "carbon fibers", "Carbon-Fiber")),
        ("Material", ("TiO2", "TiO_2", "TiO₂")),
        ("Material", ("TiO2 nanoparticles", "TiO₂-nanoparticle")),
        ("Material", ("MOFs", "MOF")),
        ("Chemical", ("β-lactams", "beta lactam")),
        ("Chemical", ("C19H12ClN4O", "C19H12N4ClO")),
        ("Chemical", ("ethyl acetate", "Ethyl  acetates")),
        ("Chemical", ("n-butyl-benzene", "n-butylbenzene")),
        ("Gene", ("ESAT-6", "ESAT6", "esat 6")),
        ("Gene", ("serine proteases", "Serine protease")),
        ("CellLine", ("PC-3", "PC3", "pc3", "PC 3")),
        ("CellLine", ("HT-29", "HT29")),
        ("Gene", ("IL-6", "IL6", "Il-6")),
        ("Gene", ("p53", "P53")),
        ("Gene", ("TNFα", "TNF-α", "TNF alpha", "TNF-alpha", "TNFalpha")),
        ("Gene", ("NF-κB", "NFκB", "NF-kappaB", "NF-kappa B")),
        ("Gene", ("Rho kinase", "rho-kinase", "Rho-kinases")),
        ("CellType", ("Th1", "Th-1", "TH1")),
        ("Property", ("IC50", "IC 50", "IC_50")),
        ("Property", ("T2", "T 2", "T₂")),
        ("Quantity", ("10 MPa", "10MPa", "10  MPa")),
        ("Quantity", ("5 µm", "5 μm")),
        ("Variant", ("C>T", "C > T", "c>t")),
        ("Species", ("M. spicata L", "M. spicata L.")),
    ],
)
def test_spellings_of_a_name_are_one_node(type: str, names: tuple[str, ...]) -> None:
    assert len({node_form(type, name, {}) for name in names}) == 1


@pytest.mark.parametrize(
    ("type", "names"),
    [
        ("Material", ("Co", "CO", "Cos", "CoS")),
        ("Material", ("TaS2", "TaS", "Ta")),
        ("Material", ("BAs", "BA")),
        ("Material", ("Mg3Al", "Mg-3Al")),
        ("Material", ("Al-Si", "AlSi", "Al/Si")),
        ("Material", ("Co-doped ZnO", "CO-doped ZnO", "co-doped ZnO")),
        ("Chemical", ("chlorine", "chlorin")),
        ("Chemical", ("(+)-menthol", "(-)-menthol", "menthol")),
        ("Chemical", ("1,2-dichloroethane", "12-dichloroethane")),
        ("Property", ("T", "t")),
        ("Property", ("Tc", "TC", "tc")),
        ("Property", ("dose", "DOS")),
        ("Property", ("rate", "rat")),
        ("Property", ("signal/noise", "signal noise")),
        ("Form", ("strips", "stripes")),
        ("Gene", ("Kras", "Kra")),
        ("Gene", ("Gapdhs", "Gapdh")),
        ("Gene", ("MT-TP", "MTTP")),
        ("Gene", ("MAP kinase", "MAP kinase kinase")),
        ("Chemical", ("methyl phenylacetate", "m-ethylphenyl acetate", "methylphenyl acetate")),
        ("Chemical", ("CH3CH2OH", "CH3OCH3")),
        ("Gene", ("Fos", "Fo")),
        ("Gene", ("CD4+", "CD4-", "CD4")),
        ("CellLine", ("A 1", "A 11", "A 1 1")),
        ("Quantity", ("10² m", "102 m", "-102 m")),
        ("Quantity", ("10 mPa", "10 MPa")),
        ("Quantity", ("5 m s-1", "5 ms-1")),
        ("Quantity", ("1 2", "12")),
        ("Chemical", ("CO2", "Co2", "co2")),
        ("Chemical", ("C60", "c60")),
        ("Property", ("r2", "R2")),
        ("CellLine", ("PC-3", "PC-33", "PC-3-3")),
        ("Species", ("Najas", "Naja")),
    ],
)
def test_other_things_stay_other_nodes(type: str, names: tuple[str, ...]) -> None:
    assert len({node_form(type, name, {}) for name in names}) == len(names)


@pytest.mark.parametrize("word", ["species", "series", "gas", "lens", "analysis", "glass", "virus", "mass", "bias"])
def test_words_that_only_look_like_plurals_stay(word: str) -> None:
    assert node_form("Property", word, {}) == word


@pytest.mark.parametrize(
    ("type", "text", "long_forms", "same_as"),
    [
        ("Material", "SCFs", {"SCF": "supercritical fluid"}, "supercritical fluids"),
        ("Material", "STW catalysts", {"STW": "sulfonated tea waste"}, "sulfonated tea waste catalyst"),
        ("Material", "RGO", {"rGO": "reduced graphene oxide"}, "reduced graphene oxide"),
        ("Method", "XRD analysis", {"XRD": "X-ray diffraction analysis"}, "X-ray diffraction analysis"),
        ("Method", "SEM", {"SEM": "structural equation modelling"}, "structural equation modelling"),
        ("Property", "SEM", {}, "SEM"),
        # formulas, symbols and codes are what papers agree on
        ("Material", "ZnO", {"ZnO": "zinc oxide"}, "ZnO"),
        ("Gene", "receptor tyrosine kinases", {"RTK": "receptor tyrosine kinase"}, "RTK"),
        ("Chemical", "T80", {"T80": "Tween 80"}, "T80"),
        ("Chemical", "Tween 80", {"T80": "Tween 80"}, "T80"),
        ("Material", "C", {"C": "cathode"}, "C"),
        ("Method", "(PPI) analysis", {"PPI": "protein-protein interaction"}, "(PPI) analysis"),
    ],
)
def test_abbreviations_of_the_document_are_written_out(
    type: str, text: str, long_forms: dict[str, str], same_as: str
) -> None:
    assert node_form(type, text, long_forms) == node_form(type, same_as, {})


@pytest.mark.parametrize("text", ["-", "%", "··", "(", "5", "ß", "'s", "’s", "5.", "."])
def test_every_name_has_a_form(text: str) -> None:
    assert node_form("Material", text, {})


def paper(number: int, text: str, type: str, *names: str) -> Document:
    return Document(f"PMID:{number}", text, mentions=tuple(mention(text, name, type) for name in names))


def node_rows(*documents: Document) -> list[Row]:
    return assemble(documents, schema=SCHEMA, concept=lambda _: None, normalise=node_form).nodes.to_pylist()


def test_a_node_is_called_what_is_written_out_most_often() -> None:
    first = paper(1, "Nanoparticles (NPs) are small. NPs; our NPs.", "Form", "Nanoparticles", "NPs")
    (node,) = node_rows(first, paper(2, "Many nanoparticles", "Form", "nanoparticles"))
    assert (node["name"], node["synonyms"], node["document_count"]) == ("nanoparticles", ["NPs", "Nanoparticles"], 2)


def test_other_documents_do_not_change_which_names_are_one() -> None:
    defines = paper(1, "Metal salts (MS) melt; so does MS,", "Material", "Metal salts", "MS,")
    undefined = paper(2, "MS of course", "Material", "MS")
    alone = {row["id"] for row in node_rows(undefined)}
    together = {row["id"] for row in node_rows(defines, undefined)}
    assert alone < together == {row["id"] for row in node_rows(undefined, defines)}
