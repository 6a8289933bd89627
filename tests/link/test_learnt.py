from kgbuild.link.learnt import LearntName, LearntNames, bundled_names, read_names, write_names

ROWS = [
    LearntName("Disease", "renal toxicity", ("MESH:D007674",), 2),
    LearntName("Disease", "Renal toxicities", ("MESH:D007674",), 1),
    LearntName("Disease", "choreoathetosis", ("MESH:D002819", "MESH:D001264"), 1),
]


def test_spellings_of_a_name_are_counted_together():
    names = LearntNames(ROWS)
    assert names.meanings("Disease", "renaltoxicity") == {("MESH:D007674",): 3}
    assert names.count("Disease", "MESH:D007674") == 3
    assert names.spelling("Disease", "renaltoxicity") == "renal toxicity"
    assert names.meanings("Gene", "renaltoxicity") == {}


def test_a_table_is_read_as_it_was_written_and_does_not_depend_on_the_order(tmp_path):
    assert write_names(ROWS, tmp_path / "a.xz") == write_names(reversed(ROWS), tmp_path / "b.xz") == 3
    assert (tmp_path / "a.xz").read_bytes() == (tmp_path / "b.xz").read_bytes()
    assert sorted(read_names(tmp_path / "a.xz")) == sorted(ROWS)
    assert LearntNames(ROWS).version == LearntNames(reversed(ROWS)).version


def test_the_packages_own_table_holds_names_of_diseases_chemicals_and_genes():
    assert {row.type for row in read_names_of_package()} >= {"Chemical", "Disease", "Gene"}
    assert bundled_names().meanings("Disease", "nephrotoxicity")


def read_names_of_package():
    from kgbuild.link.learnt import TABLE

    return read_names(TABLE)
