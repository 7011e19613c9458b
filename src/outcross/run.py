"""A run: the events that anyone may watch, and how one is asked to stop."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    Attributes:
        stage: what is being done, e.g. "reading".
        done, total: bytes on disk that are done, and in all.
        documents: documents looked at.
        text_bytes: bytes of text looked at, in this session.
        seconds: since this session began.
    """

    stage: str
    done: int
    total: int
    documents: int
    text_bytes: int
    seconds: float

    @property
    def rate(self) -> float:
        """Megabytes of text a second."""
        return self.text_bytes / 1e6 / self.seconds if self.seconds > 0 else 0.0


Watcher = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """A watcher that looks away."""


@dataclass
class Clock:
    """When a session began, when it must end, and whether a person has asked it to stop."""

    limit: float | None = None
    began: float = field(default_factory=time.monotonic)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self) -> float:
        """Since the session began."""
        return time.monotonic() - self.began

    @property
    def out_of_time(self) -> bool:
        """Whether the time limit has passed."""
        return self.limit is not None and self.seconds >= self.limit

    def check(self) -> None:
        """Stop as Ctrl-C would where a person has asked for it in another way."""
        if self.stopped.is_set():
            raise KeyboardInterrupt
