"""The demonstration corpus is what `demo/make_corpus.py` promises, shown on part of the standard library."""

import importlib.util
import json
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

SCRIPT = Path(__file__).parents[2] / "demo" / "make_corpus.py"
SPEC = importlib.util.spec_from_file_location("demo_make_corpus", SCRIPT)
corpus = importlib.util.module_from_spec(SPEC)
# Dataclasses look their module up by its name.
sys.modules[SPEC.name] = corpus
SPEC.loader.exec_module(corpus)


@pytest.fixture(scope="module")
def documents():
    library = Path(sysconfig.get_paths()["stdlib"])
    folders = [corpus.documentation(library / name, name) for name in ("asyncio", "email", "unittest")]
    return corpus.distinct([*corpus.help_topics(), *(text for folder in folders for text in folder)])


@pytest.fixture(scope="module")
def recipe():
    return corpus.Recipe(seed=7, generations=3)


@pytest.fixture(scope="module")
def made(documents, recipe):
    return corpus.build(documents, recipe)


@pytest.fixture(scope="module")
def truth(made, recipe):
    return corpus.tell_truth(made, recipe)


def texts_of(documents):
    return {document.text for document in documents}


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_same_seed_makes_the_same_corpora(documents, recipe, made):
    assert corpus.build(documents, recipe) == made


def test_another_seed_makes_other_corpora(documents, made):
    other = corpus.build(documents, corpus.Recipe(seed=8, generations=1))
    assert other.generations[0] != made.generations[0]
    assert other.reference != made.reference


def test_the_human_parts_share_no_document(documents, made):
    held_out = [document for document in made.mixture if document.source == "human"]
    parts = [texts_of(part) for part in (made.reference, made.human, held_out)]
    assert sum(len(part) for part in parts) == len(set.union(*parts)) == len(documents)


def test_no_two_human_documents_share_a_long_paragraph(documents):
    paragraphs = [paragraph.casefold() for document in documents for paragraph in document.text.split("\n\n")]
    long = [paragraph for paragraph in paragraphs if len(paragraph) >= corpus.REPEATABLE]
    assert len(long) == len(set(long))


def test_the_human_documents_are_long_enough_clean_and_distinct(documents):
    assert len(texts_of(documents)) == len(documents)
    for document in documents:
        assert len(document.text) >= corpus.SHORTEST
        assert document.text == corpus.clean(document.text)
        assert document.module


@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
def test_the_synthetic_share_of_the_mixture_is_as_promised(documents, share):
    recipe = corpus.Recipe(generations=1, synthetic_share=share)
    mixture = corpus.build(documents, recipe).mixture
    synthetic = sum(document.source != "human" for document in mixture)
    assert synthetic / len(mixture) == pytest.approx(share, abs=1 / len(mixture))


def test_half_of_the_synthetic_documents_of_the_mixture_are_in_generation_1(made, truth):
    synthetic = [document for document in made.mixture if document.source != "human"]
    known = sum(document.text in texts_of(made.generations[0]) for document in synthetic)
    assert known == truth["mixture"]["synthetic_documents_also_in_generation_1"] == len(synthetic) // 2


def test_rare_words_fall_with_each_generation_from_a_human_baseline(truth):
    names = ["human", "generation-1", "generation-2", "generation-3"]
    for fact in ("rare_words_kept", "distinct_words", "words_seen_once"):
        values = [truth["corpora"][name][fact] for name in names]
        assert values == sorted(set(values), reverse=True), fact


def test_every_generation_is_as_large_as_the_human_part(made, truth):
    human = truth["corpora"]["human"]
    for turn, generation in enumerate(made.generations, 1):
        size = truth["corpora"][f"generation-{turn}"]
        assert len(generation) == human["documents"]
        assert size["words"] == pytest.approx(human["words"], rel=0.1)


def test_a_generation_has_no_word_that_its_parent_lacks_but_for_joins_of_tokens(made):
    parent = {token for document in made.human for token in corpus.TOKEN.findall(document.text)}
    child = {token for document in made.generations[0] for token in corpus.TOKEN.findall(document.text)}
    assert len(child - parent) < 0.05 * len(child)


def test_tokens_join_to_the_text_again(documents):
    for document in documents[:200]:
        assert "".join(corpus.TOKEN.findall(document.text)) == document.text


def test_the_tail_beyond_top_p_is_never_drawn():
    token = np.repeat(np.arange(1, 4), [90, 8, 2])
    table = corpus.count_continuations(np.zeros_like(token), token, 0.95)
    drawn, _ = table.draw(np.zeros(5000, dtype=np.int64), np.random.default_rng(1))
    assert set(drawn.tolist()) == {1, 2}
    assert np.mean(drawn == 2) == pytest.approx(8 / 98, abs=0.02)


def test_a_context_that_was_never_seen_is_not_believed():
    table = corpus.count_continuations(np.array([3, 3, 5]), np.array([1, 2, 1]), 1.0)
    _, believed = table.draw(np.array([4, 6, 0] * 50), np.random.default_rng(1))
    assert not believed.any()


def test_docstrings_are_read_without_running_the_file():
    source = b'"""Top."""\nraise SystemExit\ntry:\n    pass\nexcept OSError:\n    def f():\n        """Inner."""\n'
    assert list(corpus.docstrings(source)) == ["Top.", "Inner."]


@pytest.mark.parametrize("source", [b'def """', b'"""\0"""', b"x = 1"])
def test_a_file_that_cannot_be_parsed_or_has_no_docstring_gives_nothing(source):
    assert list(corpus.docstrings(source)) == []


def test_a_package_that_is_not_installed_gives_nothing(tmp_path):
    assert list(corpus.documentation(tmp_path / "missing", "missing")) == []


def test_markup_tables_and_examples_are_left_out():
    text = "Use :class:`_orm.Session` or\n    ``None``.\n\n\n  >>> run(1)\n\n| 1 | 2 |\n\nNotes\n-----\nThe end."
    assert corpus.clean(text) == "Use _orm.Session or None.\n\nNotes\n\nThe end."


def test_a_long_text_is_cut_between_paragraphs():
    text = "\n\n".join(["word " * 300] * 5)
    cut = list(corpus.pieces(text))
    assert len(cut) == 3
    assert "\n\n".join(cut) == text
    assert max(map(len, cut)) <= corpus.LONGEST


@pytest.mark.parametrize("wrong", [{"generations": 0}, {"synthetic_share": 1.0}, {"top_p": 0.0}])
def test_a_recipe_that_cannot_be_followed_is_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        corpus.Recipe(**wrong)


def test_too_few_human_documents_are_refused(documents):
    with pytest.raises(ValueError, match="too few"):
        corpus.build(documents[:2], corpus.Recipe())


def test_the_files_hold_what_was_made_and_the_same_bytes_again(tmp_path, made, truth):
    for folder in (tmp_path / "one", tmp_path / "two"):
        stale = folder / "corpus" / "generation-9.jsonl"
        stale.parent.mkdir(parents=True)
        stale.write_text("{}\n", encoding="utf-8")
        corpus.write(made, truth, folder)
    files = [path.relative_to(tmp_path / "one") for path in sorted((tmp_path / "one").rglob("*.*"))]
    generations = [f"corpus/generation-{turn}.jsonl" for turn in (1, 2, 3)]
    rest = ["corpus/human.jsonl", "human-reference.jsonl", "mixture.parquet", "truth.json"]
    assert [path.as_posix() for path in files] == [*generations, *rest]
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


def test_every_line_has_an_id_a_text_a_source_and_a_module(tmp_path, made, truth):
    corpus.write(made, truth, tmp_path)
    for name, source in (("human", "human"), ("generation-2", "generation-2")):
        rows = lines_of(tmp_path / "corpus" / f"{name}.jsonl")
        assert len({row["id"] for row in rows}) == len(rows) == truth["corpora"][name]["documents"]
        assert {tuple(row) for row in rows} == {("id", "text", "source", "module")}
        assert {row["source"] for row in rows} == {source}


def test_the_truth_agrees_with_the_mixture_on_disk(tmp_path, made, truth):
    corpus.write(made, truth, tmp_path)
    told = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    table = pq.read_table(tmp_path / "mixture.parquet")
    origins = table["origin"].to_pylist()
    assert table.column_names == ["id", "text", "source", "origin"]
    assert told == truth
    share = told["mixture"]["synthetic_share"]["documents"]
    assert origins.count("synthetic") / len(origins) == pytest.approx(share, abs=1e-6)
    assert {source == "human" for source in table["source"].to_pylist()} == {True, False}


def test_the_account_names_every_corpus_and_the_share(truth):
    account = corpus.account(truth)
    for name in truth["corpora"]:
        assert name in account
    assert f"{truth['mixture']['synthetic_share']['documents']:.1%}" in account


def test_the_command_writes_the_corpus_and_says_so(tmp_path, documents, monkeypatch, capsys):
    monkeypatch.setattr(corpus, "read_human", lambda: documents)
    corpus.main(["--out", str(tmp_path), "--seed", "3", "--generations", "1", "--share", "0.3"])
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["recipe"]["seed"] == 3
    assert "generation-1" in capsys.readouterr().out


def test_the_command_refuses_a_wrong_share_with_a_plain_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit):
        corpus.main(["--out", str(tmp_path), "--share", "2"])
    assert "between 0 and 1" in capsys.readouterr().err
