"""Write the published JSON Schemas into docs/reference.

Run it as `python docs/write_schemas.py` after a change of what they describe; a test compares the two.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from outcross.provenance.schema import record_schema

FOLDER = Path(__file__).with_name("reference")
SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {"provenance.schema.json": record_schema}
"""What makes each of them, by the name of its file."""


def written(name: str) -> str:
    """A schema as it should be."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for one in SCHEMAS:
        (FOLDER / one).write_text(written(one), encoding="utf-8")
