"""Recipes that hear installed networks: trained, tested, saved and asked like all others."""

from __future__ import annotations

import csv
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from networks_support import RATE, SPEC, audio_graph, high, low
from pyarrow import parquet

from linernotes.cli.explore import show_similar
from linernotes.cli.library import export_library
from linernotes.errors import ModelError
from linernotes.evaluation import compare
from linernotes.evaluation.task import ListeningOptions
from linernotes.explore import Library
from linernotes.explore.clusters import Clusters
from linernotes.explore.map import Map, render_map
from linernotes.explore.network_ears import explore_with_networks
from linernotes.identification import identify, render_report
from linernotes.identification.tag_planning import plan_file
from linernotes.learning import load_model
from linernotes.learning.data import load_data
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.recipe import find_recipe, matching_recipe
from linernotes.learning.training import train
from linernotes.library.network_scan import scan_networks
from linernotes.library.network_tables import NotHeardError
from linernotes.library.playlists import read_playlist
from linernotes.library.store import Store
from linernotes.library.tagging.licences import LICENCE_FIELD
from linernotes.networks import NetworkError, install, remove

PLAIN = (
    SPEC.replace('"toy"', '"heard"')
    .replace('"MIT"', '"CC-BY-NC-4.0"')
    .replace("free = true", "free = false")
)
LICENCE = "CC-BY-NC-4.0"
NOTICE = f"heard by A toy ({LICENCE}, not a free licence)"


@pytest.fixture(scope="module", autouse=True)
def network(tmp_path_factory):
    file = tmp_path_factory.mktemp("network") / "some.onnx"
    file.write_bytes(audio_graph())
    return install(PLAIN.encode(), files=file, accepted_licence=LICENCE)


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """Hums and hisses, by artists who do both."""
    folder = tmp_path_factory.mktemp("examples")
    rng = np.random.default_rng(4)
    for i in range(10):
        for name, make in (("low", low), ("high", high)):
            sound = make(2.0, (100 if name == "low" else 5000) * (1 + i / 20))
            sound = 0.4 * sound + 0.01 * rng.standard_normal(len(sound))
            place = folder / name / f"artist {i}"
            place.mkdir(parents=True, exist_ok=True)
            soundfile.write(place / "song.wav", sound.astype(np.float32), RATE)
    return folder


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    return ListeningOptions(cache=FeatureCache(tmp_path_factory.mktemp("cache")), workers=1)


def test_a_recipe_is_made_of_networks(network):
    recipe = find_recipe("network:heard")
    assert recipe.input_spec.inputs == ("network:heard",)
    assert matching_recipe(recipe, "numbers").label_kind == "numbers"
    both = find_recipe("network:musicnn+heard")
    assert both.input_spec.inputs == ("embedding", "tags", "descriptors", "network:heard")
    with pytest.raises(NetworkError, match="networks install other"):
        find_recipe("network:other")


@pytest.mark.slow
def test_which_ear_hears_these_labels(examples, listening):
    names = ["few", "network:heard"]
    rows = list(compare(examples, recipes=names, n_splits=2, beside=False, listening=listening))
    assert [row.recipe for row in rows] == names
    assert [row.failure for row in rows] == [None, None]
    assert rows[1].evaluation.accuracy > 0.9


@pytest.mark.slow
def test_a_card_says_how_fine_a_timeline_is(examples, listening, tmp_path):
    file = tmp_path / "some.onnx"
    file.write_bytes(audio_graph())
    install(SPEC.replace('"toy"', '"wide"').replace("= 1.0", "= 30.0").encode(), files=file)
    model = train(load_data(examples), recipe="network:wide", cache=listening.cache, workers=1)
    assert model.card.summary.endswith("over time, in sections of 30 s.")


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["network:heard", "network:musicnn+heard"])
def test_a_model_knows_what_it_hears(examples, listening, tmp_path, recipe, network):
    model = train(load_data(examples), recipe=recipe, cache=listening.cache, workers=1)
    path = tmp_path / "ear.linernotes"
    model.save(path)
    loaded = load_model(str(path))
    assert "heard" in str(loaded.input)
    assert loaded.card.summary.endswith("as a whole and over time.")
    assert any("CC-BY-NC-4.0, which is not a free licence" in line for line in loaded.describe())
    both = np.concatenate([low(30.0), high(30.0, 5600)])
    soundfile.write(tmp_path / "other.wav", 0.3 * both, RATE)
    told = identify(tmp_path / "other.wav", models=[loaded], threads=1)
    (prediction,) = told.predictions
    assert prediction.start.tolist() == [0, 10, 20, 30, 40, 50]
    assert [told.timeline.classes[i] for i in told.timeline.probabilities.argmax(axis=1)] == [
        *["low"] * 3, *["high"] * 3,
    ]  # fmt: skip
    assert set(prediction.answers) <= {"low", "high", "not sure", "none of these"}
    assert loaded.card.licence.endswith(f"; {NOTICE}.")
    assert told.as_dict()["models"][0]["licence"] == NOTICE
    assert NOTICE in render_report([told])
    song = str(examples / "high" / "artist 4" / "song.wav")
    written = {each.field: each.new for each in plan_file(song, models=[str(path)]).changes}
    if "LINERNOTES_LABEL" in written:  # where it is sure
        assert written[LICENCE_FIELD] == f"LINERNOTES_LABEL: {NOTICE}"
    else:
        assert LICENCE_FIELD not in written
    if recipe != "network:heard":
        return
    content = (network.folder / "network.onnx").read_bytes()
    remove("heard")
    try:
        with pytest.raises(ModelError, match="networks install heard"):
            identify(tmp_path / "other.wav", models=[loaded], threads=1)
    finally:
        file = tmp_path / "again.onnx"
        file.write_bytes(content)
        install(PLAIN.encode(), files=file, accepted_licence=LICENCE)


@pytest.mark.slow
def test_what_a_library_is_told_says_whose_networks_told_it(examples, listening, tmp_path, network):
    model = train(load_data(examples), recipe="network:heard", cache=listening.cache, workers=1)
    model.save(tmp_path / "ear.linernotes")
    music = tmp_path / "music"
    for name in ("low", "high"):
        shutil.copytree(examples / name / "artist 4", music / name)
    library = Library(tmp_path / "library")
    library.scan(music, workers=1)
    store = Store(library.location, create=False)
    hear = partial(
        export_library, library=library.location, models=[str(tmp_path / "ear.linernotes")]
    )
    with pytest.raises(NotHeardError, match="scan FOLDER --network heard"):
        hear(tmp_path / "unheard.csv")
    scan_networks(store, [network], workers=1)
    hear(tmp_path / "heard.csv")
    rows = list(csv.DictReader((tmp_path / "heard.csv").read_text().splitlines()))
    assert {Path(row["path"]).parent.name for row in rows} == {"low", "high"}
    assert {row["linernotes_licence"] for row in rows} == {f"label: {NOTICE}"}
    hear(tmp_path / "heard.parquet")
    read = parquet.read_table(tmp_path / "heard.parquet")
    assert read.schema.metadata[b"linernotes.licence"].decode() == f"label: {NOTICE}"
    export_library(tmp_path / "free.csv", library=library.location)
    assert "licence" not in (tmp_path / "free.csv").read_text()

    show_similar([rows[0]["path"]], library=library.location, networks=["heard"],
                 playlist=tmp_path / "near.xspf", as_json=True)  # fmt: skip
    assert read_playlist(tmp_path / "near.xspf").comment == NOTICE
    show_similar([rows[0]["path"]], library=library.location, networks=["heard"],
                 playlist=tmp_path / "near.m3u8")  # fmt: skip
    assert f"# {NOTICE}\n" in (tmp_path / "near.m3u8").read_text()
    show_similar([rows[0]["path"]], library=library.location, playlist=tmp_path / "free.m3u8")
    assert "licence" not in (tmp_path / "free.m3u8").read_text()
    for networks, is_marked in ((["heard"], True), ([], False)):
        explorer = library.explorer()
        if networks:
            explorer = explore_with_networks(store, explorer.collection, networks)
        page = render_map(explorer, flat_map(explorer))
        assert (NOTICE in page) == is_marked


def flat_map(explorer):
    """A map whose making takes no time."""
    n = len(explorer.collection)
    none = Clusters(np.zeros(n, np.int32), ("all",))
    return Map(np.zeros((n, 2), np.float32), none, none, np.zeros((n, 1), np.int32))
