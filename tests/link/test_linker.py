import pytest

from kgbuild.concept import Concept
from kgbuild.document import GIVEN_AGENT, Document, Mention, Span
from kgbuild.errors import ConfigError, OntologyError
from kgbuild.link import catalogue
from kgbuild.link.cases import parts_of
from kgbuild.link.curation import read_curation
from kgbuild.link.learnt import LearntName, LearntNames
from kgbuild.link.linker import LexicalLinker
from kgbuild.link.targets import Targets


def document(text: str, *named: tuple[str, str]) -> Document:
    mentions = []
    for name, kind in named:
        start = text.index(name)
        mentions.append(Mention(Span(start, start + len(name)), kind))
    return Document("PMID:1", text).replace_mentions(mentions)


@pytest.fixture
def vocabulary(write):
    return write(
        "diseases.tsv",
        "id\tname\tsynonyms\txrefs\tparents\n"
        "MESH:D003920\tDiabetes Mellitus\tDiabetes\t\t\n"
        "MESH:D003924\tDiabetes Mellitus, Type 2\tNIDDM|Diabetes\t\tMESH:D003920\n"
        "MESH:D001943\tBreast Neoplasms\tBreast Cancer\tMONDO:0007254\t\n"
        "MESH:D010051\tOvarian Neoplasms\tOvarian Cancer\t\t\n"
        "MESH:D051436\tRenal Insufficiency, Chronic\tChronic Kidney Disease\t\t\n"
        "MESH:D1\tTwin Disease\tTD\t\t\n"
        "MESH:D2\tTransverse Dwarfism\tTD\t\t\n"
        "MESH:D006973\tHypertension\t\t\t\n",
    )


@pytest.fixture
def linker(vocabulary):
    return LexicalLinker([], {"Disease": str(vocabulary)})


def only_mention(linker: LexicalLinker, text: str, name: str, type: str = "Disease") -> Mention:
    (linked,) = linker.link([document(text, (name, type))])
    return linked.mentions[0]


@pytest.mark.parametrize(
    ("text", "curie", "match"),
    [
        ("Breast Cancer", "MESH:D001943", "exact"),
        ("breast cancer", "MESH:D001943", "lexical"),
        ("breast cancers", "MESH:D001943", "lexical"),
        ("cancer of the breast", "MESH:D001943", "lexical"),
        ("type II diabetes mellitus", "MESH:D003924", "lexical"),
        ("severe hypertension", "MESH:D006973", "lexical"),
        ("hypertensive", "MESH:D006973", "lexical"),
    ],
)
def test_variants_of_a_name_link_to_its_concept(linker, text, curie, match):
    mention = only_mention(linker, f"We saw {text} here.", text)
    assert (mention.concept, mention.candidates[0].match) == (curie, match)
    assert mention.link_score == mention.candidates[0].score > 0.5
    assert mention.candidates[0].reason


def test_a_name_itself_scores_higher_than_what_is_like_it_and_all_link_in_a_vocabulary_of_ones_own(vocabulary):
    linker = LexicalLinker([], {"Disease": str(vocabulary)}, learnt=False)
    exact, *others = (
        linker.candidates(text, "Disease")[0]
        for text in ("breast cancer", "severe breast cancer", "familial breast cancer")
    )
    assert all(exact.score > other.score >= linker.threshold for other in others)
    assert {other.curie for other in others} == {exact.curie}


@pytest.mark.parametrize("text", ["unheard-of illness", "was", "---", "the disease"])
def test_what_is_not_known_stays_unlinked(linker, text):
    mention = only_mention(linker, f"It {text} .", text)
    assert mention.concepts == () and mention.link_score == 0.0


def test_types_without_an_ontology_stay_unlinked(linker):
    assert only_mention(linker, "In HeLa cells", "HeLa", "CellLine").concepts == ()


def test_an_abbreviation_links_as_its_long_form_everywhere_in_the_document(linker):
    text = "Chronic kidney disease (CKD) is common. CKD kills."
    mentions = [Mention(Span(24, 27), "Disease"), Mention(Span(40, 43), "Disease")]
    (linked,) = linker.link([Document("PMID:1", text).replace_mentions(mentions)])
    assert [mention.concept for mention in linked.mentions] == ["MESH:D051436"] * 2
    assert {mention.candidates[0].match for mention in linked.mentions} == {"abbreviation"}


def test_an_abbreviation_with_another_meaning_does_not_link_by_its_letters(write):
    genes = write("genes.tsv", "id\tname\tsynonyms\nHGNC:16235\tDNAJC5\tcysteine string protein|CSP\n")
    linker = LexicalLinker([], {"Gene": str(genes)})
    defined = "Curcuminoid submicron particles (CSP) lowered calcium."
    assert only_mention(linker, defined, "CSP", "Gene").concepts == ()
    assert only_mention(linker, "Loss of CSP kills neurons.", "CSP", "Gene").concepts == ("HGNC:16235",)
    known_otherwise = "The cysteine string synaptic protein (CSP) folds others."
    assert only_mention(linker, known_otherwise, "CSP", "Gene").concepts == ("HGNC:16235",)


def test_a_composite_mention_gets_all_its_concepts(linker):
    mention = only_mention(linker, "breast and ovarian cancer", "breast and ovarian cancer")
    assert mention.concepts == ("MESH:D001943", "MESH:D010051")


def test_what_annotators_call_one_disease_is_two_where_its_words_name_two(write):
    table = "id\tname\nMESH:D001943\tBreast Cancer\nMESH:D010051\tOvarian Cancer\nMESH:D061325\tHereditary Syndrome\n"
    learnt = LearntNames([LearntName("Disease", "breast and ovarian cancer", ("MESH:D061325",), 9)])
    linker = LexicalLinker([], {"Disease": str(write("d.tsv", table))})
    linker.use_learnt(learnt, linker.words)
    mention = only_mention(linker, "breast and ovarian cancer", "breast and ovarian cancer")
    assert mention.concepts == ("MESH:D001943", "MESH:D010051")


def test_parts_that_share_a_frame_are_taken_apart_without_it(linker):
    text = "severe hypertension and diabetes"
    assert only_mention(linker, text, text).concepts == ("MESH:D006973", "MESH:D003920")


def test_initials_stand_for_another_name_of_the_document(linker):
    text = "In chronic kidney disease we saw that CKD kills."
    (linked,) = linker.link([document(text, ("chronic kidney disease", "Disease"), ("CKD", "Disease"))])
    assert [mention.concept for mention in linked.mentions] == ["MESH:D051436"] * 2


def test_an_ambiguous_name_scores_lower_and_goes_to_the_lowest_number(linker):
    candidates = linker.candidates("TD", "Disease")
    assert [candidate.curie for candidate in candidates] == ["MESH:D1", "MESH:D2"]
    assert candidates[0].score < 0.8 * linker.candidates("Twin Disease", "Disease")[0].score
    assert "2 concepts fit equally well" in candidates[0].reason


def test_a_name_of_a_concept_and_of_its_kinds_means_the_concept(linker):
    best = linker.candidates("diabetes", "Disease")[0]
    assert best.curie == "MESH:D003920" and best.score > 0.9


def test_a_name_that_has_a_concept_is_not_read_as_another_one(write):
    table = write(
        "h.tsv", "id\tname\tsynonyms\nMESH:D1\tMyocardial Infarction\theart attack\nMESH:D2\theart disease\t\n"
    )
    linker = LexicalLinker([], {"Disease": str(table)})
    assert [candidate.curie for candidate in linker.candidates("heart attack", "Disease")] == ["MESH:D1"]
    assert linker.candidates("heart", "Disease")[0].curie == "MESH:D2"


def test_a_threshold_keeps_poor_candidates_from_being_chosen(vocabulary):
    linker = LexicalLinker([], {"Disease": str(vocabulary)}, threshold=0.99, learnt=False)
    mention = only_mention(linker, "cancer of the breast", "cancer of the breast")
    assert mention.concepts == () and mention.candidates[0].curie == "MESH:D001943"
    with pytest.raises(ConfigError, match=r"\[link\] threshold"):
        LexicalLinker([], threshold=2.0)


def test_links_and_revision_do_not_depend_on_the_run(vocabulary):
    documents = [document("breast cancer and NIDDM", ("breast cancer", "Disease"), ("NIDDM", "Disease"))]
    first, second = (LexicalLinker([], {"Disease": str(vocabulary)}) for _ in range(2))
    assert list(first.link(documents)) == list(second.link(documents))
    assert first.revision == second.revision != LexicalLinker([], {"Disease": str(vocabulary)}, threshold=0.6).revision


def test_links_do_not_depend_on_what_is_linked_together(vocabulary):
    names = (
        "breast cancers",
        "brest cancer",
        "breast and ovarian cancers",
        "cancer of the ovary",
        "severe ovarian tumor",
    )
    documents = [
        Document(f"PMID:{place}", name).replace_mentions([Mention(Span(0, len(name)), "Disease")])
        for place, name in enumerate(names * 20)
    ]
    together = list(LexicalLinker([str(vocabulary)]).link(documents))
    assert together == [next(LexicalLinker([str(vocabulary)]).link([document])) for document in documents]
    assert {document.id: document for document in LexicalLinker([str(vocabulary)]).link(documents[::-1])} == {
        document.id: document for document in together
    }


def test_rs_numbers_are_variants_by_rule_and_other_variants_are_not(linker):
    assert linker.candidates("rs1799966", "Variant")[0].curie == "DBSNP:rs1799966"
    assert linker.candidates("c.76A>T", "Variant") == ()


def test_a_document_without_mentions_passes_through(linker):
    empty = Document("PMID:1", "Nothing here.")
    assert list(linker.link([empty])) == [empty]
    assert list(linker.link([])) == []


@pytest.fixture
def two_ontologies(write):
    mondo = write(
        "mondo.tsv",
        "id\tname\tsynonyms\txrefs\nMONDO:0007254\tbreast cancer\t\tMESH:D001943\nMONDO:5\todd\t\tMESH:D9\n",
    )
    mesh = write("mesh.tsv", "id\tname\tsynonyms\ttree_numbers\nMESH:D001943\tBreast Neoplasms\tMamma Ca\tC04\n")
    return [str(mondo), str(mesh)]


@pytest.mark.parametrize(("first", "expected"), [("MONDO", "MONDO:0007254"), ("MESH", "MESH:D001943")])
def test_a_concept_is_reported_under_the_preferred_prefix(two_ontologies, first, expected):
    linker = LexicalLinker(two_ontologies, preferences={"Disease": (first, "MONDO", "MESH")})
    for text in ("breast cancer", "Mamma Ca"):
        assert linker.candidates(text, "Disease")[0].curie == expected


def test_an_ontology_that_can_translate_comes_before_one_that_cannot(write):
    mondo = write("mo.tsv", "id\tname\nMONDO:0007254\tbreast cancer\n")
    doid = write("do.tsv", "id\tname\txrefs\nDOID:1612\tbreast cancer\tMESH:D001943\n")
    linker = LexicalLinker([str(mondo), str(doid)], preferences={"Disease": ("MESH", "MONDO", "DOID")})
    curies = [candidate.curie for candidate in linker.candidates("breast cancer", "Disease")]
    assert curies == ["MESH:D001943", "MONDO:0007254"]


def test_another_prefix_is_no_worse_where_the_preferred_one_does_not_have_the_name(write):
    mesh = write("mesh.tsv", "id\tname\tsynonyms\ttype\nMESH:D1\tMyotonia Congenita\tMyopathy, Congenital\tDisease\n")
    mondo = write("mondo.tsv", "id\tname\nMONDO:1\tcongenital myopathy\n")
    linker = LexicalLinker([str(mesh), str(mondo)], preferences={"Disease": ("MESH", "MONDO")}, learnt=False)
    assert linker.candidates("congenital myopathy", "Disease")[0].curie == "MONDO:1"
    assert linker.candidates("myopathy, congenital", "Disease")[0].curie == "MESH:D1"


@pytest.mark.parametrize(("n_papers", "expected"), [(1, "MESH:D006526"), (9, "MESH:D019698")])
def test_one_paper_does_not_tell_what_the_very_name_of_a_concept_means(write, n_papers, expected):
    table = write("v.tsv", "id\tname\nMESH:D006526\tHepatitis C\nMESH:D019698\tHepatitis C, Chronic\n")
    linker = LexicalLinker([], {"Disease": str(table)}, learnt=False)
    linker.use_learnt(LearntNames([LearntName("Disease", "hepatitis C", ("MESH:D019698",), n_papers)]), linker.words)
    assert linker.candidates("hepatitis C", "Disease")[0].curie == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("polyoxometalate", "X:1"), ("polyethylene", "X:3"), ("CH3I", "X:4"), ("TiN", "X:6")]
)
def test_a_polymer_is_no_monomer_and_a_formula_no_word(write, text, expected):
    rows = [
        "X:1\tpolyoxometalate\toxometalate",
        "X:2\tethylene\tpolyethylene",
        "X:3\tPolyethylenes\tPolyethylene",
        "X:4\tmethyl iodide\tch3i",
        "X:5\ttin\t",
        "X:6\ttitanium nitride\tTiN",
    ]
    table = write("c.tsv", "\n".join(["id\tname\tsynonyms", *rows]) + "\n")
    linker = LexicalLinker([], {"Chemical": str(table)}, learnt=False)
    found = linker.candidates(text, "Chemical")
    assert found[0].curie == expected
    assert not {"X:2", "X:5"} & {candidate.curie for candidate in found}


def test_an_identifier_known_only_by_cross_reference_has_a_concept(two_ontologies):
    linker = LexicalLinker(two_ontologies)
    assert linker.concept("MESH:D9").name == "odd" and "MONDO:5" in linker.concept("MESH:D9").xrefs
    assert "MONDO:0007254" in linker.concept("MESH:D001943").xrefs
    assert linker.concept("MESH:nothing") is None


def test_an_equivalent_shared_by_two_concepts_is_not_reported(write):
    mondo = write("m.tsv", "id\tname\txrefs\nMONDO:1\todd ache\tMESH:D1\nMONDO:2\trare ache\tMESH:D1\n")
    linker = LexicalLinker([str(mondo)], preferences={"Disease": ("MESH", "MONDO")})
    assert linker.candidates("odd ache", "Disease")[0].curie == "MONDO:1"


def test_very_short_names_must_match_exactly(write):
    linker = LexicalLinker(
        [], {"Chemical": str(write("c.tsv", "id\tname\ttype\nX:1\tNo\tChemical\nX:2\tK+\tChemical\n"))}
    )
    assert linker.candidates("NO", "Chemical") == () == linker.candidates("K", "Chemical")
    assert [candidate.curie for candidate in linker.candidates("K+", "Chemical")] == ["X:2"]


def test_elements_and_formulas_link_by_composition(write):
    table = write("c.tsv", "id\tname\tsynonyms\nCAS:1\ttitanium dioxide\tO2Ti\nCAS:2\tsodium\t\n")
    linker = LexicalLinker([], {"Material": str(table)})
    for text in ("TiO2", "TiO_2", "TiO 2"):
        assert linker.candidates(text, "Material")[0].curie == "CAS:1"
        assert linker.candidates(text, "Material")[0].match == "formula"
    assert linker.candidates("Na", "Material")[0].curie == "CAS:2"


def test_the_catalogue_lists_shows_and_searches_what_was_added(vocabulary):
    assert catalogue.compiled_ontologies() == []
    words: list[str] = []
    (first,) = catalogue.add_ontology(vocabulary, "Disease", words.append)
    (again,) = catalogue.add_ontology(vocabulary, "Disease", words.append)
    assert (first.seconds is None, again.seconds is None) == (False, True)
    assert words == ["compiling diseases.tsv"]
    meta = first.ontology.meta
    assert again.ontology.meta == meta
    assert [found.meta for found in catalogue.compiled_ontologies()] == [meta]
    assert [found.meta for found in catalogue.show_ontology("diseases")] == [meta]
    assert catalogue.search("breast cancer")[0].concept.curie == "MESH:D001943"
    assert catalogue.search("breast cancer", "Gene") == []
    genes = vocabulary.parent / "genes.tsv"
    genes.write_text("id\tname\ttax_id\nNCBIGene:2\tTraf2\t10090\n", "utf-8")
    catalogue.add_ontology(genes, "Gene")
    (found,) = catalogue.search("Traf2", "Gene")
    assert (found.concept.curie, found.concept.species) == ("NCBIGene:2", "NCBITaxon:10090")
    with pytest.raises(OntologyError, match="no compiled ontology named 'other'"):
        catalogue.show_ontology("other")


def test_an_unknown_ontology_is_reported_with_the_choices(linker):
    with pytest.raises(OntologyError, match=r"neither a file, nor a release on this machine .none., nor the name"):
        LexicalLinker(["nonsense"])


@pytest.fixture
def gene_linker(write):
    table = write("genes.tsv", "hgnc_id\tsymbol\tsynonyms\nHGNC:1\tTAT\t\nHGNC:2\tRENBP\tRBP|renin binding protein\n")
    return LexicalLinker([], {"Gene": str(table)}, learnt=False)


def test_a_gene_of_a_virus_or_of_yeast_is_not_the_human_one_of_that_name(gene_linker):
    assert only_mention(gene_linker, "In patients TAT rose.", "TAT", "Gene").concepts == ("HGNC:1",)
    assert only_mention(gene_linker, "The TAT of HIV-1 was cloned.", "TAT", "Gene").concepts == ()
    assert only_mention(gene_linker, "In Saccharomyces cerevisiae TAT rose.", "TAT", "Gene").concepts == ()


@pytest.fixture
def species_linker(write, compile_concepts):
    """Genes as the default tables have them: NCBI's of human and mouse, and those of mouse and rat in their own."""
    rows = {
        "NCBIGene:1": ("TRAF2", "NCBITaxon:9606"),
        "NCBIGene:2": ("Traf2", "NCBITaxon:10090"),
        "MGI:2": ("Traf2", "NCBITaxon:10090"),
        "RGD:3": ("Traf2", "NCBITaxon:10116"),
    }
    linker = LexicalLinker([], learnt=False)
    linker.targets.ontologies = tuple(
        compile_concepts(
            (Concept(curie, name, "Gene", species=s) for curie, (name, s) in rows.items() if curie.startswith(prefix)),
            prefix,
        )
        for prefix in ("NCBIGene", "MGI", "RGD")
    )
    return linker


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("Mutations of TRAF2 were found in patients with cancer.", "NCBIGene:1"),
        ("Wild-type mice and Traf2 -/- mice were fed.", "NCBIGene:2"),
        ("In rats, expression of Traf2 rose. Wistar rats were fed.", "RGD:3"),
        ("TRAF2 was lower in human breast cancer cells. These were injected into nude mice.", "NCBIGene:1"),
        ("A homolog of Pho85 (Saccharomyces cerevisiae), Traf2 was found in embryonic stem cells.", "NCBIGene:2"),
    ],
)
def test_a_gene_is_of_the_species_of_which_the_document_speaks(species_linker, text, curie):
    name = "TRAF2" if "TRAF2" in text else "Traf2"
    mention = only_mention(species_linker, text, name, "Gene")
    assert mention.candidates[0].curie == curie


def test_a_gene_that_two_tables_hold_under_one_symbol_is_one_candidate(species_linker):
    assert [c.curie for c in only_mention(species_linker, "Traf2 of mice", "Traf2", "Gene").candidates] == [
        "NCBIGene:2",
        "NCBIGene:1",
    ]


def test_a_short_form_needs_more_in_common_with_its_long_form_than_binding_protein(gene_linker):
    text = "Retinol binding protein (RBP) was measured."
    assert only_mention(gene_linker, text, "RBP", "Gene").concepts == ()
    assert only_mention(gene_linker, "In patients RBP rose.", "RBP", "Gene").candidates[0].curie == "HGNC:2"


def test_the_parts_of_a_composite_gene_are_of_the_document_s_species(species_linker):
    text = "Wild-type mice and Traf2 -/- mice were fed. In these mice TRAF2/TRAF2 rose."
    assert only_mention(species_linker, text, "TRAF2/TRAF2", "Gene").concepts == ("NCBIGene:2",)


@pytest.fixture
def family_linker(compile_concepts, make):
    """Genes of two species, and a family whose name lists its members."""
    genes = [
        make("NCBIGene:5595", "MAPK3", "Gene", "ERK1", species="NCBITaxon:9606"),
        make("NCBIGene:5594", "MAPK1", "Gene", "ERK2", "mitogen-activated kinase 1", species="NCBITaxon:9606"),
        make("NCBIGene:26417", "Mapk3", "Gene", "Erk1", species="NCBITaxon:10090"),
        make("NCBIGene:26413", "Mapk1", "Gene", "Erk2", species="NCBITaxon:10090"),
    ]
    linker = LexicalLinker([], learnt=False)
    linker.targets.ontologies = (
        compile_concepts(genes, "genes"),
        compile_concepts([make("FPLX:ERK", "ERK", "Gene", "ERK1/2")], "families"),
    )
    return linker


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("In patients ERK1/2 rose.", ("NCBIGene:5595", "NCBIGene:5594")),
        ("In mice ERK1/2 rose. The mice were fed.", ("NCBIGene:26417", "NCBIGene:26413")),
    ],
)
def test_a_family_by_the_names_of_its_members_means_these_in_the_document_s_species(family_linker, text, concepts):
    assert only_mention(family_linker, text, "ERK1/2", "Gene").concepts == concepts


@pytest.mark.parametrize(
    ("text", "concepts"),
    [("ERKs", ("FPLX:ERK",)), ("extracellular kinases", ("FPLX:ERK",)), ("ERK", ("NCBIGene:5594",))],
)
def test_the_plural_of_a_family_s_name_means_the_family(compile_concepts, make, text, concepts):
    gene = make("NCBIGene:5594", "MAPK1", "Gene", "ERK", species="NCBITaxon:9606")
    family = make("FPLX:ERK", "ERK", "Gene", "extracellular kinase")
    linker = LexicalLinker([], learnt=False)
    linker.targets.ontologies = (compile_concepts([gene], "genes"), compile_concepts([family], "families"))
    mention = only_mention(linker, f"In patients {text} rose.", text, "Gene")
    assert mention.concepts == concepts
    assert mention.candidates[0].curie == concepts[0]


def test_a_long_name_that_no_table_has_is_found_by_the_abbreviation_that_the_document_gives_it(family_linker):
    text = "In patients extracellular response kinase 2 (ERK2) rose."
    assert only_mention(family_linker, text, "extracellular response kinase 2", "Gene").concepts == ("NCBIGene:5594",)


@pytest.mark.parametrize(
    "text",
    [
        "Mutations of rom-1 slow larvae of Caenorhabditis elegans.",
        "In Caenorhabditis elegans rom-1 is expressed. Its larvae lack rom-1.",
    ],
)
def test_a_namesake_of_a_gene_of_a_species_without_a_table_stays_unlinked(compile_concepts, make, text):
    linker = LexicalLinker([], learnt=False)
    human = make("NCBIGene:6094", "ROM1", "Gene", species="NCBITaxon:9606")
    mouse = make("NCBIGene:19881", "Rom1", "Gene", "Rom-1", species="NCBITaxon:10090")
    linker.targets.ontologies = (compile_concepts([human, mouse], "genes"),)
    assert only_mention(linker, text, "rom-1", "Gene").concepts == ()
    worm = make("WormBase:1", "rom-1", "Gene", species="NCBITaxon:6239")
    linker = LexicalLinker([], learnt=False)
    linker.targets.ontologies = (compile_concepts([human, mouse, worm], "more"),)
    assert only_mention(linker, text, "rom-1", "Gene").concepts == ("WormBase:1",)
    assert only_mention(linker, "In human retina ROM1 was found.", "ROM1", "Gene").concepts == ("NCBIGene:6094",)


def test_what_a_concept_goes_by_does_not_depend_on_where_it_was_met_first(compile_concepts, make):
    own = compile_concepts([make("MONDO:1", "epidemic parotitis", "Disease")], "own")
    other = compile_concepts([make("MONDO:1", "mumps", "Disease")], "other")
    mesh = compile_concepts([make("MESH:D1", "Mumps", "Disease")], "mesh")
    found = []
    for names in (("mumps", "epidemic parotitis"), ("epidemic parotitis", "mumps")):
        linker = LexicalLinker([], learnt=False)
        linker.targets.ontologies = (own, other, mesh)
        found.append({name: linker.candidates(name, "Disease")[0].curie for name in names})
    assert found[0] == found[1]


def test_a_users_own_vocabulary_may_have_the_acronyms_of_materials(write):
    table = write("materials.tsv", "id\tname\nX:1\tITO\n")
    linker = LexicalLinker([], {"Material": str(table)}, learnt=False)
    assert linker.candidates("ITO", "Material")[0].curie == "X:1"


def test_a_polymer_is_not_its_monomer(write):
    names = "id\tname\tsynonyms\nX:1\tpropylene\t\nX:2\tpolyethylene\t\nX:3\tLactic Acid\tpoly(lactic acid)\n"
    linker = LexicalLinker([], {"Chemical": str(write("chemicals.tsv", names))}, learnt=False)
    assert linker.candidates("Poly(lactic acid)", "Chemical") == ()
    assert linker.candidates("lactic acid", "Chemical")[0].curie == "X:3"
    assert "X:1" not in {candidate.curie for candidate in linker.candidates("polypropylene", "Chemical")}
    assert linker.candidates("polyethylenes", "Chemical")[0].curie == "X:2"


def test_an_inverted_name_is_one_name(linker):
    assert only_mention(linker, "We saw cancer, breast here.", "cancer, breast").concepts == ("MESH:D001943",)


def warnings_in(caplog):
    # compiling is told of too, where an earlier test has made the loggers talk
    return [record for record in caplog.records if record.levelname == "WARNING"]


def test_a_users_table_warns_once_of_what_is_never_linked_to(write, caplog):
    table = "id\tname\ttype\nlab:1\tmumps\tDisease\n17\tmeasles\tDisease\nlab:3\trubella\t\nlab:4\tpox\tillness\n"
    path = str(write("lab.tsv", table))
    LexicalLinker([path])
    (record,) = warnings_in(caplog)
    assert record.getMessage().startswith(
        f"{path}: not linked to: 1 rows whose identifier has no prefix (the first: 17 measles); 1 of 3 concepts "
        "without an entity type (the first: lab:3 rubella); concepts of the unknown types illness. Expected are "
        f"identifiers such as MONDO:0005148, names, and in a column `type` (or by --ontology TYPE={path}) one of "
    )


def test_a_users_table_of_which_all_can_be_linked_to_warns_of_nothing(write, caplog):
    LexicalLinker([str(write("lab.tsv", "id\tname\ttype\nlab:1\tmumps\tDisease\n"))])
    LexicalLinker([], {"Disease": str(write("untyped.tsv", "id\tname\nlab:1\tmumps\n"))})
    assert not warnings_in(caplog)


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("id\tname\nlab:1\tmumps\n", r"1 of 1 concepts without an entity type \(the first: lab:1 mumps\)"),
        ("id\tname\ttype\nlab:1\tmumps\tillness\n", "concepts of the unknown types illness"),
        ("id\tname\ttype\nlab:1\t\tDisease\n", r"1 of 1 concepts without a name \(the first: lab:1\)"),
    ],
)
def test_a_users_table_that_nothing_can_be_linked_to_is_an_error(write, table, found):
    path = write("lab.tsv", table)
    with pytest.raises(OntologyError, match=f"nothing can be linked to its 1 concepts.*found: .*{found}"):
        LexicalLinker([str(path)])


@pytest.mark.parametrize(("synonym", "expected"), [("Statins", "MESH:D019161"), ("reductase blockers", "MESH:D019821")])
def test_a_class_that_has_a_plural_as_its_name_goes_before_a_member_that_papers_call_so(write, synonym, expected):
    table = f"id\tname\tsynonyms\nMESH:D019161\treductase inhibitors\t{synonym}\nMESH:D019821\tSimvastatin\t\n"
    linker = LexicalLinker([], {"Chemical": str(write("chemicals.tsv", table))})
    assert linker.candidates("statins", "Chemical")[0].curie == expected


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Folds were told apart by SCOP alone.", ()),
        ("In patients SCOP was lower.", ()),
        ("In patients SCOP mRNA was lower.", ("HGNC:1",)),
        ("A leucine rich phosphatase, SCOP, was lower.", ("HGNC:1",)),
        ("PHLPP1 was lower, and so was SCOP.", ("HGNC:1",)),
    ],
)
def test_letters_alone_do_not_make_a_gene_that_has_another_symbol(write, text, concepts):
    table = write("genes.tsv", "id\tname\tsynonyms\nHGNC:1\tPHLPP1\tSCOP|leucine rich repeat phosphatase\n")
    other = write("chemicals.tsv", "id\tname\tsynonyms\tentity_type\nCHEBI:16794\tscopolamine\tscop\tChemical\n")
    named = [(name, "Gene") for name in ("PHLPP1", "SCOP") if name in text]
    (linked,) = LexicalLinker([str(other)], {"Gene": str(table)}).link([document(text, *named)])
    assert linked.mentions[-1].concepts == concepts
    (linked,) = LexicalLinker([], {"Gene": str(table)}).link([document(text, *named)])
    assert linked.mentions[-1].concepts == ("HGNC:1",)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("acute and chronic pancreatitis", ("acute pancreatitis", "chronic pancreatitis")),
        ("early-onset and late-onset dementia", ("early-onset dementia", "late-onset dementia")),
        ("acute lymphoblastic and myeloid leukemia", ("acute lymphoblastic leukemia", "myeloid leukemia")),
        ("breast and ovarian cancer", ("breast cancer", "ovarian cancer")),
        ("stage II and III cancer", ()),
    ],
)
def test_names_are_split_where_they_are_joined_and_not_where_their_frame_is(name, parts):
    assert parts_of(name, "Disease") == parts


@pytest.fixture
def disorder_linker(compile_concepts, make):
    linker = LexicalLinker([], learnt=False)
    concepts = [make("MESH:1", "hypertension", "Disease"), make("MESH:2", "ocular hypertension", "Disease")]
    linker.targets.ontologies = (
        compile_concepts([*concepts, make("MESH:3", "migraine without aura", "Disease")], "disorders"),
    )
    return linker


@pytest.mark.parametrize(
    ("text", "words", "concepts"),
    [
        ("Severe ocular hypertension was found.", "hypertension", ("MESH:2",)),
        ("Ocular, hypertension was found.", "hypertension", ("MESH:1",)),
        ("A migraine without aura was found.", "aura", ("MESH:3",)),
        ("A migraine without aura was found.", "migraine", ("MESH:3",)),
    ],
)
def test_a_disorder_that_was_cut_means_the_longer_name_around_it(disorder_linker, text, words, concepts):
    mention = only_mention(disorder_linker, text, words, "Disease")
    assert mention.concepts == concepts
    assert mention.candidates[0].reason.startswith("in '") is (concepts != ("MESH:1",))


def test_a_disorder_that_was_given_means_its_own_words(disorder_linker):
    text = "Severe ocular hypertension was found."
    given = Mention(Span(14, 26), "Disease", agent=GIVEN_AGENT)
    (document,) = disorder_linker.link([Document("PMID:1", text, mentions=(given,))])
    assert document.mentions[0].concepts == ("MESH:1",)


def test_a_disorder_that_is_curated_means_what_the_curation_says(disorder_linker, tmp_path):
    (tmp_path / "mine.tsv").write_text("text\ttype\tconcept\nhypertension\tDisease\tMESH:3\n", "utf-8")
    disorder_linker.curation = read_curation(tmp_path / "mine.tsv", ["Disease"])
    mention = only_mention(disorder_linker, "Severe ocular hypertension was found.", "hypertension", "Disease")
    assert mention.concepts == ("MESH:3",)


def test_families_are_as_sure_as_any_link_must_be(compile_concepts, make):
    family = make("FPLX:ERK", "ERK", "Gene")
    for threshold, concepts in ((0.9, ("FPLX:ERK",)), (0.95, ())):
        linker = LexicalLinker([], learnt=False, threshold=threshold)
        linker.targets.ontologies = (compile_concepts([family], f"families of {threshold}"),)
        assert only_mention(linker, "In patients ERKs rose.", "ERKs", "Gene").concepts == concepts


@pytest.mark.parametrize(
    ("name", "concepts"),
    [
        ("WNKs", ()),
        ("EGFRs", ("HGNC:2",)),
        ("5-HT(2C) receptors", ("HGNC:3",)),
        ("lysine deficient kinases", ()),
        ("lysine deficient kinase", ("HGNC:1",)),
    ],
)
def test_a_plural_is_no_single_gene_unless_by_its_symbol(write, name, concepts):
    row = "HGNC:1\tWNK1\tWNK|lysine deficient kinase\tNCBITaxon:9606\nHGNC:2\tEGFR\t\tNCBITaxon:9606\n"
    row += "HGNC:3\tHTR2C\t5-HT2C receptor\tNCBITaxon:9606\n"
    table = write("genes.tsv", f"id\tname\tsynonyms\tspecies\n{row}")
    text = f"In patients the human {name} were lower."
    (linked,) = LexicalLinker([], {"Gene": str(table)}).link([document(text, (name, "Gene"))])
    assert linked.mentions[0].concepts == concepts


def test_a_part_of_the_body_is_not_the_disease_of_it(write):
    diseases = write("diseases.tsv", "id\tname\ttype\nMESH:D009135\tmuscle disease\tDisease\n")
    parts = write("parts.tsv", "id\tname\ttype\nUBERON:1\tmuscle\tAnatomicalPart\n")
    linker = LexicalLinker([str(diseases), str(parts)])
    (linked,) = linker.link([document("muscle and joint pain", ("muscle", "Disease"))])
    assert linked.mentions[0].candidates == ()


@pytest.mark.parametrize("name", ["nonschizophrenic", "non-schizophrenic"])
def test_who_has_no_disease_is_not_linked_to_it(write, name):
    linker = LexicalLinker([], {"Disease": str(write("d.tsv", "id\tname\tsynonyms\nMESH:1\tX\tschizophrenic\n"))})
    assert linker.candidates(name, "Disease") == ()


def test_a_linker_knows_preferred_and_exact_names_of_a_type_and_no_others(write):
    table = write(
        "names.obo",
        "format-version: 1.2\n\n"
        '[Term]\nid: MESH:1\nname: Breast Neoplasms\nsynonym: "Breast Cancer" EXACT []\n'
        'synonym: "Tumours" BROAD []\n\n'
        "[Term]\nid: MESH:2\nname: Old Fever\nis_obsolete: true\n",
    )
    linker = LexicalLinker([], {"Disease": str(table)})
    asked = ["breast neoplasms", "Breast cancers", "tumours", "Old Fever", "fever"]
    assert [linker.knows(name, "Disease") for name in asked] == [True, True, False, False, False]
    assert not linker.knows("breast neoplasms", "Gene")


def test_other_names_have_another_version(write):
    one, other, again = (
        LexicalLinker([], {"Disease": str(write(file, f"id\tname\nMESH:1\t{name}\n"))}).names_version
        for file, name in (("a.tsv", "Fever"), ("b.tsv", "Cough"), ("c.tsv", "Fever"))
    )
    assert one == again != other


def test_genes_of_a_table_without_species_are_no_families_beside_one_with_species(write, compile_concepts, make):
    known = compile_concepts([make("HGNC:1100", "BRCA1", "Gene", species="NCBITaxon:9606")], "hgnc")
    linker = LexicalLinker([str(write("own.tsv", "id\tname\ttype\nOWN:17\tKCNQ7B\tGene\n"))])
    linker.targets = Targets((known, *linker.targets.ontologies), {}, linker.preferences, linker.names)
    assert only_mention(linker, "The KCNQ7B gene of patients is mutated.", "KCNQ7B", "Gene").concepts == ("OWN:17",)


@pytest.mark.parametrize(("name", "concepts"), [("TiN", ()), ("tin", ("MESH:D014001",)), ("TIN", ("MESH:D014001",))])
def test_a_formula_is_no_word_of_the_same_letters(write, name, concepts):
    linker = LexicalLinker([str(write("tin.tsv", "id\tname\ttype\nMESH:D014001\tTin\tChemical\n"))])
    assert only_mention(linker, f"Films of {name} were grown.", name, "Chemical").concepts == concepts


@pytest.mark.parametrize("name", ["fluorine-tin oxide", "fluorine oxyde"])
def test_a_name_spelled_alike_is_of_the_same_elements(write, name):
    table = write(
        "oxides.tsv", "id\tname\ttype\nMESH:C014559\tfluorine oxide\tChemical\nMESH:C1\tlithium fluoride\tChemical\n"
    )
    linker = LexicalLinker([str(table)])
    found = {candidate.curie for candidate in linker.candidates(name, "Chemical")}
    assert ("MESH:C014559" in found) == ("tin" not in name)
