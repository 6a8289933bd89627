import io

import pytest

from kgbuild.document import Document, Failure, Passage, Span
from kgbuild.read.language import foreign_language
from kgbuild.read.reader import read_source
from kgbuild.read.source import Source

#: language -> what a paper in it says
PAPERS = {
    "Portuguese": (
        "Os pacientes foram tratados com aspirina e não tiveram febre. Este estudo foi feito em três "
        "hospitais do Brasil, com uma amostra de mulheres que não usavam outros medicamentos; os dados "
        "foram colhidos pelo médico."
    ),
    "Spanish": (
        "Los pacientes fueron tratados con aspirina y no tuvieron fiebre. El estudio se hizo en tres "
        "hospitales, con una muestra de mujeres que no tomaban otros fármacos; los datos fueron "
        "recogidos por el médico en la consulta."
    ),
    "French": (
        "Les patients ont été traités par aspirine et les effets sont décrits dans une étude qui "
        "comprend des femmes suivies par le médecin. Le taux est plus faible pour les malades qui ont "
        "reçu du placebo avec une dose basse."
    ),
    "Italian": (
        "I pazienti sono stati trattati con aspirina e il tasso della febbre è sceso. Lo studio è stato "
        "fatto nella clinica di Roma con una dose più alta tra gli adulti che non sono stati curati con "
        "il farmaco dei bambini."
    ),
    "German": (
        "Die Patienten wurden mit Aspirin behandelt und hatten kein Fieber. Die Studie wurde in drei "
        "Kliniken mit einer Gruppe von Frauen durchgeführt, die nicht geraucht haben; das Blut wurde bei "
        "der Aufnahme und danach untersucht."
    ),
    "Dutch": (
        "De patiënten werden behandeld met aspirine en hadden geen koorts. Het onderzoek werd gedaan in "
        "een kliniek met een groep van vrouwen die niet rookten; het bloed werd voor de opname en ook "
        "daarna bij iedereen onderzocht."
    ),
    "Polish": (
        "Pacjenci byli leczeni aspiryną oraz nie mieli gorączki. Badanie jest oparte na grupie kobiet, "
        "które nie paliły; krew została pobrana przez lekarza od każdej z nich dla oceny, jak się "
        "zmienia po leczeniu na oddziale. Wyniki są podane dla grup, które zostały zbadane przez "
        "lekarza."
    ),
    "Swedish": (
        "Patienterna behandlades med aspirin och hade inte feber. Studien är gjord på en klinik med "
        "kvinnor som inte rökte, och det var för att få se om det är en effekt av behandlingen. Blodet "
        "togs från en ven vid inskrivningen."
    ),
    "Turkish": (
        "Hastalar aspirin ile tedavi edildi ve ateş görülmedi. Bu çalışma bir hastanede daha çok kadın "
        "olarak seçilen bir grup için yapıldı ve sonra bu grup ile bir başka grup karşılaştırıldı. Kan "
        "bu gün alındı ve incelendi çünkü değerler çok yüksek olan hastalar için bir risk vardı."
    ),
    "Chinese": (
        "患者接受阿司匹林治疗，未见发热。本研究在三家医院进行，纳入不吸烟的女性患者，采集"
        "血样并测定其浓度，结果表明治疗有效，无不良反应。"
    ),
    "Japanese": (
        "患者はアスピリンで治療され、発熱は認められなかった。本研究は三つの病院で行われ、"
        "喫煙しない女性を対象とした。血液を採取して測定した。"
    ),
    "Korean": (
        "환자들은 아스피린으로 치료를 받았으며 발열은 관찰되지 않았다. 이 연구는 "
        "세 병원에서 흡연하지 않는 여성을 대상으로 시행되었다."
    ),
    "Russian or another language in Cyrillic letters": (
        "Пациенты получали аспирин, и лихорадки не было. Исследование проведено в трёх клиниках."
    ),
}
ENGLISH = (
    "Patients were treated with aspirin and had no fever. The study was done in three clinics with a "
    "group of women that did not smoke; blood was taken by the physician at admission and after the "
    "treatment, and it was analysed for iron."
)


@pytest.mark.parametrize("language", PAPERS)
def test_a_paper_in_another_language_is_told(language: str) -> None:
    assert foreign_language(Document("PMID:1", PAPERS[language] * 2)) == language
    text = f"A title in English\n{PAPERS[language] * 3}\nFunded by the NIH."
    assert foreign_language(Document("PMID:1", text)) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        ENGLISH,
        f"{ENGLISH} {PAPERS['Chinese'][:30]}",
        "A la carte: de novo e in vitro, da Silva et al.; dos Santos et al.; van der Waals; les",
        "BRCA1, TP53, PTGS2, IL6, VEGFA, DER, DAS, DEL, EL, LOS, UND, MIT, OS, " * 20,
        "α = β + γ; Δσ = μ ∙ ρ² ⟨ψ|φ⟩; E = mc², pH 7.4, 5 °C, 10 µM; " * 20,
        "K. Müller, J. da Silva, P. de la Cruz, H. van den Berg, D. dos Santos, M. El Amrani " * 10,
        "Los efectos de la aspirina en las mujeres",
    ],
)
def test_english_names_gene_lists_and_formulas_pass(text: str) -> None:
    assert foreign_language(Document("PMID:1", text)) is None


def test_tables_do_not_count() -> None:
    text = f"{ENGLISH}\n{PAPERS['German'] * 5}"
    table = Passage(Span(len(ENGLISH) + 1, len(text)), "table", table=0)
    assert foreign_language(Document("PMID:1", text, blocks=(table,))) is None
    assert foreign_language(Document("PMID:1", text)) == "German"


def test_the_document_is_kept_with_a_notice_before_it() -> None:
    content = f"1|t|Título\n1|a|{PAPERS['Portuguese'] * 2}\n\n2|t|Title\n2|a|{ENGLISH}\n".encode()
    notice, first, second = read_source(Source("f.txt", lambda: io.BytesIO(content)))
    assert isinstance(first, Document) and isinstance(second, Document)
    assert notice == Failure(
        "f.txt",
        "language",
        "f.txt: looks Portuguese, and kgbuild's model reads English: what it finds here may be wrong",
        document="PMID:1",
    )
