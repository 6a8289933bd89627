"""The unit of QUDT that a UCUM code stands for.

QUDT and UCUM write the factors of a unit in different orders and forms ("S/cm", "S.cm-1"), so that codes are compared
with their factors sorted. Annotations in braces ("%{wt}") have no meaning in UCUM (https://ucum.org/ucum, § 6).
"""

import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path

__all__ = ["unit_of_ucum"]

_TABLE = Path(__file__).with_name("qudt_units.tsv")

_ANNOTATION = re.compile(r"\{[^}]*\}")
_FACTOR = re.compile(r"(?P<by>[./]?)(?P<unit>[^./\d-]+)(?P<power>-?\d+)?(?=[./]|$)")


@lru_cache(maxsize=4096)
def unit_of_ucum(code: str) -> str | None:
    """The CURIE of QUDT's unit, or None if QUDT has none with this code.

    >>> unit_of_ucum("S/cm"), unit_of_ucum("%{wt}"), unit_of_ucum("1"), unit_of_ucum("mW.cm-2")
    ('QUDT.UNIT:S-PER-CentiM', 'QUDT.UNIT:PERCENT', 'QUDT.UNIT:UNITLESS', None)
    """
    if code == "1":
        return "QUDT.UNIT:UNITLESS"
    name = _units().get(_sorted_factors(code))
    return f"QUDT.UNIT:{name}" if name else None


def _sorted_factors(code: str) -> str:
    """The code with its factors in order, "" if it cannot be read."""
    code = _ANNOTATION.sub("", code)
    powers: Counter[str] = Counter()
    place = 0
    while place < len(code):
        factor = _FACTOR.match(code, place)
        if factor is None:
            return ""
        power = int(factor["power"] or 1)
        powers[factor["unit"]] += -power if factor["by"] == "/" else power
        place = factor.end()
    return ".".join(f"{unit}{'' if power == 1 else power}" for unit, power in sorted(powers.items()) if power)


@cache
def _units() -> dict[str, str]:
    lines = _TABLE.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
