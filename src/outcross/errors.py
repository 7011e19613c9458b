"""What can go wrong, said so that a tired person knows what to do next.

OutcrossError
├── CallError          the call is wrong: an option, a name, a path          exit 2
│   └── MissingExtraError   an optional package is not installed             exit 2
├── DataError          the data are bad, or there is not enough of them      exit 4
├── FaultError         outcross or the machine could not finish              exit 5
└── InterruptedRunError     a person stopped the run; it can be resumed      exit 130
"""


class OutcrossError(Exception):
    """Base of all errors that outcross raises on purpose.

    Args:
        message: what was asked and what there is, in one sentence.
        hint: what to do about it, in one sentence; empty when there is nothing to do.
    """

    exit_code = 5

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class CallError(OutcrossError):
    """The call is wrong: an option, a name or a path that does not fit."""

    exit_code = 2


class MissingExtraError(CallError):
    """An optional package is needed and not installed; the hint names the extra."""


class DataError(OutcrossError):
    """The data are bad, or there is not enough of them to say anything."""

    exit_code = 4


class FaultError(OutcrossError):
    """outcross or the machine could not finish: a full disk, a killed worker, a damaged store."""

    exit_code = 5


class InterruptedRunError(OutcrossError):
    """A person stopped the run; what was finished is kept and the run can be resumed."""

    exit_code = 130
