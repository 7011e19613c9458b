"""Every figure, public name, error, table, format, option and cap is named in the docs."""

import dataclasses
import re
from pathlib import Path

import pytest

import outcross
from outcross.auditing import Options
from outcross.corpus import Limits
from outcross.corpus.formats import readers
from outcross.corpus.shapes import SHAPES
from outcross.errors import OutcrossError
from outcross.measure import Caps
from outcross.measures import families
from outcross.settings import TABLES, Identity
from outcross.store.tables import metadata

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "outcross"

PARTS = (
    "Definition", "Source", "Shows", "Cannot show", "A person should judge", "Size", "Interval", "At the caps",
)  # fmt: skip
"""What the page of a measure says of every figure."""


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str) -> list[str]:
    return re.split(r"^## ", text, flags=re.MULTILINE)[1:]


def errors(kind: type[OutcrossError] = OutcrossError) -> list[str]:
    return [kind.__name__, *(name for below in kind.__subclasses__() for name in errors(below))]


FIGURES = [(name, figure.name) for name, family in families().items() for figure in family.figures]


@pytest.mark.parametrize(("family", "figure"), FIGURES)
def test_every_figure_is_explained_on_the_page_of_its_family(family, figure):
    found = [one for one in sections(page(f"measures/{family}.md")) if f"`{figure}`" in one]
    assert found, f"docs/measures/{family}.md has no section that names `{figure}`"
    for part in PARTS:
        assert any(f"**{part}" in one for one in found), f"the section of {figure} lacks **{part}**"


@pytest.mark.parametrize("family", families())
def test_every_family_is_listed_among_the_measures(family):
    assert f"({family}.md)" in page("measures/README.md")


@pytest.mark.parametrize("name", outcross.__all__)
def test_every_public_name_is_in_the_python_reference(name):
    assert f"`{name}" in page("reference/python.md") or f"outcross.{name}" in page("reference/python.md")


@pytest.mark.parametrize("field", [one.name for one in dataclasses.fields(Options)])
def test_every_option_is_in_the_python_reference(field):
    assert f"`{field}`" in page("reference/python.md")


@pytest.mark.parametrize("name", sorted(set(errors())))
def test_every_error_has_its_entry(name):
    assert f"`{name}`" in page("reference/errors.md")


@pytest.mark.parametrize("table", metadata.tables.values(), ids=list(metadata.tables))
def test_every_table_and_column_of_the_store_is_described(table):
    found = next((one for one in sections(page("reference/store.md")) if one.startswith(f"`{table.name}`")), None)
    assert found, f"docs/reference/store.md has no section `{table.name}`"
    for column in table.columns:
        assert f"`{column.name}`" in found, column.name


@pytest.mark.parametrize("key", [one.name for kind in (*TABLES.values(), Identity) for one in dataclasses.fields(kind)])
def test_every_setting_is_described(key):
    assert f"| `{key}` |" in page("reference/settings.md")


@pytest.mark.parametrize("name", readers())
def test_every_format_and_its_suffixes_are_named(name):
    text = page("reference/formats.md")
    assert f"`{name}`" in text
    for suffix in readers()[name].suffixes:
        assert f"`{suffix}`" in text, suffix


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_every_shape_is_named(shape):
    for column in shape.needs:
        assert f"`{column}`" in page("reference/formats.md")


@pytest.mark.parametrize("cap", [one.name for kind in (Caps, Limits) for one in dataclasses.fields(kind)])
def test_every_cap_is_named_with_its_default(cap):
    assert f"`{cap}`" in page("reference/limits.md")


def reasons() -> list[str]:
    """Reasons for quarantine, as they stand in the source."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (SOURCE / "corpus").rglob("*.py"))
    found = re.findall(r'UnusableError\("([^"]+)"', text)
    names = "INVALID_UTF8|LONE_SURROGATE|NO_TEXT|WRONG_TYPE|NO_MODEL_TURN|RAGGED|UNCLOSED|CHANGED"
    found += re.findall(rf'^(?:{names}) = "([^"]+)"', text, re.MULTILINE)
    return sorted(set(found))


@pytest.mark.parametrize("reason", reasons())
def test_every_reason_for_quarantine_is_explained(reason):
    assert f"`{reason}`" in page("reference/formats.md")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 130])
def test_every_exit_code_is_explained(code):
    assert f"| {code} |" in page("reference/exit-codes.md")
