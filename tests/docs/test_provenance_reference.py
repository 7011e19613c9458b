"""The fields and the schema of a provenance record in the docs are the real ones."""

import runpy
from pathlib import Path

import jsonschema
import pytest

DOCS = Path(__file__).parents[2] / "docs"
RECORD = runpy.run_path(str(DOCS / "write_record.py"))
SCHEMAS = runpy.run_path(str(DOCS / "write_schemas.py"))


def test_the_page_is_what_the_table_of_fields_says():
    page = (DOCS / "reference" / "provenance-record.md").read_text(encoding="utf-8")
    assert RECORD["page"]() == page, "run: python docs/write_record.py"


@pytest.mark.parametrize("name", SCHEMAS["SCHEMAS"])
def test_a_published_schema_is_what_the_code_checks(name):
    published = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert SCHEMAS["written"](name) == published, "run: python docs/write_schemas.py"
    jsonschema.Draft202012Validator.check_schema(SCHEMAS["SCHEMAS"][name]())
