"""Rows as columns: a row is what it was, and is made only when it is asked for."""

import math

from hypothesis import given
from hypothesis import strategies as st

from outcross.canonical import canonical_json, from_json
from outcross.estimate import Estimate, Unknown
from outcross.track.columns import Findings, Texts
from outcross.track.rows import Row, Rows

numbers = st.floats(-1e6, 1e6).map(lambda one: float(f"{one:.12g}"))
findings = st.builds(Unknown, st.sampled_from(["too few", "no control"])) | st.builds(
    Estimate, numbers, numbers, numbers | st.just(math.inf), st.integers(0, 1 << 40),
    st.sampled_from(["words", "nats"]), st.just("counted"), st.just(""), st.sampled_from(["identity", "log"]),
    error=st.sampled_from([0.0, 0.5]),
)  # fmt: skip
rows = st.builds(
    Row, st.sampled_from(["g1", "g2"]), findings, findings, findings, findings, findings, st.integers(0, 9),
    st.none() | st.tuples(numbers, numbers), st.none() | numbers, st.none() | numbers,
    st.sampled_from([None, "fall", "rise"]),
)  # fmt: skip


@given(st.lists(rows, max_size=6))
def test_rows_are_what_they_were_also_when_read_back(made):
    columns = Rows.of(made)
    assert list(columns) == made
    assert columns[1:] == tuple(made[1:])
    assert len(columns) == len(made)
    texts = Texts()
    record = from_json(canonical_json(columns.to_dict(texts)))
    back = Rows.from_dict(record, Texts(from_json(canonical_json(texts.known))))
    assert back == columns
    assert Rows.of(back) is back


@given(st.lists(findings, max_size=8))
def test_columns_say_what_is_known_without_making_a_finding(made):
    columns = Findings.of(made)
    assert columns.values == [None if isinstance(one, Unknown) else one.value for one in made]
    assert columns.known.tolist() == [isinstance(one, Estimate) for one in made]
