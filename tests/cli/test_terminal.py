"""The terminal: progress there and nowhere else, colours when they are wanted, narrow screens, pipes that close."""

import errno
import json
import os
import pty
import re
import sys

import pytest


def on_terminal(process, *words, **environment) -> tuple[int, str]:
    """Run a command whose output and errors are a terminal."""
    ours, theirs = pty.openpty()
    begun = process(
        *words, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm"} | environment
    )
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 1 << 16):
            seen += piece
    except OSError as error:
        assert error.errno == errno.EIO  # noqa: PT017 - the end of a terminal
    os.close(ours)
    return begun.wait(timeout=60), seen.decode()


def test_a_terminal_shows_progress_and_colours(process, small):
    code, seen = on_terminal(process, "audit", small.name, "--no-store")
    assert code == 0
    assert re.search(r"(starting|compiling|reading|joining).* 0 %|100 %", seen)
    assert "\x1b[1m" in seen


def test_no_color_is_heard(process, small):
    code, seen = on_terminal(process, "audit", small.name, "--no-store", NO_COLOR="1")
    assert code == 0
    assert not re.search(r"\x1b\[[0-9;]*m", seen)


def test_elsewhere_there_is_neither(alone, small):
    ended = alone("audit", small.name, "--no-store")
    assert ended.code == 0
    assert ended.err == ""
    assert "\x1b" not in ended.out


@pytest.mark.parametrize("width", [40, 80])
def test_a_report_keeps_to_the_width(width, outcross, small, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    for ended in (outcross("audit", small.name), outcross("compare", small.name, small.name)):
        shown = ended.out.split("Where to look next")[0]
        assert max(map(len, shown.splitlines())) <= width


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_away_is_no_error(form, process, small):
    begun = process("audit", small.name, "--no-store", "--format", form)
    begun.stdout.close()
    _, err = begun.communicate(timeout=60)
    assert begun.returncode == 0
    assert err == b""


def test_errors_that_nobody_reads_keep_their_code(process):
    begun = process("audit", "nope.jsonl")
    begun.stderr.close()
    begun.communicate(timeout=60)
    assert begun.returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")  # noqa: PTH110
def test_a_full_device_is_told_as_such(alone, small):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        ended = alone("audit", small.name, "--no-store", stdout=full)
    assert ended.code == 5
    assert "No space left on device" in ended.err


def test_the_standard_input_is_read(alone, outcross, small):
    piped = alone("audit", "-", "--format", "json", "--no-store", data=small.read_bytes())
    assert piped.code == 0
    from_file = outcross("audit", small.name, "--format", "json", "--no-store")
    assert json.loads(piped.out)["figures"] == json.loads(from_file.out)["figures"]


def test_a_standard_input_without_data_or_closed_is_told(alone, process):
    assert alone("audit", "-", "--no-store").code == 4
    closed = ["/bin/sh", "-c", 'exec "$@" <&-', "sh"]
    ended = alone(sys.executable, "-c", "from outcross.cli import main; main()", "audit", "-", program=closed)
    assert ended.code == 2
    assert "no standard input" in ended.err


def test_a_process_of_its_own_audits_one_plain_text(alone, here):
    (here / "one.txt").write_text("hello world\n")
    assert alone("audit", "one.txt").code == 0
