"""The policy as it is written: `[policy]` and `[[criterion]]` of a TOML file, read into typed records.

What nobody knows is refused with its line and the name that was probably meant. Whether a document can be is said by
the same schemas that are published (`outcross.gate.schema`); what no schema can say is here: that every id is there
once, and that a policy is not older than itself allows.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcross.errors import CallError
from outcross.gate.kinds import KINDS, Kind
from outcross.gate.record import LAYERS, Criterion, Policy
from outcross.gate.shapes import (
    CLAUSES,
    DATE,
    LEVEL_OF_INTERVALS,
    NAME,
    TEXT,
    VERSION,
    Key,
    Shape,
    one_of,
)  # fmt: skip
from outcross.settings import Written, read_tables

TO_FILL = "fill in"
"""An owner whose name begins so is one that nobody has named yet."""

_OUTCOME = one_of("pause", "escalate", "block")

POLICY: tuple[Key, ...] = (
    Key("name", NAME, "of the policy", needed=True),
    Key("version", VERSION, "of it, counted up with every change", needed=True),
    Key("min_version", VERSION, "below which no version may be used any more", 1),
    Key("owner", TEXT, "who answers for the policy", needed=True),
    Key("review", DATE, "until when it is to be looked at again"),
    Key("level", LEVEL_OF_INTERVALS, "of the intervals of figures that are estimated", 0.95),
)

CRITERION: tuple[Key, ...] = (
    Key("id", NAME, "its name, once in a policy", needed=True),
    Key("kind", one_of(*KINDS), "what it asks", needed=True),
    Key("owner", TEXT, "who answers for it", needed=True),
    Key("on_fail", _OUTCOME, "what becomes of the update where it fails", "pause"),
    Key("on_unknown", _OUTCOME, "where there is no evidence, or none that is valid", "pause"),
    Key("on_inconclusive", _OUTCOME, "where the interval holds the limit [default: as `on_unknown`]"),
    Key("layer", one_of(*LAYERS), "of quality [default: by its kind]"),
    Key("bound", one_of("upper", "lower"), "the end that decides, which its kind fixes: it is told for readers"),
    Key("consequence", TEXT, "what it would mean to go on without"),
    Key("why", TEXT, "why it is asked"),
    Key("maps_to", CLAUSES, "clauses that it implements", ()),
    Key("review", DATE, "until when it is to be looked at again"),
)
"""Keys of every criterion; those of its kind are beside them."""


@dataclass(frozen=True)
class _Table:
    """One table of the file."""

    written: Written
    name: str
    values: Mapping[str, Any]
    nth: int = 0

    @property
    def title(self) -> str:
        return "[policy]" if self.name == "policy" else f"[[criterion]] {self.values.get('id', self.nth + 1)!r}"

    def refused(self, key: str, said: str, known: Sequence[str] = ()) -> CallError:
        return self.written.refused(self.name, key, said, known, nth=self.nth)

    def read(self, keys: Sequence[Key]) -> dict[str, Any]:
        """The values of these keys, defaults included; what else there is is refused."""
        names = [one.name for one in keys]
        for key in self.values:
            if key not in names:
                raise self.refused(key, f"There is no key {key!r} in {self.title}", names)
        return {one.name: self.value(one) for one in keys}

    def value(self, key: Key) -> Any:
        """The value of one key."""
        if key.name not in self.values:
            if key.needed:
                raise self.refused("", f"{self.title} needs {key.name}: {key.says}")
            return key.default
        value = _plain(self.values[key.name])
        if not key.shape.holds(value):
            wrong = _wrong(value, key.shape)
            known = key.shape.options if isinstance(wrong, str) else ()
            raise self._refused_value(key, wrong, known)
        return int(value) if key.shape.schema["type"] == "integer" else value

    def _refused_value(self, key: Key, wrong: Any, known: Sequence[str]) -> CallError:
        """The error for a value; the closest word is looked for where there is a list of them."""
        made = self.refused(key.name, f"{key.name} must be {key.shape.says}, not {wrong!r}")
        if not known:
            return made
        return CallError(made.message, hint=self.written.refused("", str(wrong), "", known).hint)


def policy_of(written: Written) -> Policy:
    """The policy that a file says.

    Args:
        written: its tables, with where they stand.

    Raises:
        CallError: there is none in it, or something in it cannot be; the message names the line.
    """
    tables = written.tables
    if "policy" not in tables and "criterion" not in tables:
        raise CallError(
            f"{written.path} holds no policy.", hint="Copy one to begin with: outcross init --policy standard"
        )
    head = tables.get("policy")
    if not isinstance(head, Mapping):
        raise written.refused("", "policy", "There must be one table [policy]")
    rows = tables.get("criterion")
    if not isinstance(rows, list) or not rows or not all(isinstance(one, Mapping) for one in rows):
        raise written.refused("", "criterion", "There must be one [[criterion]] or more")
    table = _Table(written, "policy", head)
    told = table.read(POLICY)
    if told["version"] < told["min_version"]:
        raise table.refused("version", f"Version {told['version']} is below min_version, {told['min_version']}")
    criteria = tuple(_criterion(_Table(written, "criterion", one, nth)) for nth, one in enumerate(rows))
    _once(written, criteria)
    return Policy(criteria=criteria, **(told | {"review": told["review"] or "", "level": float(told["level"])}))


def chosen_policy(own: Path, named: str | Path | None = None) -> Policy:
    """The policy of a file that is named, or that of a workspace.

    Args:
        own: the workspace's settings, there or not.
        named: another file; None for none.

    Raises:
        CallError: there is none, something in it cannot be, or it is older than the workspace's policy of the same
            name still allows.
    """
    settings = read_tables(own) if own.exists() else Written(own, {})
    if named is None:
        return policy_of(settings)
    told = policy_of(read_tables(Path(named)))
    _check_version(told, settings)
    return told


def _check_version(policy: Policy, own: Written) -> None:
    head = own.tables.get("policy")
    if not isinstance(head, Mapping) or head.get("name") != policy.name:
        return
    least = policy_of(own).min_version
    if policy.version < least:
        raise CallError(
            f"Version {policy.version} of the policy {policy.name!r} may not be used any more: {own.path} asks for"
            f" version {least} at least.", hint="Use the newer policy, or ask who owns it.",
        )  # fmt: skip


def _criterion(table: _Table) -> Criterion:
    kind = KINDS[table.value(CRITERION[1])]
    told = table.read((*keys_of(kind), *kind.takes))
    parameters = {key.name: told.pop(key.name) for key in kind.takes}
    parameters = {name: value for name, value in parameters.items() if value is not None}
    if kind.one_of and not any(name in parameters for name in kind.one_of):
        raise table.refused("", f"{table.title} needs {' or '.join(kind.one_of)}")
    defaults = {
        "layer": kind.layer, "bound": kind.bound, "on_inconclusive": told["on_unknown"],
        "consequence": "", "why": "", "review": "",
    }  # fmt: skip
    told |= {name: value for name, value in defaults.items() if told[name] is None}
    return Criterion(parameters=parameters, **(told | {"maps_to": tuple(told["maps_to"])}))


def keys_of(kind: Kind) -> tuple[Key, ...]:
    """The common keys of a criterion of this kind.

    The end that decides is the unfavourable one, always. The other would let an interval pass of which nothing is
    known, and what was not measured cannot pass.
    """
    return tuple(
        Key(one.name, _bound(kind), one.says) if one.name == "bound"
        else Key(one.name, one_of(kind.name), one.says, needed=True) if one.name == "kind" else one
        for one in CRITERION
    )  # fmt: skip


def _bound(kind: Kind) -> Shape:
    return Shape(
        f'"{kind.bound}" (the other end would let pass what nobody knows)', {"type": "string", "enum": [kind.bound]}
    )


def _once(written: Written, criteria: Sequence[Criterion]) -> None:
    """Refuse two criteria of one name: an exception for one would be one for both."""
    seen: set[str] = set()
    for nth, one in enumerate(criteria):
        if one.id in seen:
            raise written.refused("criterion", "id", f"There are two criteria {one.id!r}", nth=nth)
        seen.add(one.id)


def _plain(value: Any) -> Any:
    """A date of TOML as its text."""
    plain_date = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return value.isoformat() if plain_date else value


def _wrong(value: Any, shape: Shape) -> Any:
    """The value, or the first member of a list that is not one of the words."""
    if isinstance(value, list) and shape.options:
        return next((one for one in value if one not in shape.options), value)
    return value
