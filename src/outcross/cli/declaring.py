"""`outcross audit --sources`: lists of sources and provenance records, told apart; what the records come to."""

from collections.abc import Sequence
from pathlib import Path

from outcross.auditing import Options
from outcross.errors import CallError
from outcross.origin.declared import Declarations
from outcross.run import Watcher
from outcross.settings import is_workspace
from outcross.workspace import Workspace


def told_apart(sources: Sequence[str]) -> tuple[str | None, list[str]]:
    """The list of sources, where one was given, and all that is provenance.

    Raises:
        CallError: there are several lists.
    """
    if not sources:
        return None, []
    from outcross.provenance.origins import speaks_of_origin  # noqa: PLC0415 - cryptography, only for records

    records = [one for one in sources if speaks_of_origin(Path(one))]
    lists = [one for one in sources if one not in records]
    if len(lists) > 1:
        raise CallError(f"There are several lists of sources: {', '.join(lists[:5])}.",
                        hint="Put them into one; of provenance records there may be several.")  # fmt: skip
    return (lists[0] if lists else None), records


def declared_in(records: Sequence[str], paths: Sequence[str], options: Options, workspace: Path, watch: Watcher
                ) -> Declarations:  # fmt: skip
    """What provenance records say of what is to be audited, as far as a workspace believes them.

    Args:
        records: files and folders.
        paths: what is audited.
        options: of the audit.
        workspace: whose settings say who is believed; where there is none, nobody is.
        watch: is told how far hashing is.

    Raises:
        CallError, DataError, FaultError: see `outcross.sourcing.Sourcing.declared`.
    """
    from outcross.sourcing import Sourcing, speaking  # noqa: PLC0415 - SQLAlchemy, see above

    if not is_workspace(workspace):
        return Sourcing(None).declared(records, paths, speaking(options), watch)
    with Workspace(workspace, make=False) as opened:
        return opened.sources.declared(records, paths, speaking(options), watch)
