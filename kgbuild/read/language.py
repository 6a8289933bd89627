"""In which language a document seems to be written, if not in English: by its letters and its function words.

A third of the words of running text are articles, prepositions and the like. Those that are words in English papers too
("a", "et al", "de" in names) are not counted. Tables, lists of genes and formulas hold none, and pass. So does what is
short, and a paper of which half is a translation into English: it is a hint, not a measurement.

By letters it knows Japanese, Korean, Chinese, Greek, Hebrew and Thai, and the scripts of Russian, Arabic and India's
languages; by words Portuguese, Spanish, French, Italian, German, Dutch, Polish, Czech, Swedish, Danish or Norwegian,
Turkish, Indonesian or Malay, Hungarian, Finnish and Vietnamese. What is in another language passes as English.
"""

import re
from collections import Counter

from kgbuild.document import Document

__all__ = ["foreign_language"]

#: Characters that are looked at, and letters and words without which nothing can be told.
SAMPLE_CHARACTERS = 50_000
LEAST_LETTERS = 40
LEAST_WORDS = 40
#: Share of the letters in a script other than Latin, and of the words that are another language's, from which on.
SCRIPT_SHARE = 0.3
WORD_SHARE = 0.08
#: How many different words of a language there must be: names have but one or two.
LEAST_DISTINCT = 4

_SCRIPTS = {
    "Japanese": r"\u3040-\u30ff",
    "Korean": r"\uac00-\ud7af",
    "Chinese": r"\u4e00-\u9fff",
    "Russian or another language in Cyrillic letters": r"\u0400-\u04ff",
    "Greek": r"\u0370-\u03ff\u1f00-\u1fff",
    "Arabic, Persian or another language in Arabic letters": r"\u0600-\u06ff",
    "Hebrew": r"\u0590-\u05ff",
    "a language of India": r"\u0900-\u0dff",
    "Thai": r"\u0e00-\u0e7f",
}
#: formulas have letters one by one
_OF_SCRIPT = {name: re.compile(f"[{letters}]{{3,}}") for name, letters in _SCRIPTS.items()}

_FUNCTION_WORDS = {
    "English": "the of and to with for that were by from which are this these is was in on as be or an at it",
    "Portuguese": "da dos das em que com uma não foi foram são pelo pela ao aos mais como entre também nas nos os",
    "Spanish": "el los las que en con una por fue fueron son más como entre también sus del se es",
    "French": "le les des du est une dans pour par sur avec que qui ont été sont aux cette au ces chez",
    "Italian": "il di che con una sono della delle del nel nella gli dei alla è stato più tra dal",
    "German": "der die und den von mit des dem eine ist im zu auf bei wurde nicht für das sich als wurden durch einer",
    "Dutch": "het een van de met voor zijn werd niet dat bij ook naar deze uit worden werden door",
    "Polish": "na się nie jest oraz przez po od dla są jak które zostały",
    "Czech": "je se na byly při že pro jako které jsou ve byla nebo",
    "Swedish": "och att som för med av är på den det en inte till från ett vid var",
    "Danish or Norwegian": "og at som for med af av er på den det en ikke til fra et ved var blev ble",
    "Turkish": "ve bir bu ile için olarak olan daha çok ise sonra",
    "Indonesian or Malay": "yang dan di dengan untuk pada dari ini adalah dalam tidak ke",
    "Hungarian": "az és hogy nem egy volt meg voltak ezek",
    "Finnish": "ja oli ei että olivat myös sekä tai joka kun ovat",
    "Vietnamese": "và của các có là được trong cho với không những một",
}
_LANGUAGES = {name: frozenset(words.split()) for name, words in _FUNCTION_WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")


def foreign_language(document: Document) -> str | None:
    """The language that a document looks to be in; None for English, and where its text does not tell.

    >>> foreign_language(Document("kgb:1", "Os pacientes foram tratados com aspirina e não tiveram mais febre. " * 4))
    'Portuguese'
    """
    text = _prose(document)
    return _by_script(text) or _by_words(text)


def _prose(document: Document) -> str:
    """The beginning of the text without its tables."""
    text, place = [], 0
    for block in document.blocks:
        if block.kind == "table":
            text.append(document.text[place : block.span.start])
            place = block.span.end
    return "".join([*text, document.text[place:]])[:SAMPLE_CHARACTERS]


def _by_script(text: str) -> str | None:
    n_letters = sum(map(str.isalpha, text))
    if n_letters < LEAST_LETTERS:
        return None
    counts = {name: sum(map(len, letters.findall(text))) for name, letters in _OF_SCRIPT.items()}
    if sum(counts.values()) < SCRIPT_SHARE * n_letters:
        return None
    if counts["Japanese"] >= 0.1 * counts["Chinese"]:  # its text has Chinese characters, too
        counts["Japanese"] += counts["Chinese"]
    return max(counts, key=lambda name: counts[name])


def _by_words(text: str) -> str | None:
    words = Counter(_WORD.findall(text))  # as they are written: in capitals they are symbols
    n_words = sum(words.values())
    if n_words < LEAST_WORDS:
        return None
    counts = {name: sum(words[word] for word in own) for name, own in _LANGUAGES.items()}
    likeliest = max(counts, key=lambda name: counts[name])
    if counts[likeliest] <= counts["English"] or counts[likeliest] < WORD_SHARE * n_words:
        return None
    return likeliest if len(_LANGUAGES[likeliest] & words.keys()) >= LEAST_DISTINCT else None
