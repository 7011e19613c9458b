"""The command line: a file a command. Parse, one call on the door, show, exit.

Exit codes: 0 pass, no change · 1 changed · 2 wrong call · 3 people needed · 4 bad data or not enough of it ·
5 could not finish (a fault of ours or of the machine) · 130 interrupted.
"""

import gc
import sys

LOOK_FOR_GARBAGE = (100_000, 50, 100)
"""When Python looks for garbage: what an audit imports lives until its end, and to look at it all over and over took a
twentieth of a small one. The default is (700, 10, 10)."""


def main() -> None:
    """Run the command line and end with its exit code."""
    gc.set_threshold(*LOOK_FOR_GARBAGE)
    try:
        # Imported here, so that Ctrl-C while click and the commands load is answered like any other.
        from outcross.cli.group import run  # noqa: PLC0415

        code = run()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        code = 130
    sys.exit(code)
