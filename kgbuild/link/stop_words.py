"""Ordinary words that are also names of something: "was" is a gene, "all" a leukaemia, "lead" a metal.

They are looked up only when written as no ordinary word is: in capitals, or with digits.
"""

__all__ = ["is_stop_word"]

_WORDS = """
    a about above act after age all also am an and any are arm as at bad bank base be bed been best better big
    bite both but by camp can cap case cause cell cells change chip clock clot coil come control could cut damage
    data day death did disease do does down drug due each early effect end even fact fail far fast fat fate few
    fit five flow for form four from full gene genes get go good great group had has have he held her high him his
    hole how i if impact in is it its just kit large last late left less like link long loss low mad made many map
    march mark mask may me mean might mild more most much must my name near need net new no none nor not now of
    off old on one only or other our out over own part past patch pen per plan plasma poor post protein proteins
    put rate raw rest right ring role same saw score see set severe she short show side sit six small so some step
    such sum tank task ten than that the their them then there these they this three thus time to toll too top
    trap two type under up us use used very via was we were what when which while who why will with wood would year yes
    yet you your
"""
STOP_WORDS = frozenset(_WORDS.split())


def is_stop_word(text: str) -> bool:
    """Whether the text is an ordinary word, written as one.

    >>> is_stop_word("was"), is_stop_word("Rest"), is_stop_word("WAS"), is_stop_word("insulin")
    (True, True, False, False)
    """
    return text.casefold() in STOP_WORDS and (text.islower() or text.istitle())
