"""The pages hold together: links resolve, diagrams are true, nothing of this machine is left in them."""

import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
IMAGES = sorted((ROOT / "docs" / "images").glob("*.svg"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to headings."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_relative_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for link in LINK.findall(CODE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        found = (path.parent / target).resolve() if target else path
        assert found.exists(), link
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("path", [*PAGES, *IMAGES], ids=named)
def test_nothing_unfinished_and_nothing_of_one_machine_is_left(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(TODO|FIXME|XXX|TBD)\b|/work/|/root/|/home/\w", text)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_page_is_reached_from_another(path):
    if path.parent == ROOT:
        return
    others = [one for one in PAGES if one != path]
    linked = {
        (one.parent / link.partition("#")[0]).resolve()
        for one in others for link in LINK.findall(one.read_text(encoding="utf-8")) if not re.match(r"[a-z]+:", link)
    }  # fmt: skip
    assert path.resolve() in linked


@pytest.mark.parametrize("path", IMAGES, ids=named)
def test_images_are_valid_and_load_nothing(path):
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    assert root.tag.endswith("svg")
    assert not re.search(r"url\(['\"]?http|<script|<image|href=", path.read_text(encoding="utf-8"))


def test_the_rooms_in_the_diagram_are_the_floors_that_are_enforced():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    enforced = [{room.strip(" ()") for room in re.split(r"[|:]", floor)} for floor in floors]
    drawing = (ROOT / "docs" / "images" / "rooms.svg").read_text(encoding="utf-8")
    drawn: dict[str, set[str]] = {}
    for floor, room in re.findall(r'data-floor="(\d+)" data-room="(\w+)"', drawing):
        drawn.setdefault(floor, set()).add(room)
    there = [
        {room for room in floor if any((ROOT / "src" / "outcross").glob(f"{room}*"))} for floor in enforced
    ]  # fmt: skip
    assert [drawn[floor] for floor in sorted(drawn, key=int)] == [floor for floor in there if floor]
