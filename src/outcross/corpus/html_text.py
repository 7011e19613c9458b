"""The text of HTML pages, in time that grows with their length alone, whatever they hold."""

import html
import re

SILENT = ("script", "style", "noscript", "template", "svg", "head")
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "td", "th", "tr", "ul", "title",
})  # fmt: skip
NAME = re.compile(r"/?\s*([a-zA-Z][a-zA-Z0-9]*)")


def text_of_html(page: str) -> str:
    """The text between the tags, one line a block, without scripts and styles.

    html.parser is not used: comments and tags without an end cost it quadratic time.
    """
    lower = page.lower()
    found: list[str] = []
    place = 0
    while place < len(page):
        begin = page.find("<", place)
        found.append(page[place:] if begin < 0 else page[place:begin])
        if begin < 0:
            break
        place, mark = _after_tag(page, lower, begin)
        found.append(mark)
    lines = (" ".join(line.split()) for line in html.unescape("".join(found)).splitlines())
    return "\n".join(line for line in lines if line)


def _after_tag(page: str, lower: str, begin: int) -> tuple[int, str]:
    """Where text goes on after what begins with "<", and what stands for it in the text."""
    if page.startswith("<!--", begin):
        return _after(lower, "-->", begin), ""
    named = NAME.match(page, begin + 1)
    if named is None:
        return (_after(lower, ">", begin), "") if page[begin + 1 : begin + 2] in ("!", "?") else (begin + 1, "<")
    name = named[1].lower()
    if name in SILENT and page[begin + 1] != "/":
        return _after(lower, ">", _after(lower, f"</{name}", begin)), "\n"
    return _after(lower, ">", begin), "\n" if name in BLOCKS else ""


def _after(page: str, mark: str, begin: int) -> int:
    """The place after the next mark; the end of the page where there is none."""
    found = page.find(mark, begin)
    return len(page) if found < 0 else found + len(mark)
