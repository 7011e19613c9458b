"""The kinds of requirements in the docs are the real ones; every clause that is named has its row, with its date."""

import datetime as dt
import re
import runpy
from pathlib import Path

import pytest

from outcross.gate.kinds import KINDS
from outcross.gate.record import CODES, OUTCOMES, RESULTS
from outcross.gate.starting import STARTERS, starter

DOCS = Path(__file__).parents[2] / "docs"
SCRIPT = runpy.run_path(str(DOCS / "write_requirements.py"))
PAGE = (DOCS / "reference" / "requirements.md").read_text(encoding="utf-8")
CLAUSES = (DOCS / "reference" / "clauses.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in CLAUSES.splitlines() if line.startswith("|")
][2:]  # fmt: skip
HOW_TO = (DOCS / "how-to" / "requirements.md").read_text(encoding="utf-8")


def test_the_page_and_the_schema_are_what_the_code_says():
    assert SCRIPT["filled"](PAGE) == PAGE, "run: python docs/write_requirements.py"
    written = (DOCS / "reference" / "policy.schema.json").read_text(encoding="utf-8")
    assert SCRIPT["schema"]() == written, "run: python docs/write_requirements.py"


@pytest.mark.parametrize("word", sorted({*KINDS, *OUTCOMES, *RESULTS}))
def test_every_kind_outcome_and_result_is_explained(word):
    assert f"`{word}`" in PAGE or f"| {word} |" in PAGE


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcomes_stand_in_their_order_with_their_exit_codes(outcome):
    place = len(OUTCOMES) - OUTCOMES.index(outcome)
    assert re.search(rf"\| {place} \| `{outcome}` \| [^|]+ \| {CODES[outcome]} \|", PAGE)


@pytest.mark.parametrize("kind", KINDS)
def test_the_clauses_of_a_kind_and_the_kinds_of_a_clause_are_the_same(kind):
    named = {row[0] for row in ROWS if f"`{kind}`" in row[4]}
    assert named == set(KINDS[kind].clauses)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_clause_names_its_text_who_read_it_and_when_it_is_to_be_read_again(row):
    _, text, hand, said, _, review = row
    assert text
    assert hand in {"1st", "(2nd)", "(memory)"}
    assert said
    assert dt.date.fromisoformat(review)


@pytest.mark.parametrize("name", STARTERS)
def test_every_clause_of_a_policy_to_begin_with_has_its_row(name):
    told = set(re.findall(r'"((?:NIST|EU|ISO)[^"]+)"', starter(name)))
    assert told <= {row[0] for row in ROWS}
    assert f"`{name}`" in HOW_TO


def test_the_key_of_every_kind_is_in_the_schema():
    kinds = {one["title"] for one in SCRIPT["policy_schema"]()["properties"]["criterion"]["items"]["oneOf"]}
    assert kinds == set(KINDS)
