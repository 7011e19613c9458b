"""Groups, samples, time limits, scripts without spaces, and comparisons."""

import json
import re

import pytest


def jsonl(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def audited(outcross, *words):
    ended = outcross("audit", *words, "--format", "json", "--no-store")
    assert ended.code == 0
    return json.loads(ended.out)


def test_groups_without_a_name_are_a_group_and_all_are_counted(outcross, here, texts):
    names = [None, "a", "b", 5]
    rows = [{"text": text, "g": names[number % 4]} for number, text in enumerate(texts[:400])]
    del rows[0]["g"]
    jsonl(here / "data.jsonl", rows)
    made = audited(outcross, "data.jsonl", "--group-by", "g")
    assert made["corpus"]["groups"]["documents"] == {"(none)": 100, "5": 100, "a": 100, "b": 100}
    assert set(made["groups"]) == {"(none)", "5", "a", "b"}


def test_ten_thousand_groups_are_counted_and_the_largest_profiled(outcross, here, texts):
    rows = [{"text": texts[number % 99], "g": f"group {number % 10_000}"} for number in range(10_020)]
    jsonl(here / "data.jsonl", rows)
    made = audited(outcross, "data.jsonl", "--group-by", "g", "--max-groups", 8)
    assert made["corpus"]["groups"]["count"] == 10_000
    assert len(made["groups"]) == 8
    assert set(made["groups"]) <= {f"group {number}" for number in range(20)}
    told = outcross("audit", "data.jsonl", "--group-by", "g", "--max-groups", 0, "--no-store").out
    assert "10,000 groups; the 0 largest are profiled" in " ".join(told.split())


def test_a_sample_is_about_as_large_as_asked_says_so_and_is_repeatable(outcross, here, texts):
    jsonl(here / "data.jsonl", [{"text": text} for text in texts[:2000]])
    first, again, other = (audited(outcross, "data.jsonl", "--sample", 500, "--seed", seed) for seed in (1, 1, 2))
    for made in (first, again, other):
        del made["run"]
        assert 400 < made["figures"]["documents"]["value"] < 600
        assert made["notes"][0]["text"].startswith("A sample: ")
        assert made["corpus"]["root"] is None
    assert first == again
    assert first["corpus"]["fingerprint"] != other["corpus"]["fingerprint"]


def test_a_sample_larger_than_the_corpus_is_the_corpus(outcross, small):
    made = audited(outcross, small.name, "--sample", 5000)
    assert made["figures"]["documents"]["value"] == 300
    assert made["plan"]["sample"] is None


def test_a_time_limit_reads_one_part_at_least_and_says_so(outcross, shards):
    first, again = (audited(outcross, "shards", "--max-time", 0.001, "--seed", 3, "--workers", 1) for _ in range(2))
    for made in (first, again):
        del made["run"]
        assert made["figures"]["documents"]["value"] == 80
        assert "Fewer than 64 parts" in made["notes"][0]["text"]
    assert first == again


CHINESE = "今天天气很好，我们去公园散步，然后回家吃饭。"
JAPANESE = "今日は天気がいいので、公園まで散歩に行きました。"


def test_words_of_scripts_without_spaces_are_unknown_and_it_says_so(outcross, here):
    texts = [f"{sentence}{number}號" for number in range(100) for sentence in (CHINESE, JAPANESE)]
    jsonl(here / "data.jsonl", [{"text": text} for text in texts])
    without = audited(outcross, "data.jsonl")
    assert "segmenter" in without["figures"]["hill.1"]["unknown"]
    assert "segmenter" in outcross("audit", "data.jsonl", "--no-store").out


def test_words_of_scripts_without_spaces_are_known_with_a_segmenter(outcross, here):
    pytest.importorskip("budoux")
    texts = [f"{sentence}{number}號" for number in range(100) for sentence in (CHINESE, JAPANESE)]
    jsonl(here / "data.jsonl", [{"text": text} for text in texts])
    made = audited(outcross, "data.jsonl", "--segmenter", "budoux")
    assert made["figures"]["hill.1"]["value"] > 5
    assert made["plan"]["segmenter"] == "budoux"


@pytest.fixture
def corpora(here, texts):
    """A corpus, half of it, and an eighth of it in which 15 % of the documents are recycled."""
    rows = [{"text": text} for text in texts]
    jsonl(here / "whole.jsonl", rows)
    jsonl(here / "half.jsonl", rows[::2])
    eighth = rows[::8]
    jsonl(here / "recycled.jsonl", eighth + eighth[: round(len(eighth) * 0.15 / 0.85)])
    jsonl(here / "tiny.jsonl", rows[:12])
    return here


def test_comparisons_end_with_0_1_or_4(corpora, outcross, here):
    for name in ("whole", "half", "recycled"):
        assert outcross("audit", f"{name}.jsonl", "-o", f"{name}.json", "--no-store").code == 0
    itself = outcross("compare", "whole.json", "whole.jsonl")
    assert (itself.code, itself.out.split("  ")[0]) == (0, "NO CHANGE")
    half = outcross("compare", "half.json", "whole.json", "--margin", 0.5)
    assert (half.code, half.out.split("  ")[0]) == (0, "NO CHANGE")
    recycled = outcross("compare", "whole.json", "recycled.json")
    assert (recycled.code, recycled.out.split("  ")[0]) == (1, "CHANGED")
    assert re.search(r"copies", recycled.out.split("What does not")[0])
    tiny = outcross("compare", "whole.json", "tiny.jsonl")
    assert (tiny.code, tiny.out.split("  ")[0]) == (4, "TOO LITTLE DATA")
    told = json.loads(outcross("compare", "whole.json", "recycled.json", "--format", "json").out)
    assert told["verdict"] == "changed"


def test_a_comparison_with_a_corpus_of_nothing_is_bad_data(outcross, small, here):
    (here / "empty.jsonl").write_text("")
    assert outcross("compare", small.name, "empty.jsonl").code == 4
    assert outcross("compare", small.name, "nope.jsonl").code == 2
