from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import sys
import zlib
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from explore_support import make_collection

from linernotes.explore import Explorer
from linernotes.explore.clusters import NONE, dense_clusters, even_clusters, name_clusters
from linernotes.explore.layout import MapError, lay_out
from linernotes.explore.map import Map, draw_map, make_map, render_map
from linernotes.explore.neighbours import nearest
from linernotes.library import Collection

HOSTILE = '</script><script>alert("1")</script><img src=x onerror=alert(1)>\n\u202egpj.mp3'


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(make_collection(300, artists=6, width=0.35))


@pytest.fixture(scope="module")
def made(explorer: Explorer) -> Map:
    return make_map(explorer)


def element(page: str, name: str) -> str:
    found = re.search(rf'<script type="[a-z/]+" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found
    return found[1]


def unpack(page: str, name: str) -> bytes:
    return zlib.decompress(base64.b64decode(element(page, name)))


def with_metadata(collection: Collection, **fields: tuple[str | None, ...]) -> Explorer:
    metadata = {**collection.metadata, **fields}
    return Explorer(dataclasses.replace(collection, metadata=metadata))


def test_the_same_collection_gives_the_same_page(explorer: Explorer, made: Map) -> None:
    again = make_map(Explorer(explorer.collection))
    np.testing.assert_array_equal(again.places, made.places)
    assert render_map(explorer, again) == render_map(explorer, made)


def test_near_on_the_map_is_near_in_the_space(explorer: Explorer, made: Map) -> None:
    assert made.places.shape == (300, 2)
    assert made.places.min() == 0
    assert made.places.max() == pytest.approx(1)
    far = ((made.places[:, np.newaxis] - made.places) ** 2).sum(axis=2)
    on_map = np.argsort(far, axis=1)[:, 1:11]
    in_space = nearest(explorer.space, 10)[0]
    shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(on_map, in_space, strict=True)])
    assert shared > 0.4


def test_artists_that_are_apart_are_clusters(explorer: Explorer, made: Map) -> None:
    artists = np.array(explorer.collection.metadata["artist"])
    for clusters in (made.dense, made.even):
        assert len(clusters.names) == clusters.labels.max() + 1 >= 5
        assert len(set(clusters.names)) == len(clusters.names)
        sizes = np.bincount(clusters.labels[clusters.labels != NONE])
        assert (np.diff(sizes) <= 0).all()
        pure = [
            np.unique(artists[clusters.labels == number], return_counts=True)[1].max()
            for number in range(len(clusters.names))
        ]
        assert sum(pure) > 0.85 * sizes.sum()


def test_clusters_are_named_after_what_sets_them_apart(explorer: Explorer) -> None:
    collection = explorer.collection
    tags = np.full((300, len(collection.tag_names)), 0.1, np.float32)
    tags[:, collection.tag_names.index("rock")] = 0.6
    tags[:100, collection.tag_names.index("piano")] = 0.5
    tags[100:150, collection.tag_names.index("beat")] = 0.4
    other = Explorer(dataclasses.replace(collection, tags=tags))
    labels = np.repeat([0, 1, 2], [100, 50, 150]).astype(np.int32)
    names = name_clusters(other, labels, 3)
    assert names[0].startswith("piano")
    assert names[1].startswith("beat")
    assert names[2].startswith("rock")


def test_clusters_of_the_same_name_are_told_apart(explorer: Explorer) -> None:
    collection = explorer.collection
    same = np.full((300, len(collection.tag_names)), 0.2, np.float32)
    flat = np.repeat(collection.descriptors[:1], 300, axis=0)
    other = Explorer(dataclasses.replace(collection, tags=same, descriptors=flat))
    labels = (np.arange(300) % 3).astype(np.int32)
    names = name_clusters(other, labels, 3)
    assert len(set(names)) == 3


@pytest.mark.parametrize("n", [0, 1, 2, 5, 9, 12, 40])
def test_few_tracks_have_a_map(n: int, tmp_path: Path) -> None:
    explorer = Explorer(make_collection(n))
    made = draw_map(explorer, tmp_path / "map.html")
    assert made.places.shape == (n, 2)
    assert np.isfinite(made.places).all()
    head = json.loads(element((tmp_path / "map.html").read_text(encoding="utf-8"), "head"))
    assert head["tracks"] == n


def test_copies_share_no_list_of_neighbours() -> None:
    whole = make_collection(60)
    doubled = {field.name: getattr(whole, field.name) for field in dataclasses.fields(whole)}
    for name, value in doubled.items():
        if name == "metadata":
            doubled[name] = {field: values * 2 for field, values in value.items()}
        elif name == "track_id":
            doubled[name] = (*value, *(f"copy-{each}" for each in value))
        elif isinstance(value, tuple):
            doubled[name] = value if name == "tag_names" else value * 2
        else:
            doubled[name] = np.concatenate([value, value])
    explorer = Explorer(Collection(**doubled))
    made = make_map(explorer)
    for i, listed in enumerate(made.neighbours):
        assert (i + 60) % 120 not in listed
        others = [j % 60 for j in listed if j != i]
        assert len(others) == len(set(others)) == 8


def test_the_page_holds_what_was_found(explorer: Explorer, made: Map, tmp_path: Path) -> None:
    page = render_map(explorer, made, folder="/music/lists", by="tempo")
    head, texts = json.loads(element(page, "head")), json.loads(unpack(page, "texts"))
    assert texts["titles"][1] == "Title 1"
    assert texts["artists"][1] == explorer.collection.metadata["artist"][1]
    artist = explorer.collection.path[1].split("/")[2]
    assert unquote(texts["files"][1]) == f"../{artist}/track 001.mp3"
    data = unpack(page, "data")
    n, k = head["tracks"], head["neighbours"]
    x = np.frombuffer(data, "<u2", n) / 0xFFFF
    np.testing.assert_allclose(x, made.places[:, 0], atol=1e-4)
    near = np.frombuffer(data, "<u4", n * k, 4 * n).reshape(n, k)
    np.testing.assert_array_equal(near, made.neighbours)
    at = 4 * n + 4 * n * k
    columns = {}
    for column in head["columns"]:
        columns[column["name"]] = np.frombuffer(data, f"<u{column['bits'] // 8}", n, at)
        at += n * column["bits"] // 8
    assert at == len(data)
    assert head["columns"][head["first"]]["name"] == "tempo"
    tempo = head["columns"][head["first"]]
    value = tempo["low"] + columns["tempo"] / 65534 * (tempo["high"] - tempo["low"])
    from linernotes.explore.traits import column as place

    np.testing.assert_allclose(value, explorer.collection.descriptors[:, place("tempo")], atol=0.01)
    genre = next(column for column in head["columns"] if column["name"] == "genre")
    told = [None if i == 0xFF else genre["classes"][i] for i in columns["genre"]]
    assert tuple(told) == explorer.collection.metadata["genre"]
    assert {"jazz", "year", "k-means cluster", "mfcc_mean_01"} <= set(columns)


def test_everything_on_the_page_is_its_own(explorer: Explorer, made: Map) -> None:
    page = render_map(explorer, made)
    assert not re.search(r"https?://", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy[1].replace("&#39;", "'").split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["media-src"] == "'self' file:"
    assert "unsafe" not in policy[1]
    script = page[page.rindex("<script>") + 8 : page.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules["script-src"] == f"'sha256-{digest}'"


def test_names_never_become_markup(explorer: Explorer, made: Map) -> None:
    n = len(explorer.collection)
    hostile = with_metadata(
        dataclasses.replace(explorer.collection, path=(HOSTILE, *explorer.collection.path[1:])),
        title=(HOSTILE,) * n, genre=(HOSTILE,) * n, artist=(HOSTILE,) * n,
    )  # fmt: skip
    page = render_map(hostile, made, title=HOSTILE)
    assert page.count("<script") == 4
    assert "<img" not in page
    assert "\u202e" not in page
    texts = unpack(page, "texts").decode()
    assert "\u202e" not in texts


def test_only_files_of_this_machine_are_played(explorer: Explorer, made: Map) -> None:
    paths = ("s3://bucket/a.mp3", "http://host/a.mp3", "/m/javascript:alert(1).mp3",
             "/m/50% #1?.mp3", "/m/a:b.mp3", "/m/\udcff.mp3",
             *explorer.collection.path[6:])  # fmt: skip
    other = Explorer(dataclasses.replace(explorer.collection, path=paths))
    files = json.loads(unpack(render_map(other, made, folder="/m"), "texts"))["files"]
    assert files[:2] == ["", ""]
    assert files[2].startswith("./javascript%3A")
    assert files[3] == "50%25%20%231%3F.mp3"
    assert files[4] == "./a%3Ab.mp3"
    if sys.platform == "linux":
        assert files[5] == "%FF.mp3"


def test_spellings_of_a_genre_are_one(explorer: Explorer, made: Map) -> None:
    n = len(explorer.collection)
    genres = tuple(("Rock", "rock", "Rock", "Jazz", None)[i % 5] for i in range(n))
    other = with_metadata(explorer.collection, genre=genres)
    head = json.loads(element(render_map(other, made), "head"))
    genre = next(column for column in head["columns"] if column["name"] == "genre")
    assert genre["classes"] == ["Rock", "Jazz"]


def test_many_classes_are_summed_up(explorer: Explorer, made: Map) -> None:
    other = with_metadata(explorer.collection, artist=tuple(f"a{i}" for i in range(300)))
    head = json.loads(element(render_map(other, made), "head"))
    artist = next(column for column in head["columns"] if column["name"] == "artist")
    assert len(artist["classes"]) == 251
    assert artist["classes"][-1] == "others"


def test_what_cannot_be_drawn_is_said_before_the_work(explorer: Explorer, tmp_path: Path) -> None:
    with pytest.raises(MapError, match=r"\.html"):
        draw_map(explorer, tmp_path / "map.pdf")
    with pytest.raises(MapError, match="no folder"):
        draw_map(explorer, tmp_path / "none" / "map.html")
    with pytest.raises(MapError, match="called 'colour'; choose from genre, artist, cluster"):
        draw_map(explorer, tmp_path / "map.html", by="colour")
    assert not list(tmp_path.iterdir())


def test_umap_that_is_not_installed_is_said(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MapError, match=r"linernotes\[umap\]"):
        lay_out(explorer.space, *nearest(explorer.space, 30), method="umap")


@pytest.mark.skipif(find_spec("umap") is None, reason="umap-learn, an extra, is not installed")
def test_umap_is_an_option(explorer: Explorer, made: Map) -> None:
    other = make_map(explorer, method="umap")
    assert other.places.min() == 0
    assert other.places.max() == pytest.approx(1)
    assert not np.allclose(other.places, made.places)
    far = ((other.places[:, np.newaxis] - other.places) ** 2).sum(axis=2)
    on_map = np.argsort(far, axis=1)[:, 1:11]
    in_space = nearest(explorer.space, 10)[0]
    shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(on_map, in_space, strict=True)])
    assert shared > 0.4
    np.testing.assert_array_equal(make_map(explorer, method="umap").places, other.places)


def test_how_far_a_map_is_is_told(explorer: Explorer) -> None:
    told: list[tuple[str, float]] = []
    make_map(explorer, progress=lambda doing, share: told.append((doing, share)))
    phases = list(dict.fromkeys(doing for doing, _ in told))
    assert phases == ["comparing", "arranging", "grouping"]
    for phase in phases:
        shares = [share for doing, share in told if doing == phase]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
    assert len(told) > 50


def test_clusters_do_not_depend_on_chance(explorer: Explorer, made: Map) -> None:
    np.testing.assert_array_equal(even_clusters(explorer).labels, made.even.labels)
    np.testing.assert_array_equal(dense_clusters(explorer, made.places).labels, made.dense.labels)
    assert len(even_clusters(explorer, k=4).names) == 4
