"""Write the fields of a provenance record into docs/reference/provenance-record.md.

Run it as `python docs/write_record.py` after a change of the table of fields; a test compares the two.
"""

from pathlib import Path

from outcross.provenance.glossary import FIELDS
from outcross.report.fields import fields_as_markdown

PAGE = Path(__file__).with_name("reference") / "provenance-record.md"


def page() -> str:
    """The page as it should be."""
    return fields_as_markdown(FIELDS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
