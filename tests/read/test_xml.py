import io

import pytest

from kgbuild.document import Failure
from kgbuild.errors import ReadError
from kgbuild.read import xml
from kgbuild.read.mend import mend
from kgbuild.read.xml import XmlRecord, iter_records, root_tag


def records(content: str | bytes) -> list[tuple[str, int, tuple[str, ...]]]:
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    found = []
    for record in iter_records(stream, "f.xml", ("a", "b")):
        assert isinstance(record, XmlRecord), record
        found.append(("".join(record.element.itertext()), record.line, record.repairs))
    return found


def test_records_come_with_their_lines_and_without_namespaces() -> None:
    content = '<?xml version="1.0"?>\n<r xmlns:z="u:z">\n<a z:k="1"><z:i>x</z:i></a>\n\n<b>y</b><c>no</c></r>'
    assert records(content) == [("x", 3, ()), ("y", 5, ())]
    (first, _) = iter_records(io.BytesIO(content.encode()), "f", ("a", "b"))
    assert isinstance(first, XmlRecord) and first.element[0].tag == "i"


def test_no_record_and_an_empty_file_give_nothing() -> None:
    assert records("<r><c/></r>") == records("") == []


def test_a_record_without_content_is_a_record() -> None:
    assert records("<r><a/><a k='1'/><b>y</b></r>") == [("", 1, ()), ("", 1, ()), ("y", 1, ())]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_records_do_not_depend_on_the_chunks_in_which_they_are_read(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "CHUNK_BYTES", size)
    monkeypatch.setattr(xml, "LONGEST_TAG", 20)
    content = "<r>\n" + "".join(f"<a>é{number}</a>\n<b>µ</b>" for number in range(20)) + "</r>"
    expected = [item for n in range(20) for item in ((f"é{n}", n + 2, ()), ("µ", n + 3, ()))]
    assert records(content) == expected


def test_a_broken_record_leaves_the_next_one_whole() -> None:
    found = records("<r><a>1 & 2<i>x</a><a>not closed<a>3</a></r>")
    assert [text for text, _, _ in found] == ["1 & 2x", "not closed", "3"]
    assert found[0][2] == ("1 bare & or < escaped", "1 elements closed")
    assert found[2][2] == ()


def test_a_file_that_is_cut_off_gives_what_there_is() -> None:
    assert records("<r><a>one</a><a><p>two</p><p cla") == [
        ("one", 1, ()),
        ("two", 1, ("1 torn tags dropped", "1 elements closed")),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_byte_order_marks_and_utf16_are_understood(encoding: str) -> None:
    content = '<?xml version="1.0"?><a>µ→𝛼</a>'.encode(encoding)
    assert root_tag(content) == "a"
    assert records(content) == [("µ→𝛼", 1, ())]


def test_a_declared_encoding_is_used() -> None:
    assert records('<?xml version="1.0" encoding="windows-1251"?><a>Ж</a>'.encode("cp1251")) == [("Ж", 1, ())]


def test_bytes_outside_the_declared_encoding_are_read_as_windows_1252_with_a_note() -> None:
    content = '<?xml version="1.0" encoding="UTF-8"?><a>µm “x”</a>'.encode("cp1252")
    assert records(content) == [("µm “x”", 1, (xml.RECODED,))]


def test_small_internal_entities_are_expanded_without_a_note() -> None:
    content = '<!DOCTYPE a [<!ENTITY f "Fe<i>&two;</i>"> <!ENTITY two "&#x2082;">]><a>&f; &amp; &#181;</a>'
    assert records(content) == [("Fe₂ & µ", 1, ())]


def test_an_external_entity_is_never_fetched(tmp_path: object) -> None:
    content = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{__file__}"> <!ENTITY % p SYSTEM "file:///p"> %p;]><a>[&x;]</a>'
    assert records(content) == [("[]", 1, ("1 external entity &x; not fetched",))]


def test_an_entity_bomb_is_refused() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    stream = io.BytesIO(f'<!DOCTYPE a [<!ENTITY e0 "lol">{levels}]><a>&e9;</a>'.encode())
    (found,) = iter_records(stream, "f.xml", ("a",))
    assert isinstance(found, Failure) and "entity bomb" in found.reason


def test_an_entity_that_names_itself_is_refused() -> None:
    with pytest.raises(ReadError, match="entity bomb"):
        mend("<a>&x;</a>", {"x": "&x;"})


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("<a>&nbsp;&alpha;&deg;</a>", "<a>\u00a0α°</a>"),
        ("<a>&nothing;</a>", "<a>&amp;nothing;</a>"),
        ("<a>p < 0.05 & q</a>", "<a>p &lt; 0.05 &amp; q</a>"),
        ("<a>x\x00\x0by&#0;&#xD800;z</a>", "<a>xyz</a>"),
        ("<a><i>x</a>", "<a><i>x</i></a>"),
        ("<a>x</i></a>", "<a>x</a>"),
        ("<a><![CDATA[x & <y>]]></a>", "<a><![CDATA[x & <y>]]></a>"),
        ("<a k='1' k='2' l>x</a>", "<a k='1'>x</a>"),
    ],
)
def test_broken_text_is_mended(broken: str, expected: str) -> None:
    assert mend(broken, {})[0] == expected
