"""How much each network counts: learned of artists, of genres and of pairs, kept and used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from library_support import made_up
from networks_support import SPEC, audio_graph
from support import linernotes

from linernotes.explore import Library
from linernotes.explore.blend_evidence import BlendError
from linernotes.explore.network_blend import learn_weights
from linernotes.explore.network_ears import explore_with_networks
from linernotes.library.network_tables import NetworkSummary, write_heard
from linernotes.library.network_weights import read_weights
from linernotes.library.rows import FileRow
from linernotes.library.store import Store
from linernotes.networks import find_installed, install
from linernotes.networks.installed import default_folder
from linernotes.web.drawing import MapOrder, draw, key_of_map
from linernotes.web.library_cache import LibraryCache

ARTISTS, TRACKS = 9, 36
BOTH = ("knows", "guesses")


def artist_of(track: int) -> int:
    return track % ARTISTS


def shelf_of(track: int) -> int:
    """Another way to sort them, that only one network hears."""
    return track // 4


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """One that knows artists, one that guesses, and one that knows the shelf."""
    file = tmp_path_factory.mktemp("networks") / "some.onnx"
    file.write_bytes(audio_graph())
    names = (*BOTH, "shelves")
    return {
        name: install(SPEC.replace('"toy"', f'"{name}"').encode(), files=file) for name in names
    }


def around(place: int, places: int, track: int) -> np.ndarray:
    """A point near that of a group."""
    angle = 2 * np.pi * place / places
    noise = np.random.default_rng(track).normal(scale=0.02, size=2)
    return (np.array([np.cos(angle), np.sin(angle)]) + noise).astype(np.float32)


@pytest.fixture
def library(tmp_path, networks):
    """Tracks that were never recorded; each artist has two albums, and one track of no network."""
    store = Store(str(tmp_path / "library"), create=True)
    rows, analyses = [], {}
    heard = {name: {} for name in networks}
    for i in range(TRACKS + 1):
        track = f"{i:032x}"
        tags = {
            "title": f"Song {i}", "artist": f"Artist {artist_of(i)}",
            "album": f"Album {artist_of(i)} {i % 2}", "genre": f"Genre {artist_of(i) % 3}",
        }  # fmt: skip
        rows.append(FileRow(str(tmp_path / f"music/{i:02}.mp3"), 1, 1, track, tags))
        analyses[track] = made_up(3 * i)
        if i == TRACKS:
            continue
        random = np.random.default_rng(1000 + i).normal(size=2).astype(np.float32)
        values = {
            "knows": around(artist_of(i), ARTISTS, i),
            "guesses": random / np.linalg.norm(random),
            "shelves": around(shelf_of(i), TRACKS // 4, i),
        }
        for name, value in values.items():
            heard[name][track] = NetworkSummary((value,), "excerpt")
    store.write(analyses, rows)
    for name, found in heard.items():
        write_heard(store, networks[name], found, set())
    return Library(store.location)


def opened(library):
    return Store(library.location, create=False)


def learned_from(library, names, **options):
    return learn_weights(opened(library), library.collection(), names, **options)


def share_of_artists(library, names):
    """How many of the first three that are found are of the same artist."""
    explorer = explore_with_networks(opened(library), library.collection(), names)
    found = [
        artist_of(int(match.track_id, 16)) == artist_of(int(track, 16))
        for track in explorer.collection.track_id
        for match in explorer.similar(explorer.like(track), n=3)
    ]
    return np.mean(found)


def test_a_network_that_guesses_counts_little(library):
    before = share_of_artists(library, BOTH)
    learned = learned_from(library, BOTH).weights
    assert learned.evidence == "artists"
    assert learned.weights["knows"] >= 0.8
    assert sum(learned.weights.values()) == pytest.approx(1)
    assert learned.learned > learned.equal + 5 * learned.noise
    after = share_of_artists(library, BOTH)
    assert before < 0.75
    assert after > 0.95
    assert share_of_artists(library, BOTH[::-1]) == after
    again = learned_from(library, BOTH).weights
    assert again == learned


def test_chance_moves_nothing(library, networks, tmp_path):
    """Tags that have nothing to do with what any network hears."""
    store = opened(library)
    random = np.random.default_rng(3).integers(0, ARTISTS, TRACKS)
    rows = store.files()
    changed = [
        FileRow(row.path, 2, 2, row.track_id, {**row.tags, "artist": f"Artist {random[i]}",
                                               "album": f"Album {i}"})
        for i, row in enumerate(list(rows.values())[:TRACKS])
    ]  # fmt: skip
    store.write({}, changed)
    learned = learned_from(library, BOTH).weights
    assert learned.are_equal
    assert set(learned.weights.values()) == {0.5}
    assert "nothing else was better" in learned.in_words()


def test_pairs_of_ones_own_say_more_than_artists(library, tmp_path):
    names = ("knows", "shelves")
    assert learned_from(library, names).weights.weights["knows"] >= 0.7
    lines = ["one,other,alike"]
    for i in range(0, TRACKS, 4):
        first = [f"music/{i + n:02}.mp3" for n in range(4)]
        lines += [f"{first[0]},{first[1]}", f"{i:032x},{first[2]},yes", f"{first[1]},{first[3]},1"]
    lines += [f"music/{i:02}.mp3,music/{i + ARTISTS:02}.mp3,no" for i in range(ARTISTS)]
    faults = [
        "music/00.mp3,music/01.mp3,no", "music/00.mp3,nowhere.mp3", "music/03.mp3,music/03.mp3",
        f"music/00.mp3,music/{TRACKS}.mp3", "music/00.mp3,music/07.mp3,perhaps", "music/00.mp3",
    ]  # fmt: skip
    table = tmp_path / "pairs.csv"
    table.write_text("\n".join([*lines, *faults]))
    learned = learned_from(library, names, pairs=table)
    assert learned.weights.evidence == "pairs"
    assert learned.weights.weights["shelves"] >= 0.7
    assert {each.code for each in learned.left_out} == {
        "contradictory", "track-not-found", "same-track", "network-not-heard", "bad-row",
    }  # fmt: skip
    named = {each.code: each for each in learned.left_out}
    assert named["contradictory"].name == "pairs.csv, lines 2 and 38"
    kept = read_weights(opened(library), names[::-1], [find_installed(name) for name in names])
    assert kept.weights == learned.weights.weights


def test_a_few_pairs_are_too_few(library, tmp_path):
    table = tmp_path / "pairs.csv"
    table.write_text("".join(f"music/{i:02}.mp3;music/{i + 1:02}.mp3\n" for i in range(12)))
    with pytest.raises(BlendError, match=r"pairs.csv holds 12 pairs .* 20 are needed"):
        learned_from(library, BOTH, pairs=table)
    with pytest.raises(BlendError, match="of several networks"):
        learned_from(library, ["knows"])


def test_without_albums_the_genres_tell(library):
    store = opened(library)
    rows = [
        FileRow(row.path, 2, 2, row.track_id, {**row.tags, "album": row.tags["artist"]})
        for row in store.files().values()
    ]
    store.write({}, rows)
    learned = learned_from(library, BOTH).weights
    assert learned.evidence == "genres"
    bare = [FileRow(row.path, 3, 3, row.track_id, {}) for row in rows]
    store.write({}, bare)
    with pytest.raises(BlendError, match="--pairs"):
        learned_from(library, BOTH)


def test_weights_belong_to_versions_and_damage_is_forgotten(library, networks):
    learned_from(library, BOTH)
    own = [networks[name] for name in BOTH]
    assert read_weights(opened(library), BOTH, own) is not None
    assert read_weights(opened(library), ("knows", "shelves"), [networks["shelves"]]) is None
    for file in Path(library.location, "weights.lance").rglob("*.lance"):
        file.write_bytes(b"damaged")
    assert read_weights(opened(library), BOTH, own) is None
    assert explore_with_networks(opened(library), library.collection(), BOTH).space.fit.tracks
    learned_from(library, BOTH)
    assert read_weights(opened(library), BOTH, own) is not None


def test_pages_use_them_for_all_tracks(library, tmp_path):
    shelf = LibraryCache(library, networks=[*BOTH, "musicnn"])
    explorer = shelf.now().explorer
    plain, before = key_of_map(library.explorer()), key_of_map(explorer)
    assert len(explorer.collection) == TRACKS + 1
    assert explorer.collection.embedding.shape[1] == 800  # as models know it
    assert np.allclose(list(explorer.networks.weights.values()), 1 / 3)
    learned_from(library, [*BOTH, "musicnn"])
    explorer = shelf.refresh().explorer
    weights = explorer.networks.weights
    assert weights["knows"] >= 0.5
    assert weights["guesses"] < 0.2
    # A map is drawn anew, as they hear it.
    assert len({plain, before, key_of_map(explorer)}) == 3
    order = MapOrder(library.location, str(tmp_path / "maps"), shelf.networks)
    assert draw(order) == key_of_map(explorer)
    place = explorer.find(f"{0:032x}")
    found = explorer.similar(explorer.like(place), n=3)
    assert {artist_of(int(match.track_id, 16)) for match in found} == {0}
    # What no network but the shipped ones has heard is placed by these.
    other = explorer.collection.taken(np.array([place]))
    assert len(explorer.similar(explorer.like_other(other), n=5)) == 5


@pytest.mark.slow
def test_the_command_line(library, tmp_path):
    data = {"XDG_DATA_HOME": str(default_folder().parents[1])}
    options = ["--library", library.location, "--network", "knows", "--network", "guesses"]
    done = linernotes("index", *options, "--json", **data)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["weights"]["knows"] >= 0.8
    assert told["evidence"] == "artists"
    found = linernotes("similar", f"{0:032x}", "-n", "2", *options, **data)
    assert "knows" in found.stderr
    assert "by the same artist" in found.stderr
    assert len(found.stdout.splitlines()) == 2


def test_what_is_weighed_is_what_is_found(library):
    """The precision of equal weights is that of the space in which tracks are found."""
    told = learned_from(library, BOTH).weights.equal
    shelf = opened(library)
    shelf.drop("weights")
    explorer = explore_with_networks(shelf, library.collection(), BOTH)
    number = [int(track, 16) for track in explorer.collection.track_id]
    precisions = []
    for row, track in enumerate(number):
        scores = explorer.space.scores(explorer.space.vectors[row])
        order = [
            number[other] for other in np.argsort(-scores, kind="stable")
            if artist_of(number[other]) != artist_of(track) or number[other] % 2 != track % 2
        ]  # fmt: skip
        right = np.array([artist_of(other) == artist_of(track) for other in order])
        precisions.append((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean())
    assert np.mean(precisions) == pytest.approx(told, abs=1e-6)
