"""What is logged to a real MLflow is what was found: values, bands and steps, outcome, files; nothing for unknowns."""

import json

import pytest

import outcross
from outcross.estimate import Estimate, Unknown
from outcross.integrations.mlflow import log_generation, log_track
from outcross.track.record import Track

mlflow = pytest.importorskip("mlflow", reason="needs the extra mlflow")

# Of MLflow's own: what it does with other packages is not looked at here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, written):
    folder = tmp_path_factory.mktemp("workspace")
    for number in range(4):
        parents = [f"g{number - 1}"] if number else []
        outcross.record_generation(
            f"g{number}", samples=written(number), workspace=folder, parents=parents, regime="replace",
            decoding={"temperature": 0.7, "top/p,": 1}, model="sha256:0",
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def track(workspace) -> Track:
    return outcross.track_lineage(workspace=workspace)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """An MLflow in a database of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("chain", artifact_location=folder.as_uri()))
    return mlflow.MlflowClient()


@pytest.fixture(scope="module")
def run(server, track):
    return log_track(track)


def test_each_figure_of_each_generation_is_a_metric_at_its_place_in_the_path(server, track, run):
    for series in track.series:
        logged = {one.step: one.value for one in server.get_metric_history(run, f"outcross/{series.measure}/value")}
        known = {step: row.value.value for step, row in enumerate(series.rows) if isinstance(row.value, Estimate)}
        assert logged == pytest.approx(known)
    changes = server.get_metric_history(run, f"outcross/{track.primary}/change")
    assert [one.step for one in changes] == list(range(len(track.path)))
    low, high = (server.get_metric_history(run, f"outcross/{track.primary}/band_{end}") for end in ("low", "high"))
    assert all(a.value < b.value < c.value for a, b, c in zip(low, changes, high, strict=True))


def test_what_is_unknown_is_not_logged_as_a_number(server, track, run):
    unknown = {one.measure for one in track.series if all(isinstance(row.value, Unknown) for row in one.rows)}
    assert unknown
    names = server.get_run(run).data.metrics
    assert not [name for name in names if name.split("/")[1] in unknown]


def test_outcome_and_alarms_are_tags_and_the_record_and_the_report_are_files(server, track, run):
    tags = server.get_run(run).data.tags
    assert tags["outcross.outcome"] == track.outcome
    assert tags["outcross.digest"] == track.digest
    assert (tags["outcross.head"], tags["outcross.baseline"]) == ("g3", "g0")
    assert track.alarms == ()
    assert tags["outcross.alarms"] == "none"
    assert sorted(one.path for one in server.list_artifacts(run, "outcross")) == [
        "outcross/track.html", "outcross/track.json",
    ]  # fmt: skip
    folder = server.download_artifacts(run, "outcross")
    assert Track.load(f"{folder}/track.json") == track


def test_an_alarm_is_told_with_its_direction_and_a_later_track_replaces_it(server, workspace, track, written):
    for number in (1, 2, 3):
        rare = [" ".join(["w1"] * 20 + one.split()[:10]) for one in written(number)]
        outcross.record_generation(f"lost{number}", samples=rare, workspace=workspace,
                                   parents=[f"lost{number - 1}" if number > 1 else "g0"])  # fmt: skip
    lost = outcross.track_lineage("lost3", workspace=workspace)
    assert lost.alarms
    with mlflow.start_run() as active:
        run = log_track(lost)
        assert run == active.info.run_id
    told = server.get_run(run).data.tags["outcross.alarms"]
    assert f"{lost.alarms[0].measure} {lost.alarms[0].direction} at {lost.alarms[0].generation}" in told
    assert log_track(track, run_id=run) == run
    assert server.get_run(run).data.tags["outcross.head"] == "g3"


def test_a_generation_is_logged_by_what_was_registered_of_it(server, workspace):
    with outcross.Workspace(workspace) as opened:
        one = opened.tracking.generation("g2")
    run = log_generation(one, prefix="cycle")
    logged = server.get_run(run)
    assert logged.info.status == "FINISHED"
    params = logged.data.params
    assert (params["cycle.generation"], params["cycle.parents"], params["cycle.regime"]) == ("g2", "g1", "replace")
    assert (params["cycle.decoding.temperature"], params["cycle.decoding.top_2f_p_2c_"]) == ("0.7", "1")
    assert one.samples.root in params["cycle.samples"]
    assert "cycle.train" not in params
    folder = server.download_artifacts(run, "cycle")
    with open(f"{folder}/generation.json", encoding="utf-8") as file:  # noqa: PTH123
        assert json.load(file)["digest"] == one.digest
