"""Labelled tracks from shards: what counts of them, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile
from learning_support import RATE, TREES, make_track
from rows_support import make_row, write_rows, write_shard
from scale_support import FaultyProxy, bucket, server, upload
from support import linernotes

from linernotes.datasets.examples import (
    ColumnNotFoundError,
    ExamplesNotFoundError,
    NoExamplesError,
)
from linernotes.errors import LinernotesError
from linernotes.evaluation import evaluate
from linernotes.learning import load_model
from linernotes.learning.data import load_data
from linernotes.learning.sampling import FeaturesMissingError, examples_for
from linernotes.learning.training import train_model
from linernotes.library.shards import (
    Shards,
    ShardsError,
    ShardsNotFoundError,
    ShardsVersionError,
)

__all__ = ["bucket", "server"]

INPUTS = ("embedding", "tags", "descriptors")


def test_rows_become_examples_and_features_wait_until_they_are_wanted(tmp_path: Path) -> None:
    examples = load_data(f"parquet:{write_rows(tmp_path)}")
    assert examples.label == "genre"
    assert examples.target == ("jazz", "rock") * 20
    assert examples.path[0] == "s3://bucket/music/000.mp3"
    assert examples.artist[:5] == ("Artist 0",) * 4 + ("Artist 1",)
    assert examples.track_id[3] == f"{3:032x}"
    assert examples.measured == set(INPUTS)
    assert examples.features == {}
    some = examples.take([31, 4, 17]).with_features(["tags", "embedding"])
    assert set(some.features) == {"tags", "embedding"}
    for name, values in some.features.items():
        assert (values == np.stack([make_row(row)[name] for row in (31, 4, 17)])).all()


def test_the_last_row_of_a_file_counts_and_copies_are_used_once(tmp_path: Path) -> None:
    rock = {"file_tags": [("genre", "rock"), ("albumartist", "Nina"), ("album", "K")]}
    write_shard(tmp_path, 0, [
        make_row(0), make_row(1), make_row(2), make_row(4, code="corrupt", message="it is damaged"),
        make_row(5), make_row(6, file_tags=[("artist", "Nina")]), make_row(7, file_tags=None),
        make_row(8, versions={"linernotes": "1", "networks": "0", "descriptors": "0"}),
    ])  # fmt: skip
    write_shard(tmp_path, 1, [
        make_row(2, **rock),
        make_row(5, code="time-out", message="it took too long"),
        make_row(1, uri="s3://bucket/copy.mp3"),
        make_row(0, uri="s3://bucket/other.mp3", **rock),
        make_row(9, file_tags=[("genre", "rock; jazz")]),
    ])  # fmt: skip
    examples = load_data(f"parquet:{tmp_path}")
    assert [Path(path or "").name for path in examples.path] == ["copy.mp3", "002.mp3", "009.mp3"]
    assert examples.target == ("rock", "rock", "rock")
    assert (examples.artist[1], examples.album[1]) == ("Nina", "K")
    codes = {Path(left.name).name: left.code for left in examples.left_out}
    assert codes == {
        "000.mp3": "conflicting-labels", "other.mp3": "conflicting-labels", "001.mp3": "duplicate",
        "004.mp3": "corrupt", "005.mp3": "time-out", "006.mp3": "no-label", "007.mp3": "no-label",
        "008.mp3": "other-version",
    }  # fmt: skip
    assert "one track name more than one genre" in examples.warnings[0]
    read = examples.take([1]).with_features(["tags"]).features["tags"][0]
    assert (read == make_row(2)["tags"]).all()


def test_the_same_rows_in_another_order_give_the_same_model(tmp_path: Path) -> None:
    write_rows(tmp_path / "one")
    order = np.random.default_rng(0).permutation(40).tolist()
    write_shard(tmp_path / "other", 0, [make_row(number) for number in order[:25]])
    write_shard(tmp_path / "other", 1, [make_row(number) for number in order[25:]])
    one, other = (
        train_model(f"parquet:{tmp_path / place}", recipe="few", cache=False)
        for place in ("one", "other")
    )
    assert one.model.estimator == other.model.estimator
    assert one.examples.path == other.examples.path
    assert len(one.model.learned_from) == 40


def test_tracks_without_embeddings_are_left_out_or_refused(tmp_path: Path) -> None:
    write_rows(tmp_path / "some")
    write_shard(tmp_path / "some", 9, [make_row(50, embedding=None), make_row(51, tags=None)])
    made = train_model(f"parquet:{tmp_path / 'some'}", recipe="few", cache=False)
    lacking = [(left.code, left.message.partition(";")[0]) for left in made.examples.left_out]
    assert lacking == [
        ("no-features", "nothing is known of its embedding"),
        ("no-features", "nothing is known of its tags"),
    ]
    write_shard(tmp_path / "none", 0, [make_row(number, embedding=None) for number in range(8)])
    with pytest.raises(NoExamplesError, match=r"none of the 8 tracks .* known of its embedding"):
        train_model(f"parquet:{tmp_path / 'none'}", recipe="few", cache=False)


def test_a_recipe_that_hears_more_is_refused_with_others_named(tmp_path: Path) -> None:
    place = f"parquet:{write_rows(tmp_path)}"
    with pytest.raises(FeaturesMissingError) as caught:
        train_model(place, recipe="fma-logreg", cache=False)
    text = str(caught.value)
    assert "hears fma" in text
    assert "default or producer or few" in text
    assert "\n" not in text
    with pytest.raises(FeaturesMissingError):
        evaluate("fma-logreg", place)


def test_files_within_reach_are_heard_for_what_rows_lack(tmp_path: Path) -> None:
    rows = []
    for number in range(8):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, make_track("hum" if number % 2 else "noise", number), RATE)
        rows.append(make_row(number, uri=str(path)))
    write_shard(tmp_path / "rows", 0, rows)
    examples = load_data(f"parquet:{tmp_path / 'rows'}")
    assert examples_for(TREES, examples).features == {}
    made = train_model(examples, recipe=TREES, cache=False, workers=1)
    assert len(made.examples) == 8


def told(answer: str, certainty: str | None, *values: float) -> dict[str, Any]:
    names = ["calm", "wild"][: len(values)]
    return {"model": "mood", "version": "1", "label": "mood", "answer": answer,
            "certainty": certainty, "names": names, "values": list(values)}  # fmt: skip


def test_what_a_model_has_said_can_be_learned_and_is_said_to_be_that(tmp_path: Path) -> None:
    write_shard(tmp_path, 0, [
        make_row(0, predictions=[told("calm", "sure", 0.9, 0.1)]),
        make_row(1, predictions=[told("wild", "likely", 0.4, 0.6)]),
        make_row(2, predictions=[told("wild", "sure", 0.0, 1.0)]),
        make_row(3),
    ])  # fmt: skip
    examples = load_data(f"parquet:{tmp_path}", label="predictions:mood")
    assert examples.target == ("calm", "wild")
    assert {left.code for left in examples.left_out} == {"no-label"}
    assert "nobody has checked" in examples.warnings[0]
    numbers = load_data(f"parquet:{tmp_path}", label="predictions:mood:wild", numbers=True).numbers
    assert numbers is not None
    assert np.allclose(numbers.values[:, 0], [0.1, 0.6, 1.0])
    with pytest.raises(NoExamplesError, match="no answer of nonesuch"):
        load_data(f"parquet:{tmp_path}", label="predictions:nonesuch")


@pytest.mark.parametrize("column", ["uri", "path", "track_id"])
def test_a_table_of_labels_is_joined(tmp_path: Path, column: str) -> None:
    write_rows(tmp_path / "rows")
    table = tmp_path / "labels.csv"
    key = "track_id" if column == "track_id" else "uri"
    lines = [f"{make_row(number)[key]},{'ab'[number % 2]},Nina {number}" for number in range(12)]
    table.write_text("\n".join([f"{column},mood,artist", *lines, f"{make_row(3)[key]},a,", "x,a,"]))
    examples = load_data(f"parquet:{tmp_path / 'rows'}", label="mood", labels=table)
    assert (examples.label, len(examples)) == ("mood", 11)
    assert examples.target[:3] == ("a", "b", "a")
    assert (examples.artist[0], examples.artist[10]) == ("Nina 0", "Nina 11")
    assert [left.code for left in examples.left_out] == ["conflicting-labels"]
    table.write_text(f"{column},mood\nnone,a\n")
    with pytest.raises(NoExamplesError, match=r"none of the rows of labels\.csv"):
        load_data(f"parquet:{tmp_path / 'rows'}", label="mood", labels=table)
    with pytest.raises(ExamplesNotFoundError, match="belongs to parquet:PLACE"):
        load_data(tmp_path, label="mood", labels=table)
    table.write_text("title,mood\nnone,a\n")
    with pytest.raises(ColumnNotFoundError, match="no column uri, path or track_id"):
        load_data(f"parquet:{tmp_path / 'rows'}", label="mood", labels=table)


def other_version(folder: Path) -> None:
    table = pq.read_table(write_shard(folder, 0, [make_row(0)]))
    told = {**table.schema.metadata, b"linernotes.rows": b"99"}
    pq.write_table(table.replace_schema_metadata(told), folder / "part-000000-test.parquet")


def other_table(folder: Path) -> None:
    table = pq.read_table(write_shard(folder, 0, [make_row(0)])).select(["uri"])
    pq.write_table(table.replace_schema_metadata(None), folder / "part-000000-test.parquet")


def other_columns(folder: Path) -> None:
    table = pq.read_table(write_shard(folder, 0, [make_row(0), make_row(1)]))
    pq.write_table(table.drop_columns(["file_tags"]), folder / "part-000000-test.parquet")


def loose_lists(folder: Path) -> None:
    table = pq.read_table(write_shard(folder, 0, [make_row(0), make_row(1)]))
    column = table.schema.get_field_index("tags")
    loose = pa.array(table["tags"].to_pylist(), pa.list_(pa.float32()))
    pq.write_table(table.set_column(column, "tags", loose), folder / "part-000000-test.parquet")


def no_text(folder: Path) -> None:
    table = pq.read_table(write_shard(folder, 0, [make_row(0), make_row(1)]))
    bytes_in_text = pa.array([b"\xff\xfe", b"b"], pa.binary()).view(pa.string())
    column = table.schema.get_field_index("uri")
    pq.write_table(table.set_column(column, "uri", bytes_in_text),
                   folder / "part-000000-test.parquet")  # fmt: skip


def damaged(folder: Path) -> None:
    path = write_shard(folder, 0, [make_row(number) for number in range(20)])
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda _: None, ShardsNotFoundError, "there are no shards"),
        (other_version, ShardsVersionError, "are of version 99"),
        (other_table, ShardsError, "holds other tables"),
        (other_columns, ShardsError, "holds other tables"),
        (loose_lists, ShardsError, "not of one length"),
        (no_text, ShardsError, "cannot be read"),
        (damaged, ShardsError, "cannot be read"),
        (lambda folder: write_shard(folder, 0, []), NoExamplesError, "lists no tracks"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_refused_in_one_sentence(
    tmp_path: Path, make: Any, error: type[Exception], said: str
) -> None:
    make(tmp_path)
    with pytest.raises(error, match=said) as caught:
        load_data(f"parquet:{tmp_path}").with_features(INPUTS)
    assert "\n" not in str(caught.value)


def test_a_label_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path)
    with pytest.raises(ColumnNotFoundError, match="did you mean genre"):
        load_data(f"parquet:{tmp_path}", label="genres")
    with pytest.raises(NoExamplesError, match="do not tell its mood"):
        load_data(f"parquet:{tmp_path}", label="mood")


def test_rows_in_an_object_store_are_the_same(
    bucket: str, server: FaultyProxy, tmp_path: Path
) -> None:
    upload(write_rows(tmp_path / "rows"), f"{bucket}/rows")
    here, there = load_data(f"parquet:{tmp_path / 'rows'}"), load_data(f"parquet:{bucket}/rows")
    assert here.path == there.path
    server.asked.clear()
    server.throttled = 2
    assert (
        there.take([39, 0]).with_features(["tags"]).features["tags"]
        == here.take([39, 0]).with_features(["tags"]).features["tags"]
    ).all()
    # What is not wanted is not fetched: no embedding, and no shard without one of the tracks.
    assert {path.rpartition("/")[2][:11] for _, path in server.asked} == {
        "part-000000", "part-000003",
    }  # fmt: skip
    for place, said in ((f"{bucket}/nothing", "there are no shards"),
                        ("s3://no-such-bucket/rows", "no-such-bucket"),
                        ("https://example.org/rows", "neither a folder")):  # fmt: skip
        with pytest.raises(LinernotesError, match=said) as caught:
            load_data(f"parquet:{place}")
        assert "\n" not in str(caught.value)


def test_pieces_of_a_large_shard_are_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shard(tmp_path, 0, [make_row(number) for number in range(30)])
    monkeypatch.setattr("linernotes.library.shards._PIECE", 7)
    shards = Shards(str(tmp_path))
    assert [(first, batch.num_rows) for first, batch in shards.batches(["uri"])][-1] == (28, 2)
    rows = np.array([29, 0, 6, 7, 13])
    found = Shards(str(tmp_path)).lists(["descriptors"], rows)["descriptors"]
    assert (found == np.stack([make_row(row)["descriptors"] for row in rows])).all()


def write_tagged(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        kind = ("hum", "noise")[number % 2]
        with soundfile.SoundFile(folder / f"{number}.flac", "w", RATE, 1) as file:
            file.genre, file.artist = kind, f"Artist {number // 2}"
            file.write(make_track(kind, number))


@pytest.mark.slow
def test_what_a_scan_has_written_is_learned_from_and_tested_on(bucket: str, tmp_path: Path) -> None:
    """What people call: from a store into shards, from shards to a model, and its test."""
    write_tagged(tmp_path / "music", 12)
    upload(tmp_path / "music", f"{bucket}/music")
    rows = f"{bucket}/rows"
    done = linernotes("scan", f"{bucket}/music", "--output", "parquet", rows, "--workers", "1")
    assert done.returncode == 0, done.stderr
    target = tmp_path / "kind.linernotes"
    done = linernotes(
        "train", f"parquet:{rows}", "--label", "genre", "--recipe", "few", "-o", target,
        "--report", tmp_path / "report.html", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accuracy"] > 0.8
    assert json.loads(done.stdout)["data"] == f"parquet:{rows}"
    assert load_model(str(target)).classes == ("hum", "noise")
    assert "no artist or album on both sides" in (tmp_path / "report.html").read_text()
    found = evaluate(str(target), f"parquet:{rows}", label="genre")
    assert "12 of 12 tracks tested are among those that the model has learned" in found.warnings[0]
