"""The file of a mix: what stands in it is read, and what cannot be is refused with its place."""

import json
import re
import tomllib
from random import Random

import pytest
from tests.provenance.hostile_mixes import mutated
from tests.provenance.worked_example import ASSUMED, EXAMPLE

from outcross.errors import CallError, DataError, OutcrossError
from outcross.provenance.account import Account
from outcross.provenance.assembly import assembled
from outcross.provenance.mix import Portion, read_mix

SMALL = """\
name = "m"
[[source]]
name = "books"
tokens = 30e9
record = "books.provenance.json"
[[source]]
name = "part"
tokens = 5
op = "filter"
of = "books"
kept = 0.25
"""


def mix_of(tmp_path, text, suffix=".toml", name=""):
    path = tmp_path / f"mix{suffix}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_mix(f"{path}{name}")


def test_sources_with_tokens_are_the_mix(tmp_path):
    mix = mix_of(tmp_path, SMALL)
    (blend,) = mix.mixes
    assert (mix.name, blend.sources) == ("m", (Portion("books", 30e9), Portion("part", 5.0)))
    assert (mix.sources[1].op, mix.sources[1].of, mix.sources[1].kept) == ("filter", (Portion("books"),), 0.25)
    assert (mix.line, mix.folder) == (None, tmp_path)


def test_json_says_the_same_as_toml(tmp_path):
    one, other = (
        mix_of(tmp_path, EXAMPLE + ASSUMED),
        mix_of(tmp_path, json.dumps(tomllib.loads(EXAMPLE + ASSUMED)), ".json"),
    )
    assert one == other


def test_a_mix_of_several_is_chosen_by_its_name_and_else_is_the_one_that_the_file_names(tmp_path):
    assert mix_of(tmp_path, EXAMPLE).name == "mix3"
    assert mix_of(tmp_path, EXAMPLE, name="#mix1").name == "mix1"
    with pytest.raises(CallError, match="Did you mean 'mix2'"):
        mix_of(tmp_path, EXAMPLE, name="#mix22")


ASSUMING = f'{SMALL}[[assumption]]\nid = "books"\n'
WRONG = {
    "a key that nobody knows": (SMALL.replace("record =", "recrod ="), "line 5: there is no key 'recrod'", "'record'"),
    "a table that nobody knows": (SMALL + "[[modle]]\nid = 1\n", "line 12: there is no key 'modle'", "'model'"),
    "a text for a number": (SMALL.replace("30e9", "'30 G'"), "line 4: tokens must be a number", ""),
    "tokens below zero": (SMALL.replace("30e9", "-1"), "line 4: tokens must be a number", ""),
    "no number": (SMALL.replace("30e9", "nan"), "line 4: tokens must be a number", ""),
    "true for a number": (SMALL.replace("30e9", "true"), "line 4: tokens must be a number", ""),
    "an operation that nobody knows": (SMALL.replace('"filter"', '"fliter"'), "line 9: op cannot be", "'filter'"),
    "a source that is not there": (SMALL.replace('of = "books"', 'of = "boks"'), "no source or mix 'boks'", "'books'"),
    "a name twice": (SMALL.replace('"part"', '"books"'), "'books' is the name of something else", ""),
    "no name": (SMALL.replace('name = "part"\n', ""), "line 6: 'name' is missing", ""),
    "a share kept of no filter": (SMALL.replace('op = "filter"\nof = "books"\n', ""), "kept", 'op = "filter"'),
    "an operation on nothing": (SMALL.replace('of = "books"\n', ""), "nothing says what it is a filter of", ""),
    "no mix at all": ('[[source]]\nname = "a"\n', "there is no mix", "tokens"),
    "no TOML": ("name = ", "is no TOML", ""),
    "an assumption that nobody owns": (ASSUMING + 'human = 1\nreason = "x"\n', "line 12: 'owner'", ""),
    "an assumption of nothing": (ASSUMING + 'owner = "a"\nreason = "x"\n', "it assumes nothing", ""),
    "ends in the wrong order": (ASSUMING + 'human = [0.9, 0.1]\n', "line 14: human must be", ""),
    "a depth below one": (ASSUMING + 'depth = [0, 1]\n', "line 14: text that a model made", ""),
    "a table that is none": ("source = [1]\n", "line 1: here must stand a table", ""),
    "a list that is none": ("source = 1\n", "source must be a list", ""),
    "half of a pair": ('name = "\\ud800"', "is no TOML", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_with_its_line_and_what_was_meant(tmp_path, name):
    text, said, hint = WRONG[name]
    with pytest.raises(DataError, match=re.escape(said)) as refused:
        mix_of(tmp_path, text)
    assert hint in refused.value.hint


def test_in_json_the_place_is_a_pointer(tmp_path):
    told = json.dumps({"name": "m", "source": [{"name": "a", "tokens": 1}, {"name": "b", "tokns": 1}]})
    with pytest.raises(DataError, match="/source/1/tokns: there is no key 'tokns'"):
        mix_of(tmp_path, told, ".json")


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path):
    with pytest.raises(CallError, match="no file"):
        read_mix(str(tmp_path / "no.toml"))


def refused_or_read(tmp_path, rng):
    told = tomllib.loads(EXAMPLE + ASSUMED)
    for _ in range(rng.randint(1, 4)):
        told = mutated(rng, told)
    data = bytearray(json.dumps(told).encode())
    for _ in range(rng.choice([0, 0, 0, 3])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    try:
        mix = mix_of(tmp_path, bytes(data), ".json")
        account = Account(mix, assembled(mix, {}, lambda _: None, "2026-11-23"))
    except OutcrossError as error:
        assert error.exit_code in (2, 4)  # noqa: PT017 - most variants are refused, some are read
        return
    low, high = account.content.made
    assert 0 <= low <= high <= 1


def test_hostile_files_are_refused_or_read_and_never_a_fault(tmp_path):
    for seed in range(400):
        refused_or_read(tmp_path, Random(seed))  # noqa: S311


@pytest.mark.study
def test_so_are_ten_thousand(tmp_path):
    for seed in range(10_000):
        refused_or_read(tmp_path, Random(1_000_000 + seed))  # noqa: S311


@pytest.mark.study
def test_broken_toml_is_refused_or_read(tmp_path):
    for seed in range(5_000):
        rng, data = Random(seed), bytearray((EXAMPLE + ASSUMED).encode())  # noqa: S311
        for _ in range(rng.randint(1, 5)):
            data[rng.randrange(len(data))] = rng.choice(b'[]{}"=.,#\n\x00\xff01e-')
        try:
            mix_of(tmp_path, bytes(data))
        except OutcrossError as error:
            assert error.exit_code in (2, 4)  # noqa: PT017 - some are read


def test_lines_are_looked_for_only_where_something_is_wrong(tmp_path, monkeypatch):
    """Each look goes through the whole file: of ten thousand sources that took minutes."""
    asked = []
    monkeypatch.setattr("outcross.provenance.tables.line_of", lambda *given: asked.append(given) or 1)
    sources = "".join(f'[[source]]\nname = "s{number}"\n' for number in range(50))
    path = tmp_path / "mix.toml"
    path.write_text(f'{sources}[[mix]]\nname = "m"\nsources = [{{ name = "s1", tokens = 1 }}]\n')
    read_mix(str(path))
    assert not asked
