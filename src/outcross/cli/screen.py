"""The labelling screen: one key a document on a terminal, one line a document on a pipe.

What is shown is a number and a text with everything that steers a terminal escaped: nothing of the score, of where
the document is from, or of whether it was planted.
"""

import os
import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import click

from outcross.labelling import Labelling
from outcross.principals import Signer
from outcross.report.escape import fitted, visible
from outcross.review.records import Answer, Item, LabelSet

ANSWER_KEYS: dict[str, Answer] = {
    "1": "human", "h": "human", "2": "partly", "p": "partly", "3": "synthetic", "s": "synthetic",
    "4": "unsure", "c": "unsure", "?": "unsure",
}  # fmt: skip
"""Keys, and first letters of words, by the answer they give."""

WORDS: dict[str, Answer] = {"human": "human", "partly": "partly", "synthetic": "synthetic", "unsure": "unsure"}
HELP = "[1] human  [2] partly synthetic  [3] synthetic  [4] cannot tell   [k] skip  [u] undo  [q] quit"
MOST_SECONDS = 3600.0
"""Longer than this nobody looks at a document: they were elsewhere, and the time says nothing."""
NO_CHARACTER = re.compile(r"\x1b(?:\[[0-9;?]*[@-~]|O.|.?)")
"""What a terminal sends for keys that are no characters, such as arrows: they say nothing here."""
WIDEST = 100
"""Columns of text at most: longer lines are hard to read."""


class Session:
    """One reviewer at work on one set.

    Args:
        labelling: of the workspace.
        labelled: the set.
        signer: the reviewer.

    Attributes:
        item: the one to be answered; None when nothing is left.
        left: items left for this reviewer. done: answers given in this session.
    """

    def __init__(self, labelling: Labelling, labelled: LabelSet, signer: Signer) -> None:
        self.labelling, self.labelled, self.signer = labelling, labelled, signer
        labelling.kept.known.register(signer)
        self.texts = labelling.kept.texts(labelled)
        mine = [one.item for one in labelling.counted(labelled)[0] if one.reviewer == signer.name]
        self.given: list[int] = mine
        self.aside: list[int] = []
        self.item: Item | None = None
        self.left = self.done = 0
        self.next()

    def next(self) -> None:
        """Take the next item."""
        left = self.labelling.kept.take(self.labelled, self.signer.name, self.aside)
        self.item, self.left = (left[0] if left else None), len(left)
        self.shown = time.monotonic()

    def say(self, answer: Answer) -> None:
        """Answer the item; the answer is on disk before the next one is taken."""
        if self.item is None:
            return
        seconds = min(time.monotonic() - self.shown, MOST_SECONDS)
        self.labelling.answer(self.labelled, self.item, answer, self.signer, seconds)
        self.given.append(self.item.number)
        self.aside = [number for number in self.aside if number != self.item.number]
        self.done += 1
        self.next()

    def skip(self) -> None:
        """Leave the item for the end."""
        if self.item is not None:
            self.aside = [number for number in self.aside if number != self.item.number] + [self.item.number]
            self.next()

    def undo(self) -> bool:
        """Withdraw the latest answer and show its document again; False where there is none."""
        if not self.given:
            return False
        item = self.labelled.items[self.given.pop()]
        self.labelling.answer(self.labelled, item, "withdrawn", self.signer)
        self.done = max(self.done - 1, 0)
        self.left += 1
        self.item, self.shown = item, time.monotonic()
        return True

    def text(self) -> str:
        """The text of the item."""
        return "" if self.item is None else self.texts[self.item.number]

    def head(self) -> str:
        """Where the reviewer is."""
        again = ", skipped before" if self.item is not None and self.item.number in self.aside else ""
        number = "" if self.item is None else f"  document {self.item.number}{again}"
        return f"{self.labelled.name}  {self.left} left, {len(self.given)} answered{number}"


def work(session: Session) -> None:
    """Let the reviewer work until nothing is left or they stop."""
    try:
        if sys.stdin.isatty() and sys.stdout.isatty() and os.name == "posix":
            with _keys() as keys:
                _on_terminal(session, keys)
        else:
            _on_pipe(session)
    finally:
        session.labelling.kept.release(session.labelled, session.signer.name)


# By lines


def _on_pipe(session: Session) -> None:
    """Show a text, read a line; until the lines end."""
    while session.item is not None:
        click.echo(f"--- {session.head()}")
        for line in session.text().split("\n"):
            click.echo(f"| {visible(line)}")
        if not _answered(session):
            return
    click.echo("--- Nothing is left.")


def _answered(session: Session) -> bool:
    """Read lines until one is an answer, a skip or an undo; False when the reviewer stops."""
    while True:
        click.echo("human, partly, synthetic, unsure; skip, undo, quit?")
        line = sys.stdin.readline()
        word = line.strip().lower()
        if not line or word in {"quit", "q"}:
            return False
        if _obeyed(session, word, WORDS.get(word)):
            return True
        click.echo(f"{visible(word)[:40]!r} cannot be done now." if word else "An answer is a word.", err=True)


def _obeyed(session: Session, word: str, answer: Answer | None) -> bool:
    """Do what a word or a key says; False where it says nothing, or nothing can be undone."""
    answer = answer or ANSWER_KEYS.get(word)
    if answer is not None:
        session.say(answer)
    elif word in {"skip", "k"}:
        session.skip()
    elif word in {"undo", "u"}:
        return session.undo()
    else:
        return False
    return True


# By keys


@contextmanager
def _keys() -> Iterator[Callable[[], str]]:
    """Keys one by one as they are pressed, without echo; the terminal is left as it was."""
    import termios  # noqa: PLC0415 - not on every system
    import tty  # noqa: PLC0415

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    waiting: list[str] = []

    def press() -> str:
        while not waiting:
            data = os.read(handle, 256)
            if not data:
                return "q"
            waiting.extend(NO_CHARACTER.sub("", data.decode("utf-8", "ignore")))
        return waiting.pop(0)

    try:
        tty.setcbreak(handle, termios.TCSADRAIN)
        sys.stdout.write("\x1b[?1049h")
        yield press
    finally:
        sys.stdout.write("\x1b[?1049l")
        sys.stdout.flush()
        termios.tcsetattr(handle, termios.TCSADRAIN, before)


def _on_terminal(session: Session, press: Callable[[], str]) -> None:
    """Draw a page, obey a key; until nothing is left or the reviewer stops."""
    page, note = 0, ""
    while session.item is not None:
        lines, room = _lines(session.text(), _columns()), _room()
        page = min(page, max(len(lines) - 1, 0) // room)
        _draw(session, lines[page * room : (page + 1) * room], _place(page, len(lines), room), note)
        key, note = press().lower(), ""
        if key in {"q", "\x04"}:
            return
        if key in {" ", "n", "b"}:
            page = max(page + (-1 if key == "b" else 1), 0)
        elif _obeyed(session, key, None):
            page = 0
        else:
            note = "Nothing to undo." if key == "u" else "No such key."


def _place(page: int, lines: int, room: int) -> str:
    pages = -(-lines // room)
    return f"page {page + 1} of {pages}: [space] on, [b] back" if pages > 1 else ""


def _draw(session: Session, lines: list[str], place: str, note: str) -> None:
    """The page as a whole, so that it does not flicker; on a small terminal the text comes before the help."""
    columns = _columns()
    head = fitted(session.head(), columns)
    if _small():
        seen = [head, *lines, fitted(note or place or "keys: 1 2 3 4 k u q", columns)][-_rows() :]
    else:
        seen = [head, "", *lines, "", *([place] if place else []), *wrapped(HELP, columns), note]
    sys.stdout.write("\x1b[H\x1b[2J" + "\r\n".join(seen))
    sys.stdout.flush()


def _size() -> os.terminal_size:
    """Of the terminal itself: COLUMNS and LINES in the environment may be those of another one."""
    try:
        return os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return shutil.get_terminal_size()


def _columns() -> int:
    return max(min(_size().columns or 80, WIDEST), 2)


def _rows() -> int:
    return max(_size().lines or 24, 2)


def _room() -> int:
    """Lines of text on a page."""
    return max(_rows() - 2, 1) if _small() else _rows() - 6 - len(wrapped(HELP, _columns()))


def _small() -> bool:
    """Whether the terminal has no room for a few lines of text with the help below them."""
    return _rows() < 9 + len(wrapped(HELP, _columns()))


@lru_cache(maxsize=1)
def _lines(text: str, columns: int) -> list[str]:
    """The text as lines that fit; a long one takes a while, and is drawn again with every key."""
    return [piece for line in text.split("\n") for piece in wrapped(visible(line), columns)]


def wrapped(line: str, cells: int) -> list[str]:
    """A line in pieces of so many terminal cells, cut at spaces where there are some."""
    pieces, start, used, space = [], 0, 0, -1
    for place, character in enumerate(line):
        width = 0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        if used + width > cells:
            cut = space + 1 if space >= start else place
            pieces.append(line[start:cut].rstrip())
            start = cut
            used = sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in line[cut:place])
        used += width
        if character == " ":
            space = place
    return [*pieces, line[start:]]
