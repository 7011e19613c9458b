"""What a mix's sources show: records, manifests and lineage of a workspace, as evidence for the gate."""

from typing import TYPE_CHECKING

from outcross.errors import CallError
from outcross.evidence import Evidence
from outcross.settings import Settings

if TYPE_CHECKING:
    from outcross.store import Store


class Sourcing:
    """The sources of mixes in one workspace.

    Args:
        store: of the workspace.
        settings: likewise.
    """

    def __init__(self, store: "Store", settings: Settings) -> None:
        self.store, self.settings = store, settings

    def evidence(self, mix: str) -> tuple[Evidence, ...]:
        """What is known of a mix.

        Raises:
            CallError: there is no such mix.
        """
        raise CallError(f"There is no mix {mix}.")
