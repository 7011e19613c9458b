"""Draw the pictures of the README from saved audits of the demo: `python docs/write_images.py FOLDER`.

FOLDER holds human.json and generation-1.json to generation-4.json, all made against one human reference (see
docs/tutorial.md). Where it holds track.json, a track saved with --format json, its timelines are drawn too.
"""

import re
import sys
from io import StringIO
from pathlib import Path
from xml.sax.saxutils import escape

from rich.console import Console
from rich.text import Text

from outcross import Audit, Estimate
from outcross.report import to_text
from outcross.report.charts.timeline import timeline
from outcross.track.record import Track

IMAGES = Path(__file__).with_name("images")
CORPORA = ("human", "generation-1", "generation-2", "generation-3", "generation-4")
LABELS = ("human", "gen. 1", "gen. 2", "gen. 3", "gen. 4")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 340, 250, 52, 66, 36


def panel(audits: list[Audit], figure: str, words: tuple[str, str], *, percent: bool) -> str:
    """One figure over the generations, each with its 95 % interval."""
    found = [one for audit in audits if isinstance(one := audit[figure], Estimate)]
    top = max(one.interval()[1] for one in found) * 1.08
    step = (WIDTH - LEFT - 40) / (len(found) - 1)

    def place(number: int, value: float) -> tuple[float, float]:
        return LEFT + 20 + number * step, HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    drawn = [f'<text x="16" y="26" class="title">{words[0]}</text><text x="16" y="45">{words[1]}</text>']
    gap = min(one * 10.0**power for power in range(-3, 6) for one in (1, 2, 5) if top / (one * 10.0**power) < 5)
    for part in range(int(top / gap) + 1):
        value = part * gap
        y = place(0, value)[1]
        told = f"{value:.0%}" if percent else f"{value:,.0f}"
        drawn.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - 16}" class="grid"/>')
        drawn.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{told}</text>')
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in (place(number, one.value) for number, one in enumerate(found)))
    drawn.append(f'<path d="M{line}" class="line"/>')
    for number, one in enumerate(found):
        x, y = place(number, one.value)
        low, high = (place(number, end)[1] for end in one.interval())
        kind = "human" if number == 0 else "machine"
        told = f"{one.value:.0%}" if percent else f"{one.value:,.0f}"
        drawn.append(
            f'<path d="M{x:.1f} {low:.1f}V{high:.1f}M{x - 4:.1f} {low:.1f}h8M{x - 4:.1f} {high:.1f}h8" class="{kind}"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="{kind}"/>'
            f'<text x="{x:.1f}" y="{high - 7:.1f}" text-anchor="middle" class="value">{told}</text>'
            f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{LABELS[number]}</text>'
        )
    return "\n".join(drawn)


def generations(audits: list[Audit]) -> str:
    """Two figures over the generations, side by side."""
    rare = panel(audits, "reference.survival", ("The rare goes first", "rare human words that survive"), percent=True)
    frequent = panel(audits, "hill.2", ("The frequent looks fine", "effective number of frequent words"), percent=False)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH + 16} {HEIGHT + 8}" role="img"
 aria-label="Surviving rare words fall in every generation; the effective number of frequent words rises first">
<style>
 text {{ font: 12px system-ui, sans-serif; fill: #57606a }}
 .title {{ font-size: 15px; font-weight: 600; fill: #1f2328 }} .value {{ fill: #1f2328; font-weight: 600 }}
 .grid {{ stroke: #d8dee4 }} .line {{ stroke: #8c959f; fill: none; stroke-width: 1.5 }}
 path.human {{ stroke: #1a7f37; stroke-width: 1.5 }} circle.human {{ fill: #1a7f37 }}
 path.machine {{ stroke: #bc4c00; stroke-width: 1.5 }} circle.machine {{ fill: #bc4c00 }}
</style>
<rect x="1" y="1" width="{2 * WIDTH + 14}" height="{HEIGHT + 6}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
<g>{rare}</g>
<g transform="translate({WIDTH + 8} 0)">{frequent}</g>
</svg>
"""


def terminal(audit: Audit, lines: int) -> str:
    """The first lines of an audit as a terminal shows them."""
    console = Console(record=True, width=80, file=StringIO(), force_terminal=True)
    told = to_text(audit, 80, colour=True).splitlines()[:lines]
    console.print(Text.from_ansi("\n".join(told)))
    drawn = console.export_svg(title="outcross audit generation-1.jsonl --reference human", unique_id="audit")
    # Pictures load nothing: the viewer's own monospace font will do.
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


TIMELINES = 3
LOOKS = """
 text { font: 12px system-ui, sans-serif; fill: #57606a } .heading { font-size: 15px; font-weight: 600; fill: #1f2328 }
 .rule { stroke: #eaeef2 } .axis { stroke: #8c959f } .band { fill: #1f6f7822 } .curve { fill: none; stroke-width: 1.75 }
 .curve, .reach { stroke: #1f6f78; fill: none } .dot { fill: #1f6f78 } .changed { stroke: #a93226 }
 .reach { stroke-width: 2; opacity: .55 } .dot.changed { fill: #a93226 } .threshold { stroke: #57606a }
 .threshold { stroke-dasharray: 2 3; fill: none } line.onset { stroke: #7d4a00; stroke-dasharray: 4 3 }
 line.alarmed { stroke: #a93226 } text.onset { fill: #7d4a00 } text.alarmed { fill: #a93226; font-weight: 600 }
 text.said { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
"""


def timelines(track: Track) -> str:
    """The first measures that decide and are known, side by side."""
    known = [(one, picture) for one in track.series if one.deciding and (picture := timeline(one))][:TIMELINES]
    panels = [
        f'<g transform="translate({16 + number * 368} 16)">'
        f'<text x="4" y="14" class="heading">{escape(one.label)}</text>'
        f'<g transform="translate(0 24)">{picture.svg}</g></g>'
        for number, (one, picture) in enumerate(known)
    ]
    size = f"{24 + len(known) * 368} {int(known[0][1].height) + 48}"
    width, height = size.split()
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img"
 aria-label="Change against the human baseline by generation, with the band of all looks, the onset and the alarm">
<style>{LOOKS}</style>
<rect x="1" y="1" width="{int(width) - 2}" height="{int(height) - 2}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
{"".join(panels)}
</svg>
"""


def main(folder: Path) -> None:
    """Draw the pictures."""
    if (folder / "track.json").exists():
        track = Track.load(folder / "track.json")
        (IMAGES / "track.svg").write_text(timelines(track), encoding="utf-8")
    audits = [Audit.load(folder / f"{name}.json") for name in CORPORA]
    (IMAGES / "generations.svg").write_text(generations(audits), encoding="utf-8")
    (IMAGES / "audit.svg").write_text(terminal(audits[1], 32), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
