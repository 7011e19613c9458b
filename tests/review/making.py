"""Sets and labels for the tests of this room."""

from outcross.review.records import Item, Label, LabelSet, text_digest


def items(count: int, gold: int = 0, **columns) -> tuple[Item, ...]:
    """So many items; the last ones are gold, synthetic and human in turns."""
    made = []
    for number in range(count):
        truth = None if number < count - gold else ("synthetic", "human")[number % 2]
        made.append(Item(number, f"d{number}", text_digest(f"text {number}"), 10 + number, truth, **columns))
    return tuple(made)


def label_set(count: int, gold: int = 0, **columns) -> LabelSet:
    return LabelSet("set", {"design": "uniform"}, items(count, gold, **columns), "2026-01-01T00:00:00+00:00", "ana")


def label(item: int, answer: str, reviewer: str = "ana", made: str = "2026-01-01T00:00:00+00:00") -> Label:
    return Label("sha256:0", item, text_digest(f"text {item}"), reviewer, answer, made)
