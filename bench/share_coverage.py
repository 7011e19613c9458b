"""The coverage study of the synthetic share: does every interval hold, and what does it cost?

    python bench/share_scores.py DATA scores.npz   # scores of texts of known origin, a minute
    python bench/share_coverage.py scores.npz docs/benchmarks-share.md    # about half an hour on one core

Only aggregate figures leave it. `--replicates 10000` is what the published table says; seeds are fixed.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from outcross.estimate import Estimate
from outcross.shares import prediction
from outcross.shares.coverage import RIGHT, Pool, Reviewers, Setting, covered
from outcross.shares.labels import Labelled, Question, label_share
from outcross.shares.quantify import Held, adjusted_count, adjusted_mean, classify_and_count, emq, hellinger
from outcross.shares.scores import Scores

SHARES = (0.0, 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 1.0)
SIZES = ((200, 50), (200, 100), (600, 300), (1000, 50), (1000, 100), (1000, 300), (5000, 50), (5000, 100), (5000, 300))
LABELS = (50, 100, 300)
BARS = {50: 14.3, 100: 9.5, 300: 5.4}
LEAST = 0.93

REVIEWERS = {
    "sensitivity .85, fall-out .08; 100 + 100 planted items alike": Reviewers(0.85, 0.08, planted=100),
    "same; `harder` 2": Reviewers(0.85, 0.08, planted=100, harder=2.0),
    "same; 50 + 50 planted": Reviewers(0.85, 0.08, planted=50),
    "planted items half as hard (.925/.04); `harder` 1": Reviewers(0.85, 0.08, 0.925, 0.04, 100, 1.0),
    "planted items half as hard (.925/.04); `harder` 2": Reviewers(0.85, 0.08, 0.925, 0.04, 100, 2.0),
    "planted items four times easier (.9625/.02); `harder` 2": Reviewers(0.85, 0.08, 0.9625, 0.02, 100, 2.0),
    "sensitivity .98, fall-out .01; `harder` 2": Reviewers(0.98, 0.01, planted=100, harder=2.0),
}
EXPECTED_TO_BREAK = {
    "planted items half as hard (.925/.04); `harder` 1", "planted items four times easier (.9625/.02); `harder` 2",
}  # fmt: skip
REVIEWED_ON = (
    "in-domain", "new domain: story", "new domain: essay", "new family: openai", "constant", "one human in 50 at 1",
)  # fmt: skip


def pools_of(path):
    """The scored pools, by name."""
    data = np.load(path)
    names = list(dict.fromkeys(key.split("|")[0] for key in data))
    found = {}
    for name in names:
        score, y = data[f"{name}|score"], data[f"{name}|y"]
        if y.any() and not y.all():
            found[name] = Pool(score[y == 0], score[y == 1])
    return found


def bad_pools():
    """Detectors that are bad in the ways that break intervals."""
    rng = np.random.default_rng(7)
    n = 4000

    def mixed(rate_human, rate_synthetic, low=0, high=255):
        draw = (np.where(rng.random(n) < rate, high, low).astype(np.uint8) for rate in (rate_human, rate_synthetic))
        return Pool(*draw)

    def normal(human, synthetic, spread):
        draw = (np.clip(rng.normal(mean, spread, n), 0, 255).astype(np.uint8) for mean in (human, synthetic))
        return Pool(*draw)

    return {
        "constant": Pool(np.full(n, 128, np.uint8), np.full(n, 128, np.uint8)),
        "random": Pool(*(rng.integers(0, 256, n).astype(np.uint8) for _ in range(2))),
        "inverted": normal(170, 80, 45),
        "weak": normal(100, 150, 45),
        "never errs": mixed(0.0, 1.0),
        "one synthetic in 50 at 0": mixed(0.0, 0.98),
        "one synthetic in 20 at 0": mixed(0.0, 0.95),
        "one synthetic in 5 at 0": mixed(0.0, 0.8),
        "one human in 200 at 1": mixed(0.005, 1.0),
        "one human in 50 at 1": mixed(0.02, 1.0),
        "one human in 10 at 1": mixed(0.1, 1.0),
        "fires on 1 % of humans, 5 % of synthetic": mixed(0.01, 0.05, low=2),
        "fires on 2 % of both": mixed(0.02, 0.02, low=2),
    }


def sweep(pools, reviewers, replicates, seed):
    """Every cell of these pools: {(pool, documents, labels, share): Covered}."""
    found = {}
    for name, pool in pools.items():
        for documents, labels in SIZES:
            for share in SHARES:
                seed += 1
                setting = Setting(documents, round(share * documents), labels, reviewers)
                found[name, documents, labels, share] = covered(pool, setting, replicates=replicates, seed=seed)
    return found


def points(cells, labels, documents=None):
    """Mean width in points at so many labels."""
    widths = [one.width for (_, size, n, _), one in cells.items() if n == labels and documents in (None, size)]
    return 100 * float(np.mean(widths))


def row(title, cells, every):
    """One line of a table: worst cell, how many lie below, widths."""
    (pool, documents, labels, share), worst = min(cells.items(), key=lambda item: item[1].coverage)
    below = sum(one.upper(every) < LEAST for one in cells.values())
    where = f"N = {documents:,}, n = {labels}, share {share:.0%}"
    named = "" if pool == title else f", {pool}"
    widths = " / ".join(f"{points(cells, n):.1f}" for n in LABELS)
    largest = " / ".join(f"{points(cells, n, 5000):.1f}" for n in LABELS)
    return (
        f"| {title} | {len(cells)} | {100 * np.mean([one.coverage for one in cells.values()]):.1f} % | "
        f"{100 * worst.coverage:.1f} % ({where}{named}) | {below} | {widths} | {largest} |"
    )


HEAD = (
    "| text or detector | cells | mean coverage | lowest cell | cells below 93 % | mean width, points, "
    "n = 50 / 100 / 300 | same, N = 5,000 only |\n|---|---|---|---|---|---|---|"
)


def table(cells, every, total_name):
    """A table with a row a pool and one for all."""
    names = dict.fromkeys(key[0] for key in cells)
    lines = [row(name, {key: one for key, one in cells.items() if key[0] == name}, every) for name in names]
    return "\n".join([HEAD, *lines, row(f"**{total_name}**", cells, every)])


RIVALS = {
    "classify and count": classify_and_count, "ACC": adjusted_count, "PACC": adjusted_mean, "EMQ/SLD": emq,
    "HDy": hellinger,
}  # fmt: skip


def rivals(pools, replicates, seed=11):
    """What the label-free estimators do: {(rule, kind of text): [(error, width, held)]}."""
    rng = np.random.default_rng(seed)
    base = pools["in-domain"]
    held = Held(*(np.bincount(one, minlength=256) for one in (base.human, base.synthetic)))
    found = {}
    for name, pool in pools.items():
        densities = [np.bincount(one, minlength=256) / len(one) for one in (pool.human, pool.synthetic)]
        for documents in (200, 1000, 5000):
            for share in SHARES:
                synthetic = round(share * documents)
                for _ in range(replicates):
                    counts = rng.multinomial(documents - synthetic, densities[0])
                    counts = counts + rng.multinomial(synthetic, densities[1])
                    for rule, estimator in RIVALS.items():
                        known = None if rule in {"classify and count", "EMQ/SLD"} else held
                        one = estimator(Scores(counts, counts), "documents", known)
                        low, high = one.interval()
                        truth = synthetic / documents
                        found.setdefault((rule, name.split(":")[0]), []).append(
                            (abs(one.value - truth), high - low, low <= truth <= high)
                        )
    return found


def rival_table(found):
    """The honest table."""
    kinds = list(dict.fromkeys(kind for _, kind in found))
    lines = ["| estimator | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    for rule in RIVALS:
        cells = []
        for kind in kinds:
            error, width, held = np.mean(found[rule, kind], axis=0)
            cells.append(f"{100 * error:.1f} / {100 * width:.1f} / {100 * held:.0f} %")
        lines.append(f"| {rule} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def lengths(kind, size, share, rng):
    """Tokens of documents, and whether they are synthetic, by how their lengths go together."""
    y = np.arange(size) < round(share * size)
    spread = {"equal": 0.0, "like the development set": 0.6, "long tail": 1.2, "synthetic twice as long": 0.6}[kind]
    tokens = np.exp(rng.normal(5.5, spread, size)) * (np.where(y, 2, 1) if "twice" in kind else 1)
    return y, np.maximum(tokens, 5).astype(np.int64)


def drawn(design, y, score, n, rng):
    """Labelled documents and the corpus side under one design, of `y`, `score` over the corpus."""
    size = len(y)
    if design == "uniform":
        picked = rng.choice(size, n, replace=False)
        return picked, np.zeros(n, np.int64), np.full(n, n / size)
    if design == "stratified 40/30/30 by score":
        stratum = np.digitize(score, np.quantile(score, [1 / 3, 2 / 3]))
        picks = [
            rng.choice(np.flatnonzero(stratum == h), round(n * part), replace=False)
            for h, part in enumerate((0.3, 0.3, 0.4))
        ]
        picked = np.concatenate(picks)
        chance = np.array([round(n * part) / (stratum == h).sum() for h, part in enumerate((0.3, 0.3, 0.4))])
        return picked, stratum[picked], chance[stratum[picked]]
    chance = 0.2 + score * (1 - score) * 4
    chance = np.minimum(chance * n / chance.sum(), 1.0)
    picked = np.flatnonzero(rng.random(size) < chance)
    return picked, np.zeros(len(picked), np.int64), chance[picked]


def histograms(score, tokens, stratum):
    """The corpus side of each stratum."""
    bins = np.minimum((score * 256).astype(np.int64), 255)
    return {
        int(h): Scores(
            np.bincount(bins[stratum == h], minlength=256),
            np.bincount(bins[stratum == h], weights=tokens[stratum == h], minlength=256).astype(np.int64),
        )
        for h in np.unique(stratum)
    }


def designed(pool, design, kind, unit, *, share=0.1, n=100, replicates=1000, seed=5):
    """Coverage and width of `label_share` under one design and unit."""
    rng = np.random.default_rng(seed)
    held, widths = 0, []
    for _ in range(replicates):
        y, tokens = lengths(kind, 2000, share, rng)
        bins = np.where(y, rng.choice(pool.synthetic, 2000), rng.choice(pool.human, 2000))
        score = (bins + 0.5) / 256
        picked, stratum, chance = drawn(design, y, score, n, rng)
        strata = (
            np.digitize(score, np.quantile(score, [1 / 3, 2 / 3]))
            if design.startswith("stratified")
            else np.zeros(2000, np.int64)
        )
        rows = Labelled(y[picked].astype(float), score[picked].astype(np.float32), stratum, chance, tokens[picked])
        one = label_share(rows, histograms(score, tokens, strata), Question(unit=unit))
        truth = float((tokens * y).sum() / tokens.sum()) if unit == "tokens" else float(y.mean())
        low, high = one.interval() if isinstance(one, Estimate) else (0.0, 1.0)
        held += low <= truth <= high
        widths.append(high - low)
    return held / replicates, float(np.mean(widths))


DESIGNS = ("uniform", "stratified 40/30/30 by score", "active, floor .2")
TOKENS = ("like the development set", "synthetic twice as long", "long tail")
DESIGN_SHARES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.95)


def design_table(pools, replicates):
    """Other designs and units, by the function that users call."""
    lines = [
        "| design | unit | lengths | text | lowest coverage | mean coverage | width, points |",
        "|---|---|---|---|---|---|---|",
    ]
    cases = [(design, "documents", "equal") for design in DESIGNS]
    cases += [(design, "tokens", kind) for design in DESIGNS for kind in TOKENS]
    for design, unit, kind in cases:
        for name in ("new domain: story", "constant") if design == "uniform" else ("new domain: story",):
            cells = {
                share: designed(pools[name], design, kind, unit, share=share, replicates=replicates)
                for share in DESIGN_SHARES
            }
            share = min(cells, key=lambda share: cells[share][0])
            held, width = np.mean(list(cells.values()), axis=0)
            lines.append(
                f"| {design} | {unit} | {kind} | {name} | {100 * cells[share][0]:.1f} % (share {share:.0%}) | "
                f"{100 * held:.1f} % | {100 * width:.1f} |"
            )
    return "\n".join(lines)


TEXT = """# Benchmarks: the synthetic share

Made by `python bench/share_coverage.py` on one core; seeds are fixed; `--cache` keeps finished
tables. Every cell is {replicates:,} corpora drawn
from scored documents of known origin, each with an exact number of synthetic ones, and a uniform sample of labels
without putting back, at most half of the corpus. Shares {shares}; corpora of 200 to
5,000 documents. A cell counts as *below 93 %* where the upper confidence bound on its coverage, simultaneous over all
cells ({bound}), lies below 93 %. Scores: a hashed word 1-2-gram model, fitted without the domain or the
family of generators that it is tried on (`bench/share_scores.py`).

## Labels with reviewers who are right

Width asked for under shift: at most 14.3 / 9.5 / 5.4 points at n = 50 / 100 / 300.

{main}

## Detectors that are bad on purpose

A bad detector costs width, not coverage. "One human in 50 at 1" is the kind that breaks the usual interval of
prediction-powered inference: rare confident errors, none of them in the sample.

{bad}

The same, with the usual variance: no allowance for errors that the sample does not show ({fifth:,} replicates).

{usual}

## Attacks

Human text against text that was attacked so that a detector does not see it.

{attacks}

## Reviewers who err

Texts: {reviewed_on}.

The intervals are corrected by planted items of known origin. What breaks: planted items that
are easier than the corpus. Nobody can see that from the planted items; `harder` says how many times as often reviewers
may err on the corpus, and the interval holds as far as that is true, and no farther.

{reviewers}

## Other designs and units

`label_share` as users call it: n = 100 of 2,000 documents, shares of documents 1 to 95 %, {designs:,} replicates a
cell. A long tail of lengths (log-normal, sigma 1.2) costs much width for shares of tokens: a few documents hold most
of them and are seldom drawn; draw with chances in proportion to length there.

{design}

## Estimators without labels, on the same text

Mean absolute error in points / mean width of the "95 %" interval in points / how often it held; {rivals} replicates of
each share at N = 200, 1,000 and 5,000. ACC, PACC and HDy take their rates from the in-domain documents.

{rival}
"""


def reviewed(pools, replicates):
    """The table of reviewers who err."""
    inside = {name: pools[name] for name in REVIEWED_ON}
    every = len(inside) * len(SIZES) * len(SHARES)
    lines = [HEAD.replace("text or detector", "reviewers and planted items")]
    for number, (title, who) in enumerate(REVIEWERS.items()):
        cells = sweep(inside, who, replicates, 100_000 * (number + 2))
        lines.append(row(title + (" (breaks)" if title in EXPECTED_TO_BREAK else ""), cells, every))
        print(lines[-1], flush=True)
    return "\n".join(lines)


def usual_table(pools, replicates, every):
    """The same estimator without the errors that a sample does not show: what is usually done."""
    kept, prediction.UNSEEN = prediction.UNSEEN, 1e-9
    try:
        return table(sweep(pools, RIGHT, max(replicates // 2, 100), 60_000), every, "all")
    finally:
        prediction.UNSEEN = kept


def parts_of(pools, asked):
    """The tables, in order: (name, how to make it). Each is kept in the cache, where one is named."""
    bad = bad_pools()
    kinds = ("in-domain", "new domain", "new family")
    plain = {name: pool for name, pool in pools.items() if name.startswith(kinds)}
    attacks = {name: pool for name, pool in pools.items() if not name.startswith(kinds)}
    every = (len(plain) + len(bad) + len(attacks)) * len(SIZES) * len(SHARES)

    def main_table():
        cells = sweep(plain, RIGHT, asked.replicates, 1)
        lines = [table(cells, every, "all")]
        for title, kind in (("under shift, domains and families", "new"), ("new domains alone", "new domain")):
            inside = {key: one for key, one in cells.items() if key[0].startswith(kind)}
            lines.append(row(f"**{title}**", inside, every))
        return "\n".join(lines)

    return {
        "bound": lambda: f"{every:,} in the first three",
        "design": lambda: design_table(pools | bad, asked.designs),
        "rival": lambda: rival_table(rivals(plain, asked.rivals)),
        "main": main_table,
        "usual": lambda: usual_table(bad, asked.replicates, every),
        "bad": lambda: table(sweep(bad, RIGHT, asked.replicates, 20_000), every, "all"),
        "attacks": lambda: table(sweep(attacks, RIGHT, asked.replicates, 40_000), every, "all"),
        "reviewers": lambda: reviewed(pools | bad, asked.replicates),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--replicates", type=int, default=10_000)
    parser.add_argument("--rivals", type=int, default=20)
    parser.add_argument("--designs", type=int, default=1000)
    parser.add_argument("--cache", type=Path, help="folder of finished tables, to go on after a stop")
    asked = parser.parse_args()
    pools = pools_of(asked.scores)
    parts = {}
    if asked.cache:
        asked.cache.mkdir(parents=True, exist_ok=True)
    for name, make in parts_of(pools, asked).items():
        kept = asked.cache / f"{name}.md" if asked.cache else None
        if kept and kept.exists():
            parts[name] = kept.read_text(encoding="utf-8")
            continue
        start = time.monotonic()
        parts[name] = make()
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
        if kept:
            kept.write_text(parts[name], encoding="utf-8")
    text = TEXT.format(
        **parts, replicates=asked.replicates, fifth=max(asked.replicates // 2, 100),
        shares=", ".join(f"{share:.0%}" for share in SHARES),
        reviewed_on=", ".join(REVIEWED_ON), rivals=asked.rivals, designs=asked.designs,
    )  # fmt: skip
    asked.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
