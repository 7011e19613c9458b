"""YAML, of which only the plain part is read: what is written is what is meant."""

from typing import Any

import yaml

from outcross.errors import DataError

DEEPEST = 64
"""Levels of nesting, as for JSON."""

_REFUSED = {
    yaml.AliasToken: "an alias",
    yaml.AnchorToken: "an anchor",
    yaml.TagToken: "a tag",
    yaml.DirectiveToken: "a directive",
}  # fmt: skip
_OPENING = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken,
            yaml.FlowSequenceStartToken)  # fmt: skip
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_LOADER):  # type: ignore[misc]
    """Texts, numbers, truth values and nothing; mappings with text keys, each once; no dates."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are told once."""
        made: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None or name == "<<" or name in made:
                raise yaml.constructor.ConstructorError(problem=_key_problem(name), problem_mark=key.start_mark)
            made[name] = self.construct_object(value, deep=True)
        return made


_Plain.yaml_constructors = {
    tag: build for tag, build in yaml.SafeLoader.yaml_constructors.items()
    if tag is None or tag.rpartition(":")[2] in ("null", "bool", "int", "float", "str", "seq", "map")
}  # fmt: skip
_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.rpartition(":")[2] in ("null", "bool", "int", "float")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}  # fmt: skip
_Plain.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node))


def plain_yaml(text: str, name: str) -> Any:
    """The plain value of YAML.

    Raises:
        DataError: it is none, too deep, or has an anchor, an alias, a tag, a directive or a key twice; with its line.
    """
    try:
        _look_over(text, name)
        return _Plain(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise DataError(f"{name}{line}: no YAML that is read here: {error.problem or error.context}.") from None
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise DataError(f"{name}: no YAML: {str(error).splitlines()[0] if str(error) else 'too deep'}.") from None


def _look_over(text: str, name: str) -> None:
    """Refuse what could make little text into much, before anything is made of it."""
    level = 0
    for token in yaml.scan(text, Loader=_Plain):
        if type(token) in _REFUSED:
            raise DataError(f"{name}, line {token.start_mark.line + 1}: {_REFUSED[type(token)]} is not read.",
                            hint="Write the value out.")  # fmt: skip
        level += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if level > DEEPEST:
            raise DataError(f"{name} is nested more than {DEEPEST} levels deep.")


def _key_problem(name: str | None) -> str:
    if name is None:
        return "a key that is no text"
    return "a merge key" if name == "<<" else f"the key {name[:80]!r} twice"
