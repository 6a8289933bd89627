"""PDF files written by hand: text at places, in the fonts that every reader of PDF has."""

import re
from typing import NamedTuple

FONTS = {"F1": "Helvetica", "F2": "Helvetica-Bold", "F3": "Helvetica-Oblique"}
WIDTH, HEIGHT = 595, 842


class Text(NamedTuple):
    """Words at a place, in points from the left and from the top of the page to the baseline.

    In them ``^{2}`` is raised and ``_{2}`` lowered, in smaller type.
    """

    x: float
    y: float
    words: str
    size: float = 10
    font: str = "F1"
    angle: int = 0


def column(x: float, y: float, lines: list[str], *, size: float = 10, font: str = "F1") -> list[Text]:
    """Lines below one another."""
    return [Text(x, y + 12 * number, line, size, font) for number, line in enumerate(lines)]


def write_pdf(*pages: list[Text], info: str = "") -> bytes:
    """A PDF with a page for each list of texts; `info` is what its dictionary says, as ``/Title (Films)``."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    fonts = " ".join(
        f"/{key} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
        for key, name in FONTS.items()
    )
    numbers = []
    for page in pages:
        content = "\n".join(map(_drawn, page)).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}]"
        holds = f"/Resources << /Font << {fonts} >> >> /Contents {len(objects)} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} {holds} >>".encode())
        numbers.append(len(objects))
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    objects.append(f"<< {info} >>".encode("latin-1"))
    return _file(objects)


def _drawn(text: Text) -> str:
    words = text.words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    for mark, rise in (("^", 0.4), ("_", -0.2)):
        small = (
            rf") Tj /{text.font} {text.size * 0.6} Tf {text.size * rise} Ts (\1) Tj 0 Ts /{text.font} {text.size} Tf ("
        )
        words = re.sub(rf"\{mark}{{(.*?)}}", small, words)
    turn = {0: "1 0 0 1", 90: "0 1 -1 0", 270: "0 -1 1 0"}[text.angle]
    return f"BT /{text.font} {text.size} Tf {turn} {text.x} {HEIGHT - text.y} Tm ({words}) Tj ET"


def _file(objects: list[bytes]) -> bytes:
    written = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        count,
        count - 1,
        len(written),
    )
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % count + rows + trailer
