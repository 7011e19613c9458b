"""Do 95 % intervals hold the truth of the population 95 % of the time?

The population is made up (see `Writers`): bursty words by Zipf's law, a tenth of documents copies. Its truth
comes from one very large sample, at the size of documents that the figures are rarefied to. Every run spells its
words in its own way, so that samples by hash are drawn anew. Shares that no run can miss and figures that depend
on the corpus's own size by definition (entropy, Zipf's exponent, words seen once) have no truth here.
"""

import numpy as np
import pytest
from tests.measures.making import Writers, exact_clusters, states_of

from outcross.estimate import Estimate, Finding
from outcross.measure import Asked, Caps
from outcross.measures import families

RAREFIED = ("hill.0", "hill.1", "hill.2", "distinct.1", "distinct.2", "distinct.4", "coverage", "self_repetition",
            "duplicates.exact")  # fmt: skip
OF_DOCUMENTS = ("length.mean", "length.median", "length.p95", "repetition.any", "repetition.top_2gram")
BUDGET = 2048
SMOOTH = ("hill.1", "hill.2", "length.mean", "distinct.1", "repetition.any")
FIGURES = (*RAREFIED, *OF_DOCUMENTS, "compression.ratio")


def concluded(texts: list[str], size: int, caps: Caps) -> dict[str, Finding]:
    """Figures at the size, and compression at a fixed budget."""
    states = states_of(texts, caps) | {"duplicates": exact_clusters(texts)}
    found: dict[str, Finding] = {}
    for family in families().values():
        findings = family.conclude(states, Asked((size,)))
        found |= findings.figures
        found |= {name: dict(curve)[BUDGET] for name, curve in findings.curves.items() if name.startswith("comp")}
    return found


class Study:
    """Runs of audits of samples of one population, and how often their intervals held its truth.

    Args:
        runs: samples. documents: of each. size: that figures are rarefied to. caps: of the audits.
        known: documents that the truth is taken from.
    """

    def __init__(self, runs: int, documents: int, size: int, caps: Caps, *, known: int = 25_000) -> None:
        def population(run: int) -> Writers:
            return Writers(words=10_000, copied=0.1, originals=300, ending=f"{run:05d}")

        # A cap that cuts nothing: the truth has no error of samples by hash.
        large = concluded(population(99_999).documents(known, 99_999), size, Caps(1 << 22, 1 << 21))
        self.found = [concluded(population(run).documents(documents, run), size, caps) for run in range(runs)]
        self.truth = {name: large[name].value for name in FIGURES if isinstance(large[name], Estimate)}
        # Its text is a fixed budget: a larger sample knows no more, but many runs do.
        self.truth["compression.ratio"] = float(self.values("compression.ratio").mean())

    def values(self, name: str) -> np.ndarray:
        return np.array([run[name].value for run in self.found])

    def cover(self, name: str) -> float:
        """The share of runs whose interval holds the truth."""
        inside = [run[name].interval() for run in self.found]
        return float(np.mean([low <= self.truth[name] <= high for low, high in inside]))

    def stated_over_true(self, name: str) -> float:
        """The standard error that runs state, over the spread that they have."""
        stated = np.sqrt(np.mean([run[name].se ** 2 for run in self.found]))
        return float(stated / self.values(name).std())

    def told(self, name: str) -> str:
        return (
            f"{name:22} truth {self.truth[name]:.5g} mean {self.values(name).mean():.5g} stated error / true error "
            f"{self.stated_over_true(name):.2f} covers {self.cover(name):.1%}"
        )


def test_intervals_cover_about_as_often_as_they_say_and_are_no_wider_than_they_must_be():
    """Of 80 runs: 95 % give or take 2.4; a sound interval falls below these bounds once in a thousand studies.

    One test, because its runs are the dear part.
    """
    study = Study(runs=80, documents=600, size=512, caps=Caps())
    assert [study.told(name) for name in FIGURES if study.cover(name) < 0.85] == []
    assert [study.told(name) for name in SMOOTH if not 0.75 < study.stated_over_true(name) < 1.4] == []


@pytest.mark.study
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("documents", "size", "caps"), [
    (1200, 1024, Caps()), (1200, 512, Caps(sampled_types=1 << 12)), (4000, 2048, Caps(sampled_documents=512)),
], ids=["whole", "types sampled", "documents sampled"])  # fmt: skip
def test_in_hundreds_of_audits_intervals_cover_at_least_90_of_100(documents, size, caps, capsys):
    study = Study(400 if documents < 2000 else 200, documents, size, caps, known=100_000)
    with capsys.disabled():
        print("", *(study.told(name) for name in FIGURES), sep="\n")  # noqa: T201 - the study's result
    for name in FIGURES:
        assert study.cover(name) >= 0.90, study.told(name)
