"""Write the kinds of requirements into docs/reference/requirements.md, and the JSON Schema of a policy beside it.

Run it as `python docs/write_requirements.py` after a change of a kind or of a key; a test compares them.
"""

import json
import re
from pathlib import Path

from outcross.gate.schema import policy_schema
from outcross.report.requirements import keys_as_markdown, kinds_as_markdown, outcomes_as_markdown

FOLDER = Path(__file__).with_name("reference")
PAGE, SCHEMA = FOLDER / "requirements.md", FOLDER / "policy.schema.json"
PARTS = {"outcomes": outcomes_as_markdown, "keys": keys_as_markdown, "kinds": kinds_as_markdown}
BLOCK = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with every marked block as the code says it now."""
    return BLOCK.sub(lambda block: f"{block[1]}{PARTS[block[2]]()}{block[3]}", page)


def schema() -> str:
    """The schema as its file should be."""
    return json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
