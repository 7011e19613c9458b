"""What a report on an audit holds, in every format."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from outcross.audits.record import Audit, Profile
from outcross.estimate import Unknown, counted
from outcross.measure import all_figures
from outcross.report import to_html, to_json, to_markdown, to_notebook, to_text

FORMATS = [to_text, to_markdown, to_html, to_notebook]


def plain(audit: Audit) -> Audit:
    """The audit without what only tests of hostile text need."""
    figures = {name: one for name, one in audit.figures.items() if not name.startswith(("strange", "unknowable"))}
    tables = {name: rows for name, rows in audit.profile.tables.items() if not name.startswith("strange")}
    return Audit(audit.corpus, audit.plan, Profile(figures, audit.profile.curves, tables), {}, {}, [])


@pytest.mark.parametrize("render", [to_markdown, to_html])
def test_every_figure_of_the_audit_appears(render: Callable[[Audit], str], audit: Audit) -> None:
    made = html.unescape(render(audit))
    for name in audit.figures:
        assert name in made
        assert name not in all_figures() or all_figures()[name].label in made


@pytest.mark.parametrize("render", FORMATS)
def test_unknown_never_renders_as_zero(render: Callable[[Audit], str], audit: Audit) -> None:
    figures = {name: Unknown("too few documents") for name in audit.figures}
    blank = Audit(audit.corpus, audit.plan, Profile(dict(figures)), {"g": Profile(dict(figures))}, {}, [])
    made = html.unescape(render(blank))
    assert "unknown: too few documents" in made
    said = re.sub(r"<style>.*?</style>|Hill number 0", "", made, flags=re.DOTALL)
    assert not re.search(r"(?<![\d.,#\w-])0( %|\.0+)?(?![\d.,\w%-])", said)


@pytest.mark.parametrize("render", FORMATS)
def test_an_audit_with_nothing_in_it_can_be_shown(render: Callable[[Audit], str]) -> None:
    assert "corpus" in render(Audit({}, {}, Profile({}), {}, {}, []))


def test_the_terminal_tells_first_what_was_read_and_what_to_worry_about(
    make_audit: Callable[..., Any],
) -> None:
    notes = [{"level": "note", "text": "a note"}, {"level": "warning", "text": "a worry"}]
    made = to_text(make_audit(notes=notes), 80)
    order = ["Audit of hello", "2 files", "81.2 MB", "a worry", "quarantined: 3", "Size", "Diversity",
             "Words", "Repetition", "Duplicates", "Languages", "Hygiene", "Groups", "a note"]  # fmt: skip
    places = [made.index(words) for words in order]
    assert places == sorted(places)


def test_the_terminal_says_the_common_size_once(audit: Audit) -> None:
    assert to_text(plain(audit), 80).count("1,024 documents") == 1


def test_the_terminal_shows_the_rules_worth_seeing_and_sums_up_the_rest(audit: Audit) -> None:
    made = to_text(audit, 80)
    assert made.count("-grams above") + made.count("-gram above") <= 3
    assert "10 other rules: at most" in made


def test_the_terminal_ends_with_where_to_look_next(audit: Audit) -> None:
    assert to_text(audit, 80, next_steps=["outcross compare a b"]).endswith("\u00b7 outcross compare a b\n")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_terminal_report_fits_its_width(width: int, audit: Audit) -> None:
    assert max(map(cell_len, to_text(audit, width).splitlines())) <= width


def test_nothing_is_lost_at_sixty_columns(audit: Audit) -> None:
    def words(width: int) -> set[str]:
        return {word for word in re.findall(r"[\d.,%]+", to_text(audit, width)) if word}

    assert words(120) <= words(60)


def test_the_terminal_is_coloured_only_where_asked(audit: Audit) -> None:
    assert "\x1b[" in to_text(audit, 80, colour=True)
    assert "\x1b" not in to_text(audit, 80)


def test_numbers_stand_with_their_interval(make_audit: Callable[..., Any]) -> None:
    row = next(line for line in to_text(make_audit(), 80).splitlines() if "distinct-2" in line and "%" in line)
    assert re.search(r"\d %  \[\d+\.\d+, \d+\.\d+\]", row)


def test_the_terminal_says_a_reason_once_for_many_figures(audit: Audit) -> None:
    hygiene = {name: Unknown("too few documents") for name in audit.figures if name.startswith("hygiene.")}
    made = to_text(Audit({}, {}, Profile(hygiene), {}, {}, []), 80)
    assert made.count("unknown: too few documents") == 1
    assert "assistant phrases" in made


def many_groups(make_audit: Callable[..., Any], number: int) -> Audit:
    whole = make_audit()
    groups = {
        f"group {one} " + "x" * 200: Profile({**whole.figures, "documents": counted(one, n=one, unit="documents")})
        for one in range(number)
    }
    made: Audit = make_audit(groups=0)
    return Audit(made.corpus, made.plan, made.profile, groups, made.quarantine, made.notes)


def test_the_page_stays_below_a_megabyte_with_500_groups(make_audit: Callable[..., Any]) -> None:
    made = to_html(many_groups(make_audit, 500))
    assert len(made.encode()) < 300_000
    assert "The 40 largest of 500 groups" in made
    assert "group 499 " in made
    assert "group 459 " not in made


def test_a_usual_page_is_small(make_audit: Callable[..., Any]) -> None:
    assert len(to_html(make_audit()).encode()) < 150_000


def test_a_page_holds_no_replicates(audit: Audit) -> None:
    assert "replicates" in to_json(audit)
    assert not re.search(r"\b\d+\.\d{9,}", to_html(audit))


def test_a_page_loads_nothing_and_runs_nothing(audit: Audit) -> None:
    made = to_html(audit)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in made
    assert not re.search(r"(?i)https?:|//\w|url\(|@import|<script|javascript:", made)


def test_a_page_can_be_read_without_eyes(audit: Audit) -> None:
    made = to_html(audit)
    assert '<html lang="en">' in made
    assert made.count("<h1>") == 1
    assert made.count('role="img"') == made.count("<desc>") >= 8
    assert not re.search(r"<th(?! scope=| ?ead)[ >]", made.replace("<thead", ""))


def test_a_page_follows_light_dark_and_paper(audit: Audit) -> None:
    made = to_html(audit)
    assert "prefers-color-scheme: dark" in made
    assert "@media print" in made


def test_a_figure_tells_its_method_and_assumption(audit: Audit) -> None:
    made = to_html(audit)
    for words in (
        "rarefied to 1,024 documents (source)",
        "documents are independent draws",
        "share of documents",
    ):
        assert words in made


def test_a_notebook_keeps_its_styles_to_itself(audit: Audit) -> None:
    made = to_notebook(audit)
    style = re.search(r"<style>(.*?)</style>", made, re.DOTALL)
    assert style
    for selectors in re.findall(r"([^{}]+)\{", style[1]):
        assert all(one.strip().startswith(".outcross-report") for one in selectors.split(","))
    assert 'id="' not in made
    assert made.lstrip().startswith('<div class="outcross-report">')


def test_json_is_the_record(audit: Audit) -> None:
    assert to_json(audit) == audit.to_json()


def test_text_that_was_not_kept_is_not_shown(make_audit: Callable[..., Any]) -> None:
    whole = make_audit("secret", groups=0)
    tables = {"clusters": [{"documents": 12, "kind": "exact"}]}
    made = to_markdown(Audit({"name": "c"}, {}, Profile(whole.profile.figures and {}, {}, tables), {}, {}, []))
    assert "| copies | kind |" in made
    assert "begins" not in made


def test_few_groups_are_shown_with_all_figures(make_audit: Callable[..., Any]) -> None:
    assert "All figures by group" in to_html(make_audit(groups=3))
    assert "All figures by group" not in to_html(make_audit(groups=9))
