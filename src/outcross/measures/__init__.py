"""Measures: a family of figures a file. A file in this folder with an `@measure` class is all it takes."""

import importlib
import pkgutil
from functools import cache

from outcross.measure import Measure, registered


@cache
def families() -> dict[str, Measure]:
    """All families of measures by name; imports every module of this folder once."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return registered()
