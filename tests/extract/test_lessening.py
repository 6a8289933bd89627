import re

import pytest

from kgbuild.extract.extractor import _as_lessened
from kgbuild.extract.labels import RelationLabel
from kgbuild.extract.lessening import is_lessened, is_lower_risk, names_a_class


def lessened(sentence: str) -> bool:
    """Of a [chemical] and a {disease} in the sentence."""
    chemical, disease = (re.search(pattern, sentence) for pattern in (r"\[(.+?)\]", r"\{(.+?)\}"))
    assert chemical is not None and disease is not None
    starts = [len(_plain(sentence[: found.start()])) for found in (chemical, disease)]
    places = [(start, start + len(found[1])) for start, found in zip(starts, (chemical, disease), strict=True)]
    return is_lessened(_plain(sentence), *places)


def _plain(words: str) -> str:
    return re.sub(r"[\[\]{}]", "", words)


@pytest.mark.parametrize(
    "sentence",
    [
        "[Sildenafil] attenuates hypoxic {pulmonary remodelling} in mice.",
        "[Zolmitriptan] effectively relieved migraine-associated symptoms such as {nausea}.",
        "[Curcumin] protects against {nephrotoxicity}.",
        "Pretreatment with [remifentanil] 1 microg/kg reduced {myoclonus}.",
        "[Timolol] was found to prevent bendrofluazide-induced {hypokalemia}.",
        "[Vasopressin] in the treatment of milrinone-induced {hypotension}.",
        "The protective effect of [verapamil] against {ulcers} was seen.",
        "{Proteinuria} was significantly reduced by [enalapril].",
        "{Nausea} and vomiting are also alleviated with [ondansetron].",
        "The {tremor} was temporarily alleviated by [clonazepam] but persisted for months.",
        "{Pain} was well controlled with [fentanyl].",
        "Amelioration of {hypokalemia} by [timolol].",
        "[Allopurinol] did not prevent {hypertension}.",
        "[Metformin] reduced high fat diet-induced {obesity}.",
        "[Zinc] decreased both the incidence and severity of acute {diarrhoea}.",
        "[Curcumin] attenuates oxidative stress, apoptosis and hepatic {fibrosis}.",
        "[Silymarin] protects the liver against {injury}.",
        "[Captopril] reduced the risk of stroke and {heart failure}.",
        "[Zinc] attenuated iron-induced fever and {cardiac injury}.",
        "Painful {cramps}, which were relieved by [dantrolene].",
        "[Atenolol] in the treatment of mild to moderate {hypertension}.",
        "[Amlodipine] in the treatment of isolated systolic {hypertension}.",
        "Prevention of {nausea} and vomiting with [granisetron].",
        "[Aspirin] increased survival and significantly reduced {fever}.",
        "The incidence of {fever} was reduced by [aspirin].",
    ],
)
def test_a_chemical_that_attenuates_prevents_or_relieves_a_disease_lessens_it(sentence: str) -> None:
    assert lessened(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "[Cisplatin] causes {nephrotoxicity}.",
        "[Cisplatin]-induced {nephrotoxicity} was reduced by curcumin.",
        "{Nephrotoxicity} induced by [cisplatin] was attenuated.",
        "Curcumin prevented {nephrotoxicity} after [cisplatin].",
        "Curcumin attenuated [cisplatin]-induced {nephrotoxicity}.",
        "Omission of [fentanyl] reduced {nausea}.",
        "[Dopamine] antagonists reduced {nausea}.",
        "[Aspirin] prevented the recovery from {asthma}.",
        "[Aspirin] abolished the protective effect of iron on {asthma}.",
        "Curcumin is an adjuvant to [phenobarbitone] therapy in preventing {seizures}.",
        "[Aspirin] reduced pain; it caused {asthma}.",
        "[Celecoxib] inhibits their formation and exacerbates the {mucosal injury}.",
        "[Aspirin] reduced mortality in patients with {asthma}.",
        "[Morphine] reduced blood pressure leading to {hypotension}.",
        "[Amiodarone] suppressed thyroid function and produced {hypothyroidism}.",
        "[MPTP] reduced striatal dopamine and elicited {parkinsonism}.",
        "[MPTP] abolished striatal dopamine and elicited {parkinsonism}.",
        "[Clozapine] suppressed the bone marrow producing {agranulocytosis}.",
        "[Isoniazid] reduced vitamin B6 and produced peripheral {neuropathy}.",
        "[Aspirin] failed to reduce {fever}.",
        "[Aspirin] is ineffective in preventing {stroke}.",
        "[Bupropion] reduced the {seizure} threshold.",
        "{Agranulocytosis} developed as neutrophils were suppressed by [clozapine].",
        "Amelioration of {nephrotoxicity} induced by [cisplatin].",
        "Prevention of {nausea} and vomiting induced by [cisplatin].",
        "[Cisplatin] increased creatinine and curcumin attenuated {nephrotoxicity}.",
        "[Verapamil] reduced the ventricular rate with {hypotension}.",
        "[Flumazenil] reversed sedation and {seizures} occurred.",
        "Recovery from {asthma} was prevented by [aspirin].",
    ],
)
def test_what_brings_a_disease_about_or_is_said_of_something_else_does_not_lessen_it(sentence: str) -> None:
    assert not lessened(sentence)


@pytest.mark.parametrize(
    ("sentence", "is_class"),
    [
        ("[Calcium] channel blockers cause oedema.", True),
        ("[serotonin] reuptake inhibitors cause nausea.", True),
        ("the [dopamine] antagonist sulpiride", True),
        ("[Calcium] channels were blocked.", False),
        ("inhibitors of [calcium] release", False),
        ("the dopamine antagonist [sulpiride]", False),
    ],
)
def test_drugs_that_act_like_a_chemical_or_against_it_are_not_the_chemical(sentence: str, is_class: bool) -> None:
    chemical = re.search(r"\[(.+?)\]", sentence)
    assert chemical is not None
    assert names_a_class(_plain(sentence), (chemical.start(), chemical.start() + len(chemical[1]))) == is_class


@pytest.mark.parametrize(
    ("sentence", "is_lower"),
    [
        ("[rs2736098] was associated with a significantly reduced risk of {pancreatic cancer}.", True),
        ("Carriers of [APOE2] had lower odds of developing {dementia}.", True),
        ("[rs1] was associated with a reduced risk of asthma and raised that of {gout}.", False),
        ("[rs1] was associated with an increased risk of {gout}.", False),
        ("[rs1] was associated with reduced expression; the risk of {gout} rose.", False),
    ],
)
def test_a_lower_risk_is_told_from_a_higher_one(sentence: str, is_lower: bool) -> None:
    cause, disease = (re.search(pattern, sentence) for pattern in (r"\[(.+?)\]", r"\{(.+?)\}"))
    assert cause is not None and disease is not None
    starts = [len(_plain(sentence[: found.start()])) for found in (cause, disease)]
    places = [(start, start + len(found[1])) for start, found in zip(starts, (cause, disease), strict=True)]
    assert is_lower_risk(_plain(sentence), *places) == is_lower


def test_what_is_reported_of_a_lessened_disease_is_a_negative_correlation_once() -> None:
    names = ("Positive_Correlation", "Negative_Correlation", "CID", "Association")
    labels = {name: RelationLabel(name, (("Chemical", "Disease"),)) for name in names}
    reported = [
        (labels["CID"], 0.7, 0.6),
        (labels["Positive_Correlation"], 0.5, 0.4),
        (labels["Association"], 0.4, 0.5),
    ]
    found = {(relation.name, raw, score) for relation, raw, score in _as_lessened(reported, labels)}
    assert found == {("Negative_Correlation", 0.7, 0.6), ("Association", 0.4, 0.5)}


def test_a_model_that_knows_no_negative_correlation_reports_what_it_reads() -> None:
    label = RelationLabel("CID", (("Chemical", "Disease"),))
    assert _as_lessened([(label, 0.7, 0.6)], {"CID": label}) == [(label, 0.7, 0.6)]
