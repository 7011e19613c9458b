"""Generations and tracks in MLflow: figures as metrics, what was registered as parameters. Needs the extra `mlflow`.

A metric's step is the place of the generation in the tracked path, from 0, so that a chart of it is a timeline.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from outcross import report
from outcross.doors import optional
from outcross.estimate import Estimate, Finding
from outcross.track.generation import Generation
from outcross.track.record import Series, Track

PREFIX = "outcross"

AT_ONCE = 1000
"""Metrics that MLflow takes at once (https://mlflow.org/docs/latest/rest-api.html, Log Batch)."""

MOST_TAG, MOST_PARAM = 5000, 500
"""Characters of a tag and of a parameter that every server of MLflow takes."""


def log_track(track: Track, run_id: str | None = None, prefix: str = PREFIX) -> str:
    """Log what tracking a lineage found.

    Metrics `PREFIX/MEASURE/value`, `/change`, `/band_low`, `/band_high` with the place in the path as their step; what
    is unknown is left out. Tags `PREFIX.outcome`, `.says`, `.alarms`, `.head`, `.baseline`, `.primary`, `.digest`. The
    whole record as `PREFIX/track.json`, and the report as `PREFIX/track.html`.

    Args:
        track: what is logged.
        run_id: of the run that it is logged to; None for the active one, or a new one where there is none.
        prefix: of all names.

    Returns:
        The id of the run.

    Raises:
        MissingExtraError: MLflow is not installed.
    """
    mlflow, client, run = _run(run_id)
    now = round(time.time() * 1000)
    metrics = [
        mlflow.entities.Metric(f"{prefix}/{metric_name(series.measure)}/{figure}", value, now, step)
        for series in track.series for figure, value, step in _points(series, track)
    ]  # fmt: skip
    for begin in range(0, len(metrics), AT_ONCE):
        client.log_batch(run, metrics=metrics[begin : begin + AT_ONCE])
    for name, told in _tags(track).items():
        client.set_tag(run, f"{prefix}.{name}", told[:MOST_TAG])
    client.log_text(run, track.to_json(), f"{prefix}/track.json")
    client.log_text(run, report.track_to_html(track), f"{prefix}/track.html")
    return run


def log_generation(generation: Generation, run_id: str | None = None, prefix: str = PREFIX) -> str:
    """Log what is registered of a generation: a few parameters, and the whole record as a file.

    Parameters `PREFIX.generation`, `.role`, `.parents`, `.model`, `.regime`, `.train`, `.samples` (label and digest),
    `.documents`, `.digest` and `.decoding.SETTING`; what nobody said is left out. MLflow never changes a parameter, so
    a run takes one generation. The record is `PREFIX/generation.json`.

    Args:
        generation: what is logged.
        run_id: of the run that it is logged to; None for the active one, or a new one where there is none.
        prefix: of all names.

    Returns:
        The id of the run.

    Raises:
        MissingExtraError: MLflow is not installed.
    """
    _, client, run = _run(run_id)
    for name, told in _params(generation).items():
        if told:
            client.log_param(run, f"{prefix}.{metric_name(name)}", told[:MOST_PARAM])
    record = json.dumps(generation.to_dict() | {"digest": generation.digest}, indent=2, sort_keys=True)
    client.log_text(run, record, f"{prefix}/generation.json")
    return run


def metric_name(name: str) -> str:
    """The name as MLflow takes it: what it refuses becomes its code, so that two names never become one.

    >>> metric_name("task.mmlu.acc,none"), metric_name("task.a/b")
    ('task.mmlu.acc_2c_none', 'task.a_2f_b')
    """
    return re.sub(r"[^\w.\- ]", lambda one: f"_{ord(one[0]):x}_", name, flags=re.ASCII)


def _run(run_id: str | None) -> tuple[Any, Any, str]:
    """MLflow, a client of it, and the id of the run."""
    mlflow: Any = optional("mlflow", extra="mlflow", purpose="log to MLflow")
    client = mlflow.MlflowClient()
    if run_id is not None:
        return mlflow, client, run_id
    if (active := mlflow.active_run()) is not None:
        return mlflow, client, str(active.info.run_id)
    with mlflow.start_run() as started:
        return mlflow, client, str(started.info.run_id)


def _points(series: Series, track: Track) -> Iterator[tuple[str, float, int]]:
    """Name, value and step of what is known."""
    steps = {name: step for step, name in enumerate(track.path)}
    for row in series.rows:
        low, high = row.band or (None, None)
        found = {"value": _known(row.value), "change": _known(row.change), "band_low": low, "band_high": high}
        for figure, value in found.items():
            if value is not None:
                yield figure, float(value), steps[row.generation]


def _known(finding: Finding) -> float | None:
    return finding.value if isinstance(finding, Estimate) else None


def _tags(track: Track) -> dict[str, str]:
    alarms = [f"{one.measure} {one.direction} at {one.generation} ({one.kind})" for one in track.alarms]
    return {
        "outcome": track.outcome, "says": track.says, "alarms": "; ".join(alarms) or "none", "head": track.head,
        "baseline": str(track.baseline["name"]), "primary": track.primary, "digest": track.digest,
    }  # fmt: skip


def _params(generation: Generation) -> Mapping[str, str]:
    samples = generation.samples
    told = {
        "generation": generation.name, "role": generation.role, "parents": ", ".join(generation.parents),
        "model": generation.model, "regime": generation.regime or "", "digest": generation.digest,
        "train": "; ".join(f"{one.label} {one.root}" for one in generation.train),
    }  # fmt: skip
    if samples is not None:
        told |= {"samples": f"{samples.label} {samples.root}", "documents": str(samples.documents)}
    return told | {f"decoding.{name}": str(value) for name, value in generation.decoding.items()}
