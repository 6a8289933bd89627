"""Files that are broken, hostile or not what they seem: none may raise, and each leaves a document or a failure."""

import zipfile
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure
from kgbuild.read import find_sources, read_source

NASTY = Path(__file__).resolve().parent.parent / "data/nasty"

#: file -> what the text of its document ends with, None for none, and what its failures say, one for each
EXPECTED: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "blank.txt": (None, ("holds only white space",)),
    "control-characters.txt": ("We gave aspirin.\nÿþ It helped.", ("read as Windows-1252", "1 NUL characters removed")),
    "empty.xml": (None, ("is empty (0 bytes)",)),
    "entity-expansion.xml": (None, ("may be an entity bomb",)),
    "external-entity.xml": ("It says: .", ("external entity &secret; not fetched",)),
    "invalid-json.json": (None, ("expected BioC in JSON",)),
    "quotes.csv": ("", ("quote mark",)),
    "surrogate.md": ("Nasty \ufffd\nWe gave aspirin.", ("lone surrogates",)),
    "truncated.xml.gz": (None, ("Compressed file ended",)),
    "unclosed-tag.xml": ("Aspirin & fever, 3 < 5.", ("read after repair",)),
    "unknown.xml": (None, ("XML with the root <book>",)),
    "utf-16.xml": ("Müller found 5 µg.", ()),
    "wrong-encoding.xml": (
        "Müller found 5 µg of naïve cells.",
        ("outside the declared encoding read as Windows-1252",),
    ),
    "wrong-offsets.pubtator": ("It helps.", ("expected 'Aspirin' at 90-97", "expected a mention or relation of 1")),
}


def traces_of(path: Path) -> dict[str, list[Document | Failure]]:
    """What each file below a path, or member of an archive, gave."""
    traces: dict[str, list[Document | Failure]] = {}
    for item in find_sources([str(path)]):
        name = item.source if isinstance(item, Failure) else item.name
        traces[name[len(f"{path}/") :]] = [item] if isinstance(item, Failure) else list(read_source(item))
    return traces


def test_every_nasty_file_has_its_expectation() -> None:
    assert {path.name for path in NASTY.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_nasty_file_leaves_what_can_be_read_of_it_and_says_the_rest(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nasty-secret.txt").write_text("the secret", "utf-8")  # which an external entity names
    (items,) = traces_of(NASTY / name).values()
    texts = [item.text for item in items if isinstance(item, Document)]
    reasons = [item.reason for item in items if isinstance(item, Failure)]
    expected_text, expected_reasons = EXPECTED[name]
    assert [text.endswith(expected_text or "") for text in texts] == [True] * (expected_text is not None), texts
    assert len(reasons) == len(expected_reasons), reasons
    assert all(expected in reason for expected, reason in zip(expected_reasons, reasons, strict=True)), reasons


def test_nasty_files_in_an_archive_with_unsafe_paths_leave_the_same(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("../outside.xml", "<article/>")
        packed.writestr("/absolute.xml", "<article/>")
        for path in sorted(NASTY.iterdir()):
            packed.write(path, path.name)
    traces = traces_of(tmp_path / "all.zip")
    for name in ("../outside.xml", "/absolute.xml"):
        (failure,) = traces.pop(name)
        assert isinstance(failure, Failure) and "unsafe path" in failure.reason
    plain = traces_of(NASTY)
    assert {name: list(map(type, items)) for name, items in traces.items()} == {
        name: list(map(type, items)) for name, items in plain.items()
    }


def test_nasty_copies_of_real_papers_never_raise_and_every_one_leaves_a_trace(shared_data: Path) -> None:
    traces = traces_of(shared_data / "documents/nasty")
    assert all(traces.values()) and len(traces) == 24
    whole = next(item for item in traces["PMC5172360-utf16-bom.xml"] if isinstance(item, Document))
    for broken in ("bare-ampersand", "cp1252-declared-utf8", "named-entities", "unclosed-italic", "truncated-in-table"):
        note, doc = traces[f"PMC5172360-{broken}.xml"]
        assert isinstance(note, Failure) and "read after repair" in note.reason
        assert isinstance(doc, Document) and (doc.id, doc.title) == (whole.id, whole.title)
        if broken in ("cp1252-declared-utf8", "named-entities", "unclosed-italic"):
            assert doc.text == whole.text
    (doc,) = traces["internal-entities.xml"]
    assert isinstance(doc, Document) and doc.text == "TiO₂ films had a resistivity of 5 × 10^-3 Ω cm."
