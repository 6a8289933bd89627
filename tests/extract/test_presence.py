"""Sentences with a «thing» marked, and what they say of its presence."""

import msgspec
import pytest

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.extract.presence import Presence, presence, with_presence

NEGATED = [
    "There was no «fever».",
    "No «respiratory depression» was reported.",
    "Patients without «diabetes» were enrolled.",
    "Boys without any previous «sexual dysfunction» were enrolled.",
    "No nausea, «phonophobia» or photophobia was seen.",
    "No nausea, phonophobia or «photophobia» was seen.",
    "No signs of «inflammation» or cell death were seen.",
    "No signs of inflammation or «cell death» were seen.",
    "She had no history of «depression».",
    "There was no clinical evidence of «toxicity» in any patient.",
    "In the absence of «Wdr13», synaptic proteins were upregulated.",
    "The mice lacked «insulin».",
    "The glass is free of «lead».",
    "Group C received no «omeprazole».",
    "«Cough» was not observed.",
    "Later, «fever» did not occur.",
    "«Residual tumour» was absent.",
    "«Progesterone» was not administered during the study.",
    "The patients did not develop «anaemia».",
    "«LiPF6» could not be detected in the film.",
    "The patient denied «chest pain».",
    "The films were devoid of «cracks» (Fig. 2).",
    "Non-«diabetic» patients were controls.",
    "Verapamil lowers mortality in patients without «heart failure» (NYHA class I).",
    "We saw no «Müdigkeit».",
]

UNCERTAIN = [
    "A possible «tumour» was seen.",
    "He was admitted for suspected acute «myocardial infarction».",
    "The images were suggestive of «pulmonary edema».",
    "Haematuria may indicate «urological cancer».",
    "«Pneumonia» cannot be excluded.",
    "«Sepsis» was suspected.",
    "We describe probable «hepatotoxicity», according to the Naranjo scale.",
]

PRESENT = [
    "«Fever» was seen.",
    "«p53»-/- mice developed tumours.",
    "«BRCA1»-/- cells were sensitive.",
    "«p53»-null cells were not viable.",
    "Aspirin had no effect on «fever».",
    "There were no differences in «cortisol» between groups.",
    "No change in «blood pressure» was observed.",
    "Aspirin did not cause «asthma».",
    "No association of «COMT» with schizophrenia was found.",
    "An association between BRCA1 and «gastric cancer» was not observed.",
    "No «p53» mutations were found.",
    "No «insulin» resistance developed.",
    "There were no significant «insulin» or C-peptide differences.",
    "There were no features of «glucocorticoid» (GC) excess.",
    "Patients with or without «aura» were treated.",
    "Neither «atenolol» nor captopril altered performance.",
    "No pain or slight «pain» was felt.",
    "It acts without reducing «prostaglandins».",
    "It is controlled without increasing body weight or «hyperinsulinemia».",
    "No doubt «smoking» kills.",
    "Not only «fever» but also cough was seen.",
    "No other «drug» was given.",
    "There was no fever, but «cough» was frequent.",
    "Without treatment the «tumour» grows.",
    "Trials with asthma, lung cancer and «pneumonia» were excluded.",
    "Nine non-«salt» losers were treated.",
    "A possible role of «GABA» was studied.",
    "The putative tumour suppressor gene «PTEN» was deleted.",
    "«Hypertension» is not controlled by diuretics.",
    "Expression of «p53» was not detected in liver.",
    "Vertigo was not associated with «headache».",
]


def said_of(sentence: str) -> Presence:
    start, end = sentence.index("«"), sentence.index("»") - 1
    return presence(sentence.replace("«", "").replace("»", ""), (start, end))


@pytest.mark.parametrize("sentence", NEGATED)
def test_what_is_said_to_be_absent_is_negated(sentence: str) -> None:
    assert said_of(sentence) == Presence(negated=True)


@pytest.mark.parametrize("sentence", UNCERTAIN)
def test_what_may_be_there_is_uncertain(sentence: str) -> None:
    assert said_of(sentence) == Presence(uncertain=True)


@pytest.mark.parametrize("sentence", PRESENT)
def test_what_is_denied_of_something_else_is_not_denied_of_the_thing(sentence: str) -> None:
    assert said_of(sentence) == Presence()


def test_mentions_are_read_in_their_own_passages() -> None:
    text = "There was no\nfever. No pain."
    passages = (Passage(Span(0, 12), "row"), Passage(Span(13, 19), "sentence"), Passage(Span(20, 28), "sentence"))
    doc = Document("PMID:1", text, passages=passages)
    fever, pain = Mention(Span(13, 18), "Disease"), Mention(Span(23, 27), "Disease")
    assert with_presence(doc, [fever, pain]) == [fever, msgspec.structs.replace(pain, negated=True)]


def test_marks_that_a_mention_carries_stay_and_counted_things_are_not_marked() -> None:
    doc = Document("PMID:1", "No patients.", passages=(Passage(Span(0, 12), "sentence"),))
    carried = Mention(Span(3, 11), "Disease", uncertain=True)
    assert with_presence(doc, [carried]) == [msgspec.structs.replace(carried, negated=True)]
    counted = Mention(Span(3, 11), "Species")
    assert with_presence(doc, [counted]) == [counted]
    outside = Mention(Span(3, 11), "Disease")
    assert with_presence(Document("PMID:2", "No patients."), [outside]) == [outside]
