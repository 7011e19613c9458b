"""Policies to begin with: copied into `outcross.toml`, and then the team's own."""

from importlib.resources import files
from typing import Literal, get_args

Starter = Literal["lenient", "standard", "strict"]
STARTERS: tuple[Starter, ...] = get_args(Starter)


def starter(name: Starter) -> str:
    """The text of a policy to begin with: TOML, with comments that say what to change."""
    return files("outcross.gate").joinpath("starters", f"{name}.toml").read_text(encoding="utf-8")
