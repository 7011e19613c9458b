"""Measures: a family of figures a file. A file in this folder with an `@measure` class is all it takes."""

import importlib
import pkgutil
from functools import cache

from outcross.measure import JoinMeasure, Measure, registered


@cache
def families() -> dict[str, Measure | JoinMeasure]:
    """All families of measures by name; imports every module of this folder once."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return registered()


@cache
def streaming() -> dict[str, Measure]:
    """The families that look at a batch at a time."""
    return {name: family for name, family in families().items() if not isinstance(family, JoinMeasure)}


@cache
def joining() -> dict[str, JoinMeasure]:
    """The families that need one join over all documents."""
    return {name: family for name, family in families().items() if isinstance(family, JoinMeasure)}
