"""Names as they are compared: pure functions from a string to the keys under which it is found.

Four degrees of likeness, from strict to loose: the same characters; the same but for case; the same *normal key*
(dashes, Greek letters, accents, plurals, British spelling, Roman numerals set aside); the same *word key* (the
order of words and words like "of" set aside too, and adjectives of anatomy equal to their nouns). These are for
looking a name up, where the concept that is found is weighed; what no ontology knows is compared by words of which
`plain_word` sets aside only what makes no other word.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

__all__ = [
    "FILLERS",
    "fold",
    "key_of_words",
    "name_keys",
    "normal_key",
    "other_word",
    "plain_word",
    "same_word",
    "split_camel_case",
    "tidy",
    "to_latin",
    "without_possessives",
    "word_key",
    "words",
]

_GREEK_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
_GREEK_WORDS = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi
    chi psi omega
"""
_GREEK_VARIANTS = {"ς": "sigma", "ϕ": "phi", "ϵ": "epsilon", "ϑ": "theta"}
GREEK = dict(zip(_GREEK_LETTERS, _GREEK_WORDS.split(), strict=True)) | _GREEK_VARIANTS

#: Roman numerals that are not letters or words of their own
ROMAN = {"II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9", "XI": "11", "XII": "12"}
#: in small letters these only
SMALL_ROMAN = {"ii": "2", "iii": "3"}
#: a single letter is a numeral after one of these words only
SINGLE_ROMAN = {"i": "1", "v": "5", "x": "10"}
_SINGLE_NUMERALS = frozenset(SINGLE_ROMAN)
NUMBERED = frozenset({"type", "stage", "grade", "class", "factor", "phase", "group", "complex", "collagen"})

IRREGULAR = {
    **{"mice": "mouse", "mouse": "mouse", "teeth": "tooth", "feet": "foot", "children": "child", "women": "woman"},
    **{"men": "man", "bacteria": "bacterium", "fungi": "fungus", "nuclei": "nucleus", "ganglia": "ganglion"},
    **{"vertebrae": "vertebra", "mitochondria": "mitochondrion", "carcinomata": "carcinoma"},
    **{word: word for word in ("diabetes", "series", "species", "rabies", "scabies", "herpes", "caries", "ascites")},
}

#: plurals that the endings of `plain_word` would get wrong, and words that look like plurals
_NO_PLURALS = """
    aids always apparatus arms bias biceps canvas chaos customs electronics ethics fibrosis forceps gas genetics
    genomics goods hives lens lupus mathematics means measles mechanics mumps news optics pancreas physics
    proteomics rickets siemens statistics syphilis triceps works yaws
"""
_PLURALS = """
    aches ache, antennas antenna, areas area, axes axis, biases bias, caches cache, calories calorie,
    criteria criterion, formulas formula, foci focus, gases gas, halves half, headaches headache, indices index,
    knives knife, leaves leaf, lenses lens, lives life, loci locus, moduli modulus, matrices matrix, niches niche,
    phenomena phenomenon, plasmas plasma, quanta quantum, radii radius, ratios ratio, scenarios scenario,
    shelves shelf, spectra spectrum, stimuli stimulus, strata stratum, studios studio, vertices vertex,
    vortices vortex, wolves wolf, zeros zero
"""
SINGULAR = IRREGULAR | {word: word for word in _NO_PLURALS.split()} | dict(pair.split() for pair in _PLURALS.split(","))
#: endings of plurals, of the longer ones the first that fits, and those of their singulars
_ENDINGS = tuple(
    (re.compile(plural), singular)
    for plural, singular in (
        (r"(?:ss|us|is|as|os)$", None),
        (r"(?<=...)ies$", "y"),
        (r"(?<=[lnprt])uses$", "us"),
        (r"lyses$", "lysis"),
        (r"theses$", "thesis"),
        (r"(?<=ss|sh|ch)es$|(?<=[xz]z)es$|(?<=x)es$", ""),
        (r"(?<=lg|ll|rv)ae$|(?<=enn|min|mul)ae$", "a"),
        (r"s$", ""),
    )
)

#: with and without the last letter
AMERICAN = {
    **{"aluminium": "aluminum", "caesium": "cesium"},
    **{"fibr": "fiber", "centr": "center", "fibre": "fiber", "centre": "center"},
}

#: words that the word key leaves out
FILLERS = frozenset({"of", "the", "a", "an", "and", "or", "in", "to", "with", "by", "due", "nos"})

#: words that stand for the same thing inside a name
EQUAL_WORDS = {
    **{"renal": "kidney", "hepatic": "liver", "cardiac": "heart", "pulmonary": "lung", "gastric": "stomach"},
    **{"cerebral": "brain", "ovarian": "ovary", "prostatic": "prostate", "mammary": "breast", "pancreatic": "pancreas"},
    **{"colonic": "colon", "uterine": "uterus", "testicular": "testis", "ocular": "eye", "esophageal": "esophagus"},
    **{"bronchial": "bronchus", "muscular": "muscle", "vascular": "vessel", "neoplasm": "tumor", "neoplasia": "tumor"},
    **{"disorder": "disease", "injury": "damage", "deficit": "deficiency", "impaired": "impairment"},
    **{"hypersensitivity": "allergy", "allergic": "allergy"},
}

#: tokens whose stems are kept
CACHED_STEMS = 1 << 17

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_POSSESSIVE = re.compile(r"['’´`]s\b")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | dict.fromkeys(map(ord, "’‘´`"), "'")
_GREEK_CAPITALS = {ord(letter.upper()): name for letter, name in GREEK.items() if letter.upper() != letter}
_GREEK_NAMES = {ord(letter): name for letter, name in GREEK.items()} | _GREEK_CAPITALS
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")


def tidy(name: str) -> str:
    """The name in Unicode's NFC, with plain dashes, quotes and single blanks.

    >>> tidy(" Crohn’s  disease ")
    "Crohn's disease"
    """
    if name.isascii():
        return " ".join(name.split())
    return " ".join(unicodedata.normalize("NFC", name).translate(_DASHES).split())


def fold(name: str) -> str:
    """The tidy name without case."""
    return tidy(name).casefold()


@lru_cache(maxsize=1 << 14)
def normal_key(name: str) -> str:
    """What is left of a name when dashes, blanks, Greek letters, plurals, accents and British spelling are set aside.

    >>> normal_key("TNF-α") == normal_key("TNF alpha"), normal_key("Tumours") == normal_key("tumor")
    (True, True)
    >>> normal_key("1,2-dichloroethane") == normal_key("12-dichloroethane")
    False
    """
    return key_of_words(_tokens(name))


def key_of_words(words: Sequence[str]) -> str:
    """The normal key of a name that consists of these normalised words."""
    joined = "".join(words)
    if joined.isalpha():
        return joined
    joined = ""
    for word in words:
        # two numbers stay two numbers
        joined += f".{word}" if joined[-1:].isdigit() and word.isdigit() else word
    return joined


def word_key(name: str) -> str:
    """The words of a name in alphabetical order, or "" where order matters or there is but one word.

    >>> word_key("Sting, Scorpion") == word_key("scorpion stings")
    True
    >>> word_key("cancer of the breast") == word_key("Breast Cancers")
    True

    The places of chemical names matter, so that a name with several numbers has no word key:

    >>> word_key("3-ethyl-2-methylhexane")
    ''
    """
    return _in_order(_tokens(name))


def name_keys(name: str) -> tuple[str, str]:
    """The normal key and the word key, in less time than one after the other.

    >>> name_keys("Breast Cancers") == (normal_key("Breast Cancers"), word_key("Breast Cancers"))
    True
    """
    tokens = _tokens(name)
    return key_of_words(tokens), _in_order(tokens)


def words(name: str) -> list[str]:
    """The normalised words of a name in their order, of which its keys are made.

    >>> words("Tumours of the kidney, type II")
    ['tumor', 'of', 'the', 'kidney', 'typ', '2']
    """
    return _tokens(name)


def plain_word(word: str) -> str:
    """A word in small letters as its singular in American spelling, as far as no two words become one.

    Unlike the words of the keys: "chlorine" is not "chlorin", "rates" are no "rats", and species of one are several.

    >>> [plain_word(word) for word in ("phases", "gases", "viruses", "densities", "analyses", "fibres", "species")]
    ['phase', 'gas', 'virus', 'density', 'analysis', 'fiber', 'species']
    """
    if len(word) < 4:
        return word
    return SINGULAR.get(word) or _american(_plain_singular(word))


def same_word(word: str) -> str:
    """A normalised word, or the one that stands for the same thing inside a name.

    >>> same_word("renal")
    'kidney'
    """
    return _EQUAL_STEMS.get(word, word)


def other_word(word: str) -> str:
    """The other one of two normalised words that stand for the same thing, or the word itself.

    >>> other_word("renal"), other_word("kidney")
    ('kidney', 'renal')
    """
    return _EQUAL_STEMS.get(word) or _OTHER_STEMS.get(word, word)


def to_latin(name: str) -> str:
    """The tidy name with Greek letters by their names, and without accents and raised or lowered digits.

    >>> to_latin("α-TiO₂"), to_latin("Mössbauer")
    ('alpha-TiO2', 'Mossbauer')
    """
    name = tidy(name).translate(_GREEK_NAMES)
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def without_possessives(name: str) -> str:
    """The name with "Young" for "Young's"."""
    return _POSSESSIVE.sub("", name)


def split_camel_case(name: str) -> str:
    """The words of a name written without blanks; formulas and abbreviations stay as they are.

    >>> split_camel_case("ThermalConductivity"), split_camel_case("NaCl"), split_camel_case("XRayDiffraction")
    ('Thermal Conductivity', 'NaCl', 'X Ray Diffraction')
    """
    if " " in name or not re.search(r"[A-Z][a-z]{2,}[A-Z]|[A-Z][A-Z][a-z]{3,}", name):
        return name
    return _CAMEL.sub(" ", name.replace("_", " "))


def _in_order(tokens: list[str]) -> str:
    if len(tokens) < 2:
        return ""
    words = tokens if FILLERS.isdisjoint(tokens) else [token for token in tokens if token not in FILLERS]
    # symbols are no words: "E2" is not "2E"
    if len(words) < 2 or max(map(len, words)) < 4 or sum(map(str.isdigit, words)) > 1:
        return ""
    return " ".join(sorted({_EQUAL_STEMS.get(word, word) for word in words}))


def _tokens(name: str) -> list[str]:
    stems = [_STEMS[token] for token in _split(name)]
    if not _SINGLE_NUMERALS.isdisjoint(stems):
        for place in range(1, len(stems)):
            if stems[place] in SINGLE_ROMAN and stems[place - 1] in _NUMBERED_STEMS:
                stems[place] = SINGLE_ROMAN[stems[place]]
    return stems


def _split(name: str) -> list[str]:
    tokens = name.split()
    if name.isascii() and "".join(tokens).isalpha():
        return tokens  # as most names do, in less time
    name = name.replace("'s ", " ") if "'s " in name else name
    if not name.isascii():
        name = to_latin(name)
    return _TOKEN.findall(without_possessives(name) if "'" in name else name)


class _Stems(dict[str, str]):
    """Token -> its stem, found when first asked for."""

    def __missing__(self, token: str) -> str:
        if len(self) >= CACHED_STEMS:
            self.clear()
        stem = self[token] = _stem(token)
        return stem


_STEMS = _Stems()


def _stem(token: str) -> str:
    """A token without case, plural ending and British spelling; capitals are symbols, whose last letter counts."""
    if token in ROMAN:
        return ROMAN[token]
    word = token.casefold()
    if len(word) < 4 or (len(token) < 7 and token.isupper()):
        return SMALL_ROMAN.get(word, word)
    if word in IRREGULAR:
        return IRREGULAR[word]
    return _american(_singular(word))


def _singular(word: str) -> str:
    """A word of four letters or more without one ending: metastasis, metastases; disease, diseases."""
    if word.endswith("e"):
        return word[:-1]
    if not word.endswith("s") or word.endswith(("ss", "us")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    return word[:-2] if len(word) > 4 and word.endswith(("is", "es")) else word[:-1]


def _plain_singular(word: str) -> str:
    for plural, singular in _ENDINGS:
        if found := plural.search(word):
            return word if singular is None else word[: found.start()] + singular
    return word


def _american(word: str) -> str:
    if len(word) < 5:
        return word
    word = word.replace("ae", "e").replace("oe", "e").replace("sulph", "sulf").replace("isation", "ization")
    if word.endswith("our"):
        word = word[:-3] + "or"
    return AMERICAN.get(word, word)


_EQUAL_STEMS = {_stem(word): _stem(other) for word, other in EQUAL_WORDS.items()}
_OTHER_STEMS = {other: word for word, other in reversed(_EQUAL_STEMS.items())}
_NUMBERED_STEMS = frozenset(_stem(word) for word in NUMBERED)
