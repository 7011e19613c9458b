"""What a careful person finds in real cards, Croissant files and records of the Data Provenance Initiative.

Each row was written by reading the file, not by running the importer. A row names the kind of the text and of the
labels ("" where the file does not tell), and what else the file says; what is not named in a row is not told.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from outcross.errors import DataError
from outcross.provenance.documents import read
from outcross.provenance.importers import Imported, imported, importer, recognised
from outcross.provenance.record import Period, Record

DATA = Path(__file__).parents[3] / "shared" / "data" / "provenance"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the collection of real metadata is not here")


@dataclass(frozen=True)
class Row:
    """What is found of one data set."""

    text: str = ""
    labels: str = ""
    made_by: tuple[str, ...] = ()
    of: tuple[str, ...] | None = None
    licences: tuple[str, ...] = ()
    issuer: str = ""
    period: tuple[str, str] = ("", "")
    notes: tuple[str, ...] = ()


def found_in(record: Record) -> dict[str, Any]:
    """What an importer found, in the words of a row; notes are of the whole file."""
    kinds = {one.scope: one.kind for one in record.origins}
    sources = None if record.derived_from is None else tuple(one.id for one in record.derived_from)
    return {
        "text": kinds.get("text", ""), "labels": kinds.get("labels", ""), "issuer": record.issuer, "of": sources,
        "made_by": tuple(one.model for one in record.generators), "licences": record.license,
        "period": (record.generation_period.start, record.generation_period.end),
    }  # fmt: skip


def expected(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("text", "labels", "issuer", "of", "made_by", "licences", "period")}


def has_notes(made: Imported, notes: tuple[str, ...]) -> None:
    told = [f"{one.pointer}: {one.said}" for one in made.defects]
    assert [part for part in notes if not any(part in one for one in told)] == []


CARDS = {
    "asset": ("ASSET", Row(labels="synthetic", of=("turkcorpus",), licences=("CC-BY-SA-4.0",),
                           notes=("'found' does not tell", "does not come from the data sets"))),
    "c4": ("C4", Row(of=(), licences=("ODC-By-1.0",), notes=("/language_creators: 'found'",))),
    "dart": ("DART", Row("mixed", "mixed", of=("wikitable_questions", "wikisql", "web_nlg", "cleaned_e2e"),
                         licences=("MIT",))),
    "eth_py150_open": ("ethpy150open", Row("synthetic", of=(), licences=("Apache-2.0",),
                                              notes=("'no-annotations' is read as",))),
    "generated_reviews_enth": ("generated_reviews_enth", Row("synthetic", "mixed", of=(), licences=("CC-BY-SA-4.0",))),
    "gooaq": ("GooAQ: Open Question Answering with Diverse Answer Types",
              Row("synthetic", "human", of=(), licences=("Apache-2.0",))),
    "hate_offensive": ("HateOffensive", Row("synthetic", "human", of=(), licences=("MIT",))),
    "imdb": ("IMDB", Row()),
    "kor_nlu": ("KorNlu", Row("mixed", of=("snli",), licences=("CC-BY-SA-4.0",),
                              notes=("/annotations_creators: 'found'",))),
    "pass": ("Pictures without humAns for Self-Supervision", Row("mixed", of=("yffc100M",), licences=("CC-BY-4.0",))),
    "paws": ("PAWS: Paraphrase Adversaries from Word Scrambling",
             Row("synthetic", "mixed", of=(), notes=("'other' names no licence",))),
    "snli": ("Stanford Natural Language Inference",
             Row("human", "human", of=("flicker-30k", "visual-genome"), licences=("CC-BY-4.0",))),
    "the_pile": ("The Pile", Row(of=(), notes=("'other-' names no licence", "'found' does not tell"))),
    "wiki_auto": ("WikiAuto", Row(labels="mixed", of=("wikipedia",), licences=("CC-BY-SA-3.0",))),
    "wikipedia": ("Wikipedia", Row("human", of=(), licences=("CC-BY-SA-3.0", "GFDL-1.3-or-later"))),
}  # fmt: skip


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_what_a_careful_reader_finds(name):
    title, row = CARDS[name]
    made = imported(read(DATA / "hf_cards" / f"{name}.md"))
    assert made.standard == "Hugging Face dataset card"
    assert [one.name for one in made.records] == [title]
    assert found_in(made.records[0]) == expected(row)
    has_notes(made, row.notes)


SILENT = ("no field tells of it",)
NO_DIGEST = ("/distribution/0/sha256: it is no SHA-256: an address",)
CROISSANTS = {
    "croissant/0.8__gpt-3": ("0.8", "gpt-3", Row(notes=(*NO_DIGEST, "'unknown' names no licence", *SILENT))),
    "croissant/1.0__gpt-3": ("1.0", "gpt-3", Row(notes=(*NO_DIGEST, "'unknown' names no licence", *SILENT))),
    "croissant/1.0__huggingface-anthropic-hh-rlhf": (
        "1.0", "Anthropic/hh-rlhf", Row(licences=("MIT",), notes=NO_DIGEST)),
    "croissant/1.1__huggingface-data_provenance_initiative": (
        "1.1", "data_provenance_initiative_filtered",
        Row(issuer="Common Pile", notes=(*NO_DIGEST, "told in the data, not in this file", "license"))),
    "croissant/1.1__huggingface-recipe_RL_data_roberta-base": (
        "1.1", "recipe_RL_data_roberta-base", Row(notes=(*NO_DIGEST, "licenses/undefined/' names no licence"))),
    "croissant/1.1__zenodo-head-mri": ("1.1", "MRI head scan", Row(issuer="Zenodo", licences=("MIT",))),
    "croissant/croissant-rdf__tests__kaggle_croissant": (
        "1.0", "Car Price Dataset", Row(issuer="Tech", notes=("/0/license: 'Other (specified in",))),
    "croissant_in_the_wild/Crisp-Unimib__JobGen": ("1.0", "JobSet", Row(licences=("CC-BY-4.0",), notes=SILENT)),
    "croissant_in_the_wild/DaneshjouLab__MonopathPatientDAGsDataset": (
        "1.0", "MonopathPatientDAGs", Row(notes=("it is no SHA-256: 'main'", "license", *SILENT))),
    "croissant_in_the_wild/GCYZSL__CFE_Benchmark": ("1.1", "CFE-Bench", Row(
        labels="mixed", licences=("CC-BY-NC-SA-4.0",), period=("2025-10", "2026-02"),
        issuer="Chongyang Gao; Diji Yang; Shuyan Zhou; Xichen Yan; Luchuan Song; Shuo Li; Kezhen Chen",
        notes=("tools are told of in prose",))),
    "croissant_in_the_wild/Henrinnes__RansKnow": ("1.0", "RansKnow", Row(
        labels="mixed", licences=("CC0-1.0",), period=("2026-01-14", "2026-08-12"), issuer="Henry Kabuye", made_by=(
            "Custom Python regex/keyword-matching pipeline ('Knowledge Agent', Scripts/knowledge_agent.py)",
            "YouTube Data API v3 for video metadata and official captions",
            "OpenAI Whisper (whisper_base, run locally) for ASR fallback transcription"))),
    "croissant_in_the_wild/HumanCompatibleAI__PARETO.trimmed": ("", "neurips_submission_data", Row(
        "unknown", of=(
            "https://huggingface.co/datasets/SocialGrep/one-million-reddit-questions",
            "https://www.reddit.com/r/AskReddit/", "https://huggingface.co/datasets/sentence-transformers/eli5",
            "https://www.reddit.com"),
        notes=("'TODO' names no licence", "which version of Croissant", "a field tells of none"))),
    "croissant_in_the_wild/RLinter__MobileGuard": (
        "1.1", "MobileGuard", Row(issuer="Rui", licences=("CC-BY-4.0",), notes=NO_DIGEST)),
    "croissant_in_the_wild/XueyangFeng__RPEval": ("", "RPEval", Row(
        "mixed", licences=("CC-BY-NC-4.0",), issuer="Anonymous Authors",
        made_by=("Large language models accessed through OpenAI-compatible APIs",
                 "Repository scripts in data_generation/, discrimation_task/, and generation_task/"),
        of=("Seed topics, scenario prompts, and benchmark construction materials designed by the dataset creators",))),
    "croissant_in_the_wild/amazon-science__application-eval-data": ("1.0", "application-eval-data", Row(
        licences=("CC-BY-4.0",), period=("2025-03-01", "2025-06-01"),
        notes=("it is no SHA-256: 'main'", "'rai:dataCollectionTimeFrame' is read as"))),
}  # fmt: skip


@pytest.mark.parametrize("name", CROISSANTS)
def test_a_croissant_file_says_what_a_careful_reader_finds(name):
    version, title, row = CROISSANTS[name]
    made = imported(read(DATA / f"{name}.json"))
    assert made.standard == f"Croissant {version}".strip()
    assert [one.name for one in made.records] == [title]
    assert found_in(made.records[0]) == expected(row)
    has_notes(made, row.notes)


def of_croissant(name: str) -> Record:
    return imported(read(DATA / "croissant_in_the_wild" / f"{name}.json")).records[0]


def test_no_synthetic_data_is_not_that_people_wrote_it():
    bounds = of_croissant("HumanCompatibleAI__PARETO.trimmed").origin().bounds()
    assert bounds["synthetic"] == (0, 0)
    assert bounds["human"] == bounds["edited"] == (0, 1)


def test_some_synthetic_data_is_anything_up_to_all():
    assert of_croissant("XueyangFeng__RPEval").origin().bounds()["synthetic"] == (0, 1)


def test_digests_are_taken_where_they_are_real_and_a_root_where_they_are_all():
    digests = {name: of_croissant(name).subject.digest for name in (
        "Crisp-Unimib__JobGen", "XueyangFeng__RPEval", "GCYZSL__CFE_Benchmark", "RLinter__MobileGuard")}  # fmt: skip
    assert [name for name, digest in digests.items() if digest] == ["Crisp-Unimib__JobGen", "XueyangFeng__RPEval"]
    told = {name: len([one for one in of_croissant(name).evidence if one.kind == "manifest"]) for name in digests}
    assert told == {
        "Crisp-Unimib__JobGen": 1,
        "XueyangFeng__RPEval": 5,
        "GCYZSL__CFE_Benchmark": 4,
        "RLinter__MobileGuard": 0,
    }
    assert of_croissant("XueyangFeng__RPEval").subject.bytes == 3_580_105


def test_what_a_file_says_of_itself_is_taken():
    one = of_croissant("GCYZSL__CFE_Benchmark")
    assert (one.version, one.issued) == ("1.0.0", "2026-02-14")
    assert one.method.startswith("Source documents were harvested by an automated crawler")
    assert one.intended_use.startswith("Intended for evaluating and diagnosing")
    assert of_croissant("Henrinnes__RansKnow").generation_period == Period("2026-01-14", "2026-08-12")


BROKEN = {
    "croissant/bad__1.0__distribution_missing_encoding_format.json": ("/distribution/0", "'encodingFormat' is missing"),
    "croissant/bad__1.0__metadata_bad_type.json": ("/@type", "must be a schema.org Dataset"),
    "croissant/bad__1.1__mlfield_bad_array_shape.json": ("/recordSet/0/field/0/arrayShape", "array's shape"),
    "data_provenance_initiative/_template.json": ("Unique Dataset Identifier", "it is the template"),
    "data_provenance_initiative/_template_spec.yaml": (
        "Unique Dataset Identifier",
        "types stand in the place of values",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_names_its_defect(name):
    place, said = BROKEN[name]
    document = read(DATA / name)
    assert recognised(document).read(document).records == ()
    with pytest.raises(DataError) as raised:
        imported(document)
    assert place in raised.value.message
    assert said in raised.value.message


GPT3, GPT4, CHAT, OPENAI = "OpenAI GPT-3", "OpenAI GPT-4", "OpenAI ChatGPT", "OpenAI"
APACHE, NC, BYSA3 = "Apache-2.0", "CC-BY-NC-4.0", "CC-BY-SA-3.0"
BAIZE = Row(
    "mixed",
    "",
    (CHAT,),
    ("Alpaca", "MedQuAD"),
    (OPENAI, NC),
    "UC San Diego; Sun Yat-Sen University; Microsoft Research",
)
ACADEMIC = "Academic Research Purposes Only"
CQIA = (
    "01.ai; Multimodal Art Projection (M-A-P); Shenzhen Institute of Advanced Technology, Chinese Academy of Sciences"
)
COIG = ("Beijing Academy of Artificial Intelligence; Beihang University; Carnegie Mellon University; "
        "Dartmouth University; University of Michigan; University of Sheffield; Zhejiang University")  # fmt: skip
DOLLY = Row("human", "human", (), None, (BYSA3,), "Databricks")
NOMIC = "NomicAI"
ORCA = Row("mixed", "", (GPT3, GPT4), ("Flan Collection",), ("MIT", OPENAI), "Microsoft Research")
WIZARD = Row(
    "mixed", "human", (GPT3, CHAT), ("Alpaca instructions dataset",), (ACADEMIC, OPENAI), "Microsoft; Peking University"
)

RECORDS = {
    "Alpaca": {"alpaca": Row("synthetic", "", (GPT3,), None, (OPENAI, NC), "Stanford University")},
    "Anthropic_HH-RLHF": {
        "anthropic_hhrlhf": Row("mixed", "", ("Anthropic Internal Models",), None, ("MIT",), "Anthropic AI",
                                notes=("names no one model",))},
    "Baize_Chat_Data": {
        "baize-alpaca-chat": Row("mixed", "", (GPT3,), BAIZE.of, BAIZE.licences, BAIZE.issuer),
        "baize-medical-chat": BAIZE, "baize-quora-chat": BAIZE, "baize-stackoverflow-chat": BAIZE},
    "COIG-CQIA": {
        "coig-cqia-coig-pc": Row("", "human", of=("COIG-PC-core",), issuer=CQIA, notes=("'Various' names no licence",)),
        "coig-cqia-douban": Row("", "human", issuer=CQIA, notes=("'Unspecified' names no licence",)),
        "coig-cqia-exam": Row(of=("coig-exam-instruction", "flan v2"), issuer=CQIA),
        "coig-cqia-finance": Row("", "human", of=("COIG-PC",), issuer=CQIA),
        "coig-cqia-human-value": Row(
            "", "human", of=("https://github.com/X-PLUG/CValues", "100PoisonMpts", "COIG-PC"),
            licences=(APACHE,), issuer=CQIA),
        "coig-cqia-logi-qa": Row("", "human", of=("COIG-PC-core",), issuer=CQIA),
        "coig-cqia-ruozhiba": Row("", "human", issuer=CQIA),
        "coig-cqia-segmentfault": Row("", "human", issuer=CQIA),
        "coig-cqia-wiki": Row("", "human", issuer=CQIA),
        "coig-cqia-wikihow": Row(of=("https://github.com/esbatmop/MNBVC/tree/main",), issuer=CQIA),
        "coig-cqia-xhs": Row("", "human", issuer=CQIA),
        "coig-cqia-zhihu": Row("", "human", issuer=CQIA)},
    "COIG": {
        "coig-translated-instruction": Row(
            "mixed", "human", ("DeepL",), ("niv2", "self-instruct", "unnatural-instructions"), issuer=COIG),
        "coig-exam-instruction": Row("", "human", licences=(APACHE,), issuer=COIG),
        "coig-alignment-instruction": Row("mixed", "human", (GPT3,), licences=(APACHE,), issuer=COIG),
        "coig-counterfactual-correction": Row("mixed", "human", (CHAT,), ("cn-dbpedia",), issuer=COIG),
        "coig-leetcode": Row(
            "mixed", "human", (CHAT,), ("https://github.com/doocs/leetcode",), ("CC-BY-SA-4.0",), COIG)},
    "Capybara": {
        "capybara-Dove": Row("mixed", "", (GPT4,), ("Pure-Dove",), (APACHE, OPENAI), "Nous Research"),
        "capybara-Airoboros": Row(
            "synthetic", "", ("OpenAI GPT-3.5-Turbo", GPT4), ("Airoboros", "MetaMathQA"), (NC, OPENAI, APACHE)),
        "capybara-Know-Logic": Row("synthetic", "", (GPT4,), ("know_logic",), (APACHE,)),
        "capybara-EverythingLM": Row("synthetic", "", (GPT4,), ("EverythingLM",), ("MIT", OPENAI, APACHE)),
        "capybara-GOAT": Row("synthetic", "", (GPT4,), ("GOAT",), (APACHE,)),
        "capybara-TaskSource": Row("synthetic", "", (GPT4,), ("TaskSource",), (APACHE,)),
        "capybara-General-Instruct": Row(
            "synthetic", "", (GPT4,), ("GPTeacher-General-Instruct",), (OPENAI, "MIT", APACHE)),
        "capybara-GPT4LLM": Row("synthetic", "", (GPT4,), ("GPT4LLM",), (OPENAI, APACHE)),
        "capybara-TheoremQA": Row("synthetic", "", (GPT4,), ("TheoremQA",), ("MIT", APACHE)),
        "capybara-Less-Wrong": Row(
            "synthetic", "", (GPT4,), ("LessWrong-Amplify-Instruct",), (OPENAI, APACHE), "Nous Research"),
        "capybara-SuperCOT": Row("synthetic", "", (GPT4,), ("SuperCOT",), ("MIT", APACHE))},
    "Dolly_15k": {f"dolly-{one}": DOLLY for one in (
        "openqa", "closedqa", "classification", "brainstorming", "infoextract", "summarization", "creative_writing")},
    "GPT-4-Alpaca": {"gpt4alpaca": Row("synthetic", "", (GPT4,), None, (NC, OPENAI))},
    "No_Robots": {"no-robots": Row("human", "human", (), None, (NC,), "Huggingface")},
    "NomicAI_GPT4AllJ": {
        "nomicai-gpt4allj-stackoverflow": Row("mixed", "", (CHAT,), None, (OPENAI,), NOMIC),
        **{f"nomicai-gpt4allj-{one}": Row("synthetic", "", (CHAT,), None, (OPENAI,), NOMIC)
           for one in ("nomic", "chip2", "unifiedskg", "hc3")},
        **{f"nomicai-gpt4allj-{one}": Row("synthetic", "", (CHAT,), None, (ACADEMIC, OPENAI), NOMIC)
           for one in ("unifiedmultisum", "abstractinfill")}},
    "Open_Orca": {f"open-orca-{one}": ORCA for one in ("niv", "t0", "cot", "flan")},
    "Orca-Math": {"orca-math": Row(
        "mixed", "", ("OpenAI GPT-4-Turbo",),
        ("NumGLUE", "AddSub", "ALGES", "ASDiv", "DRAW", "GSM8K", "MATHQA", "MultiArith", "SingeOP", "SingleEQ", "SVAMP",
         "Lila", "DMath"), ("MIT", APACHE, "ODC-By-1.0", "CC-BY-4.0", NC, OPENAI), "Microsoft")},
    "Self-Instruct": {"self_instruct": Row(
        "synthetic", "", ("Other", GPT3), None, (APACHE, OPENAI),
        "University of Washington; Tehran Polytechnic; Arizona State University; Johns Hopkins University; AI2",
        notes=("'Other' names no one model",))},
    "ShareGPT_Vicuna": {"sharegpt_vicuna": Row(
        "mixed", "", ("OpenAI Playground",), None, (OPENAI,), "OpenAI; ShareGPT",
        notes=("'Unspecified' names no licence",))},
    "Tiny_Stories": {"tiny-stories": Row(
        "synthetic", "", (GPT3, GPT4), None, (OPENAI, "CDLA-Sharing-1.0"), "Microsoft Research")},
    "WizardLM_Evol-Instruct": {"wizardlm-evol_instruct": WIZARD},
    "WizardLM_Evol-Instruct_V2": {"wizardlm-evol_instruct2": WIZARD},
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_the_initiative_says_what_a_careful_reader_finds(name):
    made = imported(read(DATA / "data_provenance_initiative" / f"{name}.json"))
    found = {one.name: found_in(one) for one in made.records if one.name != "coig-cqia-chinese-traditional"}
    assert found == {title: expected(row) for title, row in RECORDS[name].items()}
    has_notes(made, tuple(note for row in RECORDS[name].values() for note in row.notes))


def test_a_data_set_that_is_named_twice_is_one_source():
    made = imported(read(DATA / "data_provenance_initiative" / "COIG-CQIA.json"))
    one = next(one for one in made.records if one.name == "coig-cqia-chinese-traditional")
    assert one.origin("labels").kind == "human"
    assert one.origin().kind == "unknown"
    assert len(one.derived_from or ()) == 33


def test_translation_by_a_machine_is_told_of_what_was_translated():
    made = imported(read(DATA / "data_provenance_initiative" / "COIG.json"))
    one = next(one for one in made.records if one.name == "coig-translated-instruction")
    assert {source.op for source in one.derived_from or ()} == {"translate"}


FILES = [
    *(("huggingface", f"hf_cards/{name}.md") for name in CARDS),
    *(("croissant", f"{name}.json") for name in CROISSANTS),
    *(("dpi", f"data_provenance_initiative/{name}.json") for name in RECORDS),
    *(("croissant" if name.startswith("croissant") else "dpi", name) for name in BROKEN),
]


def test_every_file_has_its_row():
    folders = ("hf_cards", "croissant", "croissant_in_the_wild", "data_provenance_initiative")
    there = {f"{folder}/{path.name}" for folder in folders for path in (DATA / folder).iterdir()}
    assert there == {name for _, name in FILES}


@pytest.mark.parametrize(("standard", "name"), FILES)
def test_a_standard_is_found_by_the_contents_and_each_value_by_its_place(standard, name):
    document = read(DATA / name)
    assert importer(standard).recognises(document)
    for record in importer(standard).read(document).records:
        assert record.given
        for target, place in record.given.items():
            assert place.file == document.digest
            assert target == "/evidence/0" or place.said == document.at(place.pointer) is not None
