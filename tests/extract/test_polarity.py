"""Sentences with «subject» and «object» marked, and what they say of the relation between the two."""

import pytest

from kgbuild.extract.polarity import polarity

NEGATED = [
    "«Aspirin» did not cause «asthma» in these patients.",
    "There was no evidence that «aspirin» causes «asthma».",
    "No association between «BRCA1» and «gastric cancer» was found.",
    "«TP53» is not associated with «migraine».",
    "«Metformin» failed to reduce «HbA1c».",
    "«Metformin» had no effect on «insulin».",
    "«Caffeine» neither inhibits nor activates «PDE4».",
    "An interaction of «MDM2» with «RB1» was not observed.",
    "A link between «lithium» and «goitre» has been ruled out.",
    "«Naloxone» is unable to block «OPRK1».",
    "These data argue against a causal role of «APOE» in «glaucoma».",
    "The effect of «zinc» on «IL6» was not statistically significant.",
    "«Doxycycline» was well tolerated without «nausea».",
    "Expression of «GATA1» was unaffected by «dexamethasone».",
    "We were unable to detect binding of «heparin» to «FGF2».",
    "«Vitamin C» never caused «nephrolithiasis».",
    "Lack of association of «COMT» with «schizophrenia».",
    "«SiO2» doesn't react with «HCl».",
    "The correlation of «IL-10» with «sepsis» has not been confirmed.",
    "«Warfarin» was stopped, and «bleeding» was not observed.",
    "There was no evidence of «heparin»-induced «thrombocytopenia».",
    "«Heparin»-induced «thrombocytopenia» was not observed.",
    "«α-tocopherol» did not alter «β-carotene» levels.",
    "«Remifentanil» was given without side effects such as sedation, «apnea», or nausea.",
    "No significant sedation, «hypotension», or bradycardia developed with «lidocaine».",
    "There was no nausea, vomiting or «headache» with «aspirin».",
    "«Quetiapine» led to no serious adverse events, including dizziness and «akathisia».",
]

SPECULATED = [
    "«Aspirin» may cause «asthma».",
    "«Aspirin» might induce «asthma».",
    "These results suggest that «miR-21» downregulates «PTEN».",
    "It is possible that «BPA» contributes to «obesity».",
    "«GSK3B» is a putative target of «lithium».",
    "A possible association of «statins» with «myopathy» was discussed.",
    "We investigated whether «curcumin» inhibits «COX2».",
    "Whether «statins» lower «CRP» remains unclear.",
    "We hypothesized that «leptin» increases «TNF».",
    "«Sertraline» appears to increase «prolactin».",
    "«NRF2» is thought to regulate «HMOX1».",
    "The role of «SNCA» in «dementia» is still unknown.",
    "A contribution of «amiodarone» to the «hepatitis» cannot be excluded.",
    "«Ibuprofen» is likely responsible for the «rash».",
    "To evaluate the effect of «ginger» on «nausea», 80 women were enrolled.",
    "Associations of «ACE» with «stroke» and renal disease have been inconsistent.",
    "The role of «TP63» in «melanoma» warrants further investigation.",
    "Is «AQP3» reduced in «prostate cancer»?",
]

NEGATED_AND_SPECULATED = [
    "«Aspirin» may not reduce «mortality».",
    "It is unlikely that «MMR vaccine» causes «autism».",
    "The data suggest no effect of «zinc» on «pneumonia».",
]

ASSERTED = [
    "With no prior therapy, «aspirin» or ibuprofen were given and caused «ulcers».",
    "«Aspirin» causes «asthma».",
    "«Metformin» reduces not only «glucose» but also weight.",
    "«Cisplatin» induced «nephrotoxicity» but not fever.",
    "«Cisplatin», not carboplatin, caused «ototoxicity».",
    "Although drug B did not help, «drug A» reduced «pain».",
    "«TNF» induces «apoptosis», which may explain the loss of neurons.",
    "No doubt «smoking» causes «lung cancer».",
    "«KCNQ1» shapes the action potential in «cardiomyocytes».",
    "«Haloperidol» increased «prolactin»; risperidone did not.",
    "In May 2010 «ribavirin» caused «anaemia» in two patients.",
    "In patients without diabetes, «aspirin» induced «bleeding».",
    "«Lithium» caused «tremor» whereas no change of weight was seen.",
    "Sulpiride did not affect the «steroid»-induced «LH» surge.",
    "The «hyperactivity» induced by «nomifensine» was not blocked by haloperidol.",
    "Drug B may prevent «gentamicin»-«renal failure».",
    "«no-name drug» causes «rash».",
]


def marked(sentence: str) -> tuple[str, tuple[int, int], tuple[int, int]]:
    pieces = sentence.replace("»", "«").split("«")
    starts = [sum(map(len, pieces[:index])) for index in (1, 3)]
    ranges = [(start, start + len(pieces[index])) for start, index in zip(starts, (1, 3), strict=True)]
    return "".join(pieces), ranges[0], ranges[1]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        *((sentence, ("negated", "asserted")) for sentence in NEGATED),
        *((sentence, ("affirmed", "speculated")) for sentence in SPECULATED),
        *((sentence, ("negated", "speculated")) for sentence in NEGATED_AND_SPECULATED),
        *((sentence, ("affirmed", "asserted")) for sentence in ASSERTED),
    ],
)
def test_a_sentence_says_what_a_reader_would_say(sentence: str, expected: tuple[str, str]) -> None:
    text, subject, object = marked(sentence)
    assert polarity(text, subject, object)[:2] == expected


def test_the_order_of_subject_and_object_does_not_matter() -> None:
    text, subject, object = marked("«Aspirin» did not cause «asthma».")
    assert polarity(text, subject, object) == polarity(text, object, subject)


def test_the_deciding_words_are_given() -> None:
    text, subject, object = marked("«Aspirin» May Not reduce «mortality».")
    assert polarity(text, subject, object)[2] == "may not"


def test_without_a_cue_there_are_no_deciding_words() -> None:
    text, subject, object = marked("«Aspirin» causes «asthma».")
    assert polarity(text, subject, object) == ("affirmed", "asserted", "")
