"""Write the named definitions of collapse into docs/reference/definitions.md.

Run it as `python docs/write_definitions.py` after a change of a definition; a test compares the two.
"""

from pathlib import Path

from outcross.report.definitions import definitions_as_markdown
from outcross.track.definitions import definitions

PAGE = Path(__file__).with_name("reference") / "definitions.md"


def page() -> str:
    """The page as it should be."""
    return definitions_as_markdown(list(definitions().values()))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
