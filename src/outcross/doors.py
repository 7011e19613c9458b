"""The one door through which optional packages come in."""

from importlib import import_module
from types import ModuleType

from outcross.errors import MissingExtraError


def optional(package: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional package, or say which extra brings it.

    Args:
        package: the name to import, e.g. "warcio.archiveiterator".
        extra: the extra of outcross that installs it.
        purpose: what it is needed for, as in "To <purpose>, outcross needs ...".

    Raises:
        MissingExtraError: the package is not installed.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name is None or not package.startswith(error.name):
            raise  # it is there, but broken: its own message says more than ours would
        raise MissingExtraError(
            f"To {purpose}, outcross needs the package {package.split('.', maxsplit=1)[0]!r}.",
            hint=f"Install it with: pip install 'outcross[{extra}]'",
        ) from None
