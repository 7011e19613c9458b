"""Mix files with something in them that must not be there."""


def mutated(rng, value):
    """The value with something in it changed to what it must not be."""
    odd = [None, True, -1, 1e308, "", "x" * 3000, [], {}, [[]], {"name": 1}, "\u202e", 2**63, [0, 1], "books", "mix1"]
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        changed = {**value, key: mutated(rng, value[key])}
        return changed if rng.random() < 0.85 else {one: told for one, told in changed.items() if one != key}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], mutated(rng, value[place]), *value[place + rng.choice([0, 1, 1]) :]]
    return rng.choice(odd)
