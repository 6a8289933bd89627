r"""Bytes of a text file as text: byte order marks, UTF-8, else Windows-1252; line ends as "\n", NULs taken out."""

import codecs

__all__ = ["decode_text", "is_textual"]

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: share of control characters above which a file is no text
MOST_CONTROLS = 0.01


def decode_text(raw: bytes) -> tuple[str, list[str]]:
    """The text, and what had to be mended in words."""
    text, notes = _decode(raw)
    n_nuls = text.count("\0")
    if n_nuls:
        notes.append(f"{n_nuls} NUL characters removed")
        text = text.replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def is_textual(head: bytes) -> bool:
    """Whether the first bytes of a file read as text."""
    text, _ = decode_text(head)
    n_controls = sum(character < " " and character not in "\t\n\f\v" for character in text)
    return bool(text.strip()) and n_controls <= MOST_CONTROLS * len(text) and head.count(b"\0") <= len(head) * 0.6


def _decode(raw: bytes) -> tuple[str, list[str]]:
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace"), []
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        if error.end == len(raw) and error.reason == "unexpected end of data":
            # cut inside a character, as the head of a file is
            return raw[: error.start].decode("utf-8"), ["the last character is cut off"]
        note = f"expected UTF-8, found byte 0x{raw[error.start]:02x} at {error.start}; read as Windows-1252"
        return raw.decode("cp1252", "replace"), [note]
