"""Random lineages together with one world each that is consistent with what is told: text as atoms of known origin."""

from dataclasses import dataclass
from random import Random

from outcross.provenance.content import Told
from outcross.provenance.lineage import Feed, Lineage, Node
from outcross.provenance.record import PARTS

MADE = ("edited", "synthetic")


@dataclass(frozen=True)
class Atom:
    """Some tokens of one origin: weight, part, depth by means and by the deepest."""

    weight: float
    part: str
    mean: float
    deepest: float


@dataclass
class World:
    """Nodes as they are told, and the text that each really has."""

    rng: Random
    nodes: dict[str, Node]
    texts: dict[str, list[Atom]]
    models: dict[str, tuple[float, float]]


def truth(atoms):
    """Shares of the parts, of what models made, mean and largest depth."""
    shares = {part: sum(one.weight for one in atoms if one.part == part) for part in PARTS}
    mean = sum(one.weight * one.mean for one in atoms)
    return (
        *shares.values(), shares["edited"] + shares["synthetic"], mean,
        max(one.deepest for one in atoms if one.weight > 1e-12),
    )  # fmt: skip


def world(rng, steps):
    """A lineage of about so many nodes, with a world in which everything that is told of it is true."""
    made = World(rng, {}, {}, {})
    for place in range(rng.randint(2, 4)):
        _leaf(made, f"s{place}")
    for place in range(steps):
        rng.choice([_mixed, _mixed, _filtered, _edited, _generated, _trained, _unknown_model])(made, f"n{place}")
    _mixed(made, "target")
    return Lineage(made.nodes, "target"), made.texts


def _leaf(made, name):
    rng = made.rng
    weights = [rng.choice([0.0, rng.random(), rng.random() * 5]) for _ in PARTS]
    weights = weights if sum(weights) > 0 else [1.0, 0.0, 0.0, 0.0]
    low, high = 1.0, 1.0 + rng.randint(0, 3)
    atoms = []
    for part, weight in zip(PARTS, weights, strict=True):
        mean = rng.uniform(low, high) if part in MADE else 0.0
        deepest = rng.uniform(mean, high) if part in MADE else 0.0
        if weight:
            atoms.append(Atom(weight / sum(weights), part, mean, deepest))
    made.texts[name] = atoms
    made.nodes[name] = Node(name, name, "source", told=_told(rng, truth(atoms), (low, high)))


def _told(rng, true, depth):
    """Intervals around the truth; of some parts none."""
    shares = {part: _around(rng, share) for part, share in zip(PARTS, true, strict=False) if rng.random() < 0.6}
    around = _around(rng, true[4]) if rng.random() < 0.5 else (0.0, 1.0)
    told = Told(shares, around)
    return rng.choice([None, told, Told(shares, around, depth, depth), Told(shares, around, depth, depth)])


def _around(rng, share):
    return max(0.0, share - rng.choice([0, 0.1, 1]) * rng.random() - 1e-12), min(
        1.0, share + rng.choice([0, 0.1, 1]) * rng.random() + 1e-12
    )


def _some(made, count):
    names = list(made.texts)
    return [made.rng.choice(names) for _ in range(count)]


def _blend(made, names):
    """Tokens of each, and the text that they make."""
    tokens = [made.rng.choice([0, 1, 5, made.rng.random() * 10]) for _ in names]
    tokens[0] = tokens[0] or 1
    total = sum(tokens)
    atoms = [
        Atom(one.weight * amount / total, one.part, one.mean, one.deepest)
        for name, amount in zip(names, tokens, strict=True) for one in made.texts[name] if amount
    ]  # fmt: skip
    hidden = made.rng.random() < 0.1
    feeds = tuple(Feed(name, None if hidden else amount) for name, amount in zip(names, tokens, strict=True))
    return feeds, atoms


def _mixed(made, name):
    feeds, atoms = _blend(made, _some(made, made.rng.randint(1, 4)))
    made.nodes[name], made.texts[name] = Node(name, name, "mix", "mix", feeds), atoms


def _filtered(made, name):
    """Keep a share of the tokens: all of some atoms, none of others, by an order that favours what it likes."""
    rng = made.rng
    feeds, atoms = _blend(made, _some(made, 1))
    kept = rng.choice([0.1, 0.5, 0.9, rng.uniform(0.05, 1.0)])
    key = rng.choice([lambda one: one.mean, lambda one: -one.mean, lambda one: one.part, lambda _: rng.random()])
    left, chosen = kept, []
    for one in sorted(atoms, key=key):
        take = min(one.weight, left)
        if take > 0:
            chosen.append(Atom(take / kept, one.part, one.mean, one.deepest))
        left -= take
    told = kept if rng.random() < 0.8 else None
    made.nodes[name], made.texts[name] = Node(name, name, "source", "filter", feeds, kept=told), chosen


def _edited(made, name):
    model = _model(made)
    feeds, atoms = _blend(made, _some(made, 1))
    mean, deepest = made.models[model]
    made.texts[name] = [
        Atom(one.weight, "synthetic" if one.part == "synthetic" else "edited", 1 + max(one.mean, mean),
             1 + max(one.deepest, deepest)) for one in atoms
    ]  # fmt: skip
    made.nodes[name] = Node(name, name, "source", made.rng.choice(["edit", "translate"]), feeds, (model,))


def _generated(made, name):
    model = _model(made)
    mean, deepest = made.models[model]
    made.texts[name] = [Atom(1.0, "synthetic", 1 + mean, 1 + deepest)]
    made.nodes[name] = Node(name, name, "source", "generate", (), (model,))


def _model(made):
    if not made.models:
        _unknown_model(made, "m")
    return made.rng.choice(list(made.models))


def _trained(made, name):
    feeds, atoms = _blend(made, _some(made, made.rng.randint(1, 3)))
    made.models[f"model-{name}"] = truth(atoms)[5:]
    made.nodes[f"model-{name}"] = Node(f"model-{name}", name, "model", "mix", feeds)


def _unknown_model(made, name):
    mean = made.rng.choice([0.0, made.rng.random() * 3])
    made.models[f"model-{name}"] = mean, max(mean, made.rng.randint(0, 4))
    made.nodes[f"model-{name}"] = Node(f"model-{name}", name, "model")
