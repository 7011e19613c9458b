"""What a mix's sources show: records, manifests and lineage of a workspace, as evidence for the gate."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from outcross.errors import CallError
from outcross.evidence import Evidence
from outcross.principals import KnownKey

if TYPE_CHECKING:
    from outcross.store import Store


class Sourcing:
    """Where the data of mixes come from, as far as a workspace knows.

    Args:
        store: of the workspace.
        listed: keys whose word on provenance counts, as the settings list them.
    """

    def __init__(self, store: "Store", listed: Sequence[KnownKey] = ()) -> None:
        self.store, self.listed = store, tuple(listed)

    def evidence(self, place: str) -> tuple[Evidence, ...]:
        """What is known of a mix.

        Raises:
            CallError: there is no such mix.
        """
        raise CallError(f"There is no mix {place}.")
