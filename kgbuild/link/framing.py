"""Words around a name that belong to the sentence rather than to the name, by entity type."""

import re

__all__ = ["as_noun", "without_frame"]

#: regular expressions of the words before and after a name; "" stands for any type
BEFORE: dict[str, str] = {
    "": "the|a|an|any|other|these|this|such|some|novel|new",
    "Gene": (
        "human|mouse|murine|rat|recombinant|endogenous|mutant|wild[- ]type|mutated|total|anti|phosphorylated|phospho|p"
    ),
    "Disease": (
        "severe|mild|moderate|acute|chronic|recurrent|refractory|symptomatic|advanced|early|late|persistent|transient|"
        "progressive|sporadic|human|idiopathic|isolated|classic|classical|typical|marked|fatal|clinical|new[- ]onset|"
        r"bilateral|unilateral|\S+[- ]induced|\S+-associated|\S+-related|\S+-like|"
        r"experimental|spontaneous|postoperative|pre-?existing|subclinical|asymptomatic|"
        r"overt|reversible|intractable|uncontrolled|life-threatening|"
        r"(?:stages?|grades?) (?:IV|I{1,3}|\d)[ab]?(?:(?:,| and| or| to|-|/) ?(?:(?:stage|grade) )?"
        r"(?:IV|I{1,3}|\d)[ab]?)*"
    ),
    "Chemical": (
        "oral|intravenous|topical|free|exogenous|endogenous|anhydrous|aqueous|total|low-dose|high-dose|radioactive"
    ),
    "Species": "adult|female|male|young|old|transgenic|healthy|elderly|newborn|wild[- ]type",
    "Material": (
        "pure|bulk|crystalline|amorphous|nanocrystalline|polycrystalline|doped|undoped|as-prepared|commercial"
    ),
    "CellLine": "human|mouse|murine",
}
AFTER: dict[str, str] = {
    "Gene": "genes?|proteins?|mRNAs?|promoter|alleles?|transcripts?|locus|polypeptide|isoforms?|cDNA|gene products?",
    "Disease": "patients?|episodes?|symptoms?|attacks?|cases?",
    "Chemical": "treatment|therapy|molecules?|ions?|solution|nanoparticles?|hydrochloride|hcl",
    "Species": "pups|models?",
    "Material": "(?:thin )?films?|nanoparticles?|powders?|(?:single )?crystals?|nanowires?|substrates?|ceramics?",
    "CellLine": "cells?|(?:cell )?lines?",
    "CellType": "cells",
}
#: endings of adjectives made from a disease -> the ending of the noun; the first that fits
NOUN_ENDINGS = (
    ("tensive", "tension"),
    ("lytic", "lysis"),
    ("epileptic", "epilepsy"),
    ("diabetic", "diabetes"),
    ("diabetics", "diabetes"),
    ("depressive", "depression"),
    ("depressed", "depression"),
    ("parkinsonian", "parkinsonism"),
    ("convulsive", "convulsions"),
    ("leptic", "lepsy"),
    ("arthritic", "arthritis"),
    ("pathic", "pathy"),
    ("plegic", "plegia"),
    ("trophic", "trophy"),
    ("emic", "emia"),
    ("aemic", "aemia"),
    ("hmic", "hmia"),
    ("penic", "penia"),
    ("phrenic", "phrenia"),
    ("algesic", "algesia"),
    ("orexic", "orexia"),
    ("otic", "osis"),
    ("static", "stasis"),
    ("lergic", "lergy"),
    ("toxic", "toxicity"),
    ("uric", "uria"),
    ("obese", "obesity"),
    ("psychiatric", "psychiatric disorder"),
    ("kinetic", "kinesia"),
    ("dystonic", "dystonia"),
    ("clonic", "clonus"),
    ("spastic", "spasticity"),
    ("cardic", "cardia"),
    ("ataxic", "ataxia"),
    ("phasic", "phasia"),
    ("mnesic", "mnesia"),
    ("plastic", "plasia"),
    ("paretic", "paresis"),
    ("septic", "sepsis"),
    ("carcinogenic", "carcinogenesis"),
    ("tumorigenic", "carcinogenesis"),
    ("edematous", "edema"),
    ("tuberculous", "tuberculosis"),
    ("asthmatic", "asthma"),
    ("asthmatics", "asthma"),
    ("epileptiform", "epilepsy"),
    ("anxious", "anxiety"),
    ("demented", "dementia"),
    ("suicidal", "suicide"),
    ("painful", "pain"),
    ("malignant", "malignancy"),
    ("-deficient", " deficiency"),
    ("deficient", "deficiency"),
)

_BRACKETED_END = re.compile(r"\s*\([^()]*\)$")
_EDGES = " \t\n.,;:'\"()[]-"


def without_frame(name: str, type: str) -> str:
    """The name without articles, such words, a bracket at its end and stray punctuation; perhaps the name itself.

    >>> without_frame("the BRCA1 gene", "Gene"), without_frame("severe hypotension", "Disease")
    ('BRCA1', 'hypotension')
    """
    bare = _trim(_BRACKETED_END.sub("", name))
    before = f"{BEFORE['']}|{BEFORE[type]}" if type in BEFORE else BEFORE[""]
    while (shorter := re.sub(rf"^(?:{before})[ -]+(?=\S)", "", bare, flags=re.IGNORECASE)) != bare:
        bare = shorter
    if type in AFTER:
        bare = re.sub(rf"(?<=\w)[ -]+(?:{AFTER[type]})$", "", bare, flags=re.IGNORECASE)
    return _trim(bare)


def as_noun(name: str) -> str:
    """The disease from which an adjective is made, or the name itself.

    >>> as_noun("hypertensive"), as_noun("ischemic"), as_noun("asthma")
    ('hypertension', 'ischemia', 'asthma')
    """
    for ending, noun in NOUN_ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending) + noun
    return name


def _trim(name: str) -> str:
    balanced = name.count("(") == name.count(")") and name[-1:] != ")"
    return name.strip(_EDGES if balanced else " .,;:")
