"""A sheet to draw on, which becomes an SVG element. All text is escaped by the XML writer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from outcross.report.escape import visible


@dataclass(frozen=True)
class Picture:
    """A finished drawing: an SVG element and its height in pixels."""

    svg: str
    height: float


Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


class Sheet:
    """A drawing of one size. Looks are left to the page: every mark has a class.

    Args:
        width: in user units, which are pixels at full size.
        height: likewise.
        title: what the chart is, for who cannot see it.
        description: what it shows.
    """

    def __init__(self, width: float, height: float, *, title: str, description: str) -> None:
        self.width, self.height = width, height
        self._root = ET.Element(
            "svg", {"viewBox": f"0 0 {_short(width)} {_short(height)}", "role": "img",
                    "aria-label": visible(title), "width": _short(width), "height": _short(height)},
        )  # fmt: skip
        ET.SubElement(self._root, "title").text = visible(title)
        ET.SubElement(self._root, "desc").text = visible(description)

    def line(self, start: Point, end: Point, look: str) -> None:
        """A straight line."""
        x1, y1, x2, y2 = map(_short, (*start, *end))
        self._mark("line", look, {"x1": x1, "y1": y1, "x2": x2, "y2": y2})

    def box(self, corner: Point, width: float, height: float, look: str, *, hint: str = "") -> None:
        """A rectangle from its upper left corner, with a hint for the pointer."""
        x, y, w, h = map(_short, (*corner, max(width, 0.0), max(height, 0.0)))
        mark = self._mark("rect", look, {"x": x, "y": y, "width": w, "height": h})
        self._hint(mark, hint)

    def dot(self, centre: Point, look: str, *, radius: float = 3.5, hint: str = "") -> None:
        """A point, with a hint for the pointer."""
        x, y = map(_short, centre)
        self._hint(self._mark("circle", look, {"cx": x, "cy": y, "r": _short(radius)}), hint)

    def path(self, points: Iterable[Point], look: str, *, closed: bool = False, hint: str = "") -> None:
        """A line through points, or the area that they enclose, with a hint for the pointer."""
        steps = "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
        self._hint(self._mark("path", look, {"d": f"M{steps}{'Z' if closed else ''}"}), hint)

    def bow(self, start: Point, end: Point, look: str) -> None:
        """A line that leaves and arrives level."""
        (x0, y0), (x1, y1) = start, end
        middle = _short((x0 + x1) / 2)
        ends = [*map(_short, (x0, y0)), middle, _short(y0), middle, *map(_short, (y1, x1, y1))]
        self._mark("path", look, {"d": "M{} {}C{} {} {} {} {} {}".format(*ends)})

    def strokes(self, strokes: Iterable[tuple[Point, Point]], look: str) -> None:
        """Many straight lines of one look; nothing where there are none."""
        steps = "".join(f"M{_short(x1)} {_short(y1)}L{_short(x2)} {_short(y2)}" for (x1, y1), (x2, y2) in strokes)
        if steps:
            self._mark("path", look, {"d": steps})

    def words(self, at: Point, text: str, look: str, *, anchor: Anchor = "start", hint: str = "") -> None:
        """A line of text, with a hint for the pointer where it says less than there is to say."""
        x, y = map(_short, at)
        attributes = {"x": x, "y": y}
        if anchor != "start":
            attributes["text-anchor"] = anchor
        mark = self._mark("text", look, attributes)
        if hint:
            self._hint(mark, hint)
            mark[0].tail = visible(text)
        else:
            mark.text = visible(text)

    def label(self, corner: Point, size: Point, text: str, look: str) -> None:
        """A line of text in a window that cuts what does not fit, however wide its letters are."""
        x, y, width, height = map(_short, (*corner, *size))
        window = ET.SubElement(self._root, "svg", {"x": x, "y": y, "width": width, "height": height})
        mark = ET.SubElement(window, "text", {"class": look, "x": "0", "y": _short(size[1] * 0.7)})
        mark.text = visible(text)
        self._hint(window, text)

    def finished(self) -> Picture:
        """The drawing as an element for an HTML page."""
        return Picture(ET.tostring(self._root, encoding="unicode"), self.height)

    def _mark(self, tag: str, look: str, attributes: dict[str, str]) -> ET.Element:
        return ET.SubElement(self._root, tag, {"class": look, **attributes})

    def _hint(self, mark: ET.Element, hint: str) -> None:
        if hint:
            title = ET.Element("title")
            title.text = visible(hint)
            mark.insert(0, title)


def _short(number: float) -> str:
    """A coordinate at a tenth of a unit."""
    return f"{number:.1f}".removesuffix(".0")
