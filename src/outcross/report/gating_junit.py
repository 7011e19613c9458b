"""A verdict as JUnit XML: each requirement a test case, so that any build server shows it."""

from xml.etree import ElementTree as ET

from outcross.report.escape import visible
from outcross.report.gating import Judged, VerdictOutline


def verdict_junit(outline: VerdictOutline, made: str) -> str:
    """The whole file. What is not met is a failure, whatever the reason; the result is its type.

    Args:
        outline: of the verdict.
        made: when, ISO 8601.
    """
    counts = {"tests": str(len(outline.judged)), "failures": str(len(outline.held)), "errors": "0", "skipped": "0"}
    suites = ET.Element("testsuites", {"name": "outcross", **counts})
    suite = ET.SubElement(suites, "testsuite", {
        "name": visible(f"data requirements: {outline.policy}"), "timestamp": visible(made.removesuffix("Z")[:19]),
        "time": "0", **counts,
    })  # fmt: skip
    kept = ET.SubElement(suite, "properties")
    for label, value in (("outcome", outline.outcome), *outline.facts):
        ET.SubElement(kept, "property", {"name": visible(label), "value": visible(value)})
    for one in outline.judged:
        _case(suite, one)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _case(suite: ET.Element, one: Judged) -> None:
    case = ET.SubElement(suite, "testcase", {
        "classname": f"outcross.{one.layer}", "name": visible(one.name), "time": "0",
    })  # fmt: skip
    if one.outcome != "pass":
        lines = [one.reason, *(f"-> {way}" for way in one.remedies), f"owner: {one.owner}"]
        failed = ET.SubElement(case, "failure", {
            "type": f"{one.outcome}: {one.result}", "message": visible(one.reason),
        })  # fmt: skip
        failed.text = "\n".join(map(visible, lines))
    else:
        ET.SubElement(case, "system-out").text = visible(one.reason)
