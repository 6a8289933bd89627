"""Trigrams of letters: what the spelling of names is compared by."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["N_GRAMS", "bounded", "by_alphabet", "grams", "in_alphabet_order"]

#: blank, letters, digits, anything else
ALPHABET = 38
N_GRAMS = ALPHABET**3

_CODE_OF = np.full(256, ALPHABET - 1, np.uint32)
_CODE_OF[ord(" ")] = 0
_CODE_OF[ord("a") : ord("z") + 1] = np.arange(1, 27)
_CODE_OF[ord("0") : ord("9") + 1] = np.arange(27, 37)


def bounded(text: str) -> str:
    """The ASCII letters of a text between blanks."""
    return f" {text} ".encode("ascii", "ignore").decode("ascii")


def grams(text: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The number of the trigram that begins at each letter but the last two."""
    codes = _CODE_OF[text]
    if len(codes) < 3:
        return np.empty(0, np.uint32)
    return codes[:-2] * np.uint32(ALPHABET * ALPHABET) + codes[1:-1] * np.uint32(ALPHABET) + codes[2:]


@cache
def in_alphabet_order() -> NDArray[np.uint32]:
    """The place of each trigram, by its number, in alphabetical order: that of ASCII, digits before letters."""
    place = np.concatenate([[0], np.arange(11, 37), np.arange(1, 11), [37]]).astype(np.uint32)
    return (place[:, None, None] * ALPHABET**2 + place[:, None] * ALPHABET + place).ravel().astype(np.uint32)


@cache
def by_alphabet() -> NDArray[np.int64]:
    """The number of each trigram, by its place in alphabetical order."""
    return in_alphabet_order().argsort()
