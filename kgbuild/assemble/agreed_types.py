"""One type for a name that a document takes now for one thing, now for another that is told from it by knowledge alone.

"MKP101" is a gene in a sentence and a compound in the table of its activities. Only unlinked names need it: they are
one node if their types are equal. What came with the input keeps its types.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from kgbuild.document import GIVEN_AGENT, Mention

__all__ = ["agreed_types"]

#: Types that codes and formulas are mistaken for one another in.
NEAR_TYPES = (("Material", "Chemical", "Gene", "CellLine"), ("CellType", "CellLine"))


def agreed_types(
    mentions: Iterable[Mention],
    *,
    form: Callable[[str, Mention], str],
    barred: Mapping[str, frozenset[str]],
) -> dict[str, str]:
    """The types of unlinked mentions of one document that are not to have their own, by `Mention.id`.

    A name has the type whose mentions have the greatest sum of scores, of equal ones the first in the alphabet. `form`
    (of type and mention) tells names apart; lone letters are many things. `barred` are types, by `Mention.id`, that
    statements of a mention do not allow: a name has none of them where there is a choice.
    """
    free = [mention for mention in mentions if not mention.concepts and mention.agent != GIVEN_AGENT]
    types: dict[str, str] = {}
    for near in NEAR_TYPES:
        names: defaultdict[str, list[Mention]] = defaultdict(list)
        for mention in free:
            if types.get(mention.id, mention.type) in near:
                names[form(near[0], mention)].append(mention)
        for name, same in names.items():
            if len(name) == 1:
                continue
            chosen = _choose(same, types, barred)
            types |= {mention.id: chosen for mention in same if mention.type != chosen}
    return types


def _choose(same: list[Mention], types: Mapping[str, str], barred: Mapping[str, frozenset[str]]) -> str:
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for mention in same:
        scores[types.get(mention.id, mention.type)].append(mention.score)
    unfit = frozenset[str]().union(*(barred.get(mention.id, frozenset()) for mention in same))
    fit = scores.keys() - unfit or scores.keys()
    return min(fit, key=lambda type_: (-math.fsum(scores[type_]), type_))
