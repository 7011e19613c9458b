"""Draw the rooms of the house by floor: `python docs/write_rooms.py` after a change of the floors.

The floors are those that import-linter enforces (pyproject.toml); what is written in each room stands here.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "rooms.svg"

# Of each room: the kind of floor it is on, and a few words.
ROOMS = {
    "cli": ("skin", "a file a command: parse, one call, show"),
    "integrations": ("skin", "Python, a Trainer's callback, MLflow"),
    "workspace": ("door", "the one orchestrator behind command line and Python"),
    "founding": ("door", "a workspace begun"),
    "sourcing": ("door", "what the sources of a mix show, as evidence"),
    "sealing": ("door", "corpora signed, and held against what was signed"),
    "tracking": ("door", "a lineage held against its baseline"),
    "comparing": ("door", "audits, made where they are not"),
    "registering": ("door", "one generation, from its files to the store"),
    "auditing": ("door", "one audit, from the files to the record"),
    "labelling": ("door", "drawing label sets, working through them, what they say"),
    "store": ("out", "runs, labels, generations: SQLite or PostgreSQL"),
    "report": ("out", "records to text, Markdown, HTML"),
    "review": ("in time", "samples, gold, agreement, flags; stores nothing"),
    "track": ("in time", "generations, their figures, alarms, definitions"),
    "provenance": ("subject", "records, importers, trust, lineage; emits evidence only"),
    "gate": ("subject", "policy, the one evaluator; measures nothing"),
    "audits": ("subject", "audit, comparison, frozen reference"),
    "shares": ("subject", "the synthetic share: estimators, the ladder"),
    "engine": ("data", "tasks, merging, threads and processes"),
    "measures": ("data", "a family of figures a file"),
    "origin": ("data", "evidence of origin, a detector a file"),
    "corpus": ("data", "finding, readers, quarantine, digests"),
    "kernels": ("data", "native loops over Arrow buffers"),
    "measure": ("ground", "the contract: Batch, State, Findings"),
    "run": ("ground", "progress, clock"),
    "evidence": ("ground", "one finding, bound by digests; knows no criterion"),
    "estimate": ("ground", "Estimate, Bounds, Unknown, Student's t"),
    "principals": ("ground", "keys, signatures"),
    "log": ("ground", "signed entries, Merkle tree, proofs; no storage"),
    "doors": ("ground", "imports of optional packages"),
    "canonical": ("ground", "canonical JSON, digests"),
    "strict_json": ("ground", "JSON that others wrote, within limits"),
    "settings": ("ground", "outcross.toml, read and refused by its line"),
    "errors": ("ground", "what can go wrong, with exit codes"),
}
COLOURS = {"skin": "#ddf4ff", "door": "#ddf4ff", "out": "#dafbe1", "in time": "#fff1e5", "subject": "#fff8c5",
           "data": "#ffeff7", "ground": "#f6f8fa"}  # fmt: skip
WIDTH, LEFT, ROW, GAP = 760, 84, 48, 8
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" role="img" \
aria-label="The rooms of outcross by floor, from the command line at the top to errors at the bottom">
<style>
 text {{ font: 13px system-ui, sans-serif; fill: #1f2328 }} .room {{ font-weight: 600 }} \
.small {{ font-size: 11.5px; fill: #57606a }}
 .floor {{ font-size: 11.5px; fill: #57606a; font-style: italic }} .box {{ stroke: #8c959f; stroke-width: 1 }}
</style>
<rect x="0.5" y="0.5" width="759" height="{inner}" rx="8" fill="#ffffff" stroke="#d0d7de"/>"""
FOOT = "Imports go down only. Rooms on one floor do not know each other. import-linter enforces it."


def floors() -> list[list[str]]:
    """The rooms of each floor, from the top, as they are enforced."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[room.strip(" ()") for room in re.split(r"[|:]", layer)] for layer in layers]


def drawn() -> str:
    """The picture."""
    house = floors()
    height = 16 + ROW * len(house) + 34
    lines = [HEAD.format(height=height, inner=height - 1)]
    for number, rooms in enumerate(house):
        top = 16 + ROW * number
        kind = ROOMS[rooms[0]][0]
        lines.append(f'<text x="70" y="{top + 24}" text-anchor="end" class="floor">{kind}</text>')
        wide = (WIDTH - 16 - LEFT - GAP * (len(rooms) - 1)) / len(rooms)
        for place, room in enumerate(rooms):
            x = LEFT + place * (wide + GAP)
            lines.append(
                f'<g data-floor="{number:02d}" data-room="{room}"><rect x="{x:g}" y="{top}" width="{wide:g}" '
                f'height="40" rx="6" fill="{COLOURS[kind]}" class="box"/>'
                f'<text x="{x + 14:g}" y="{top + 24.5}" class="room">{room}</text>'
                f'<text x="{x + 26 + 8 * len(room):g}" y="{top + 24}" class="small">'
                f"{ROOMS[room][1]}</text></g>"
            )
    lines.append(f'<text x="{LEFT}" y="{height - 22}" class="small">{FOOT}</text>\n</svg>\n')
    return "\n".join(lines)


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
