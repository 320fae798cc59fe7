from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import numpy as np
import pytest
from explore_support import make_collection

from linernotes.explore import Explorer, Query
from linernotes.explore.explorer import TrackNotFoundError
from linernotes.explore.filters import FilterError
from linernotes.explore.phrases import PhraseError
from linernotes.library import Collection


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(make_collection(400, artists=20))


def take(collection: Collection, rows: list[int], **changes: object) -> Collection:
    taken = {
        field.name: getattr(collection, field.name) for field in dataclasses.fields(collection)
    }
    for name, value in taken.items():
        if name == "metadata":
            taken[name] = {f: tuple(v[i] for i in rows) for f, v in value.items()}
        elif name != "tag_names":
            taken[name] = tuple(value[i] for i in rows) if isinstance(value, tuple) else value[rows]
    return Collection(**{**taken, **changes})


def test_the_best_come_first_and_never_the_track_itself(explorer: Explorer) -> None:
    query = explorer.like(3)
    found = explorer.similar(query, n=30)
    assert len(found) == 30
    assert 3 not in {match.index for match in found}
    scores = [match.score for match in found]
    assert scores == sorted(scores, reverse=True)
    rest = np.delete(query.scores, [3, *(match.index for match in found)])
    assert rest.max() <= query.scores[[match.index for match in found]].min()


@pytest.mark.parametrize("n", [2, 5, 20, 60])
def test_shown_scores_are_between_nothing_and_all(n: int) -> None:
    """Also where few tracks tell what is usual, and some are opposites."""
    explorer = Explorer(make_collection(n))
    for query in (explorer.like(0), explorer.like(0, disliked=[1]), explorer.described("-piano")):
        found = explorer.similar(query, n=n)
        scores = [match.score for match in found]
        assert all(0 < score < 1 for score in scores)
        assert scores == sorted(scores, reverse=True)
        assert sorted(query.scores[[match.index for match in found]])[::-1] == pytest.approx(
            query.scores[[match.index for match in found]]
        )
    like = explorer.like(0)
    assert float(like.shown(np.array([0.5], np.float32))[0]) == 0.5


@pytest.mark.slow
def test_an_index_finds_what_is_there(explorer: Explorer) -> None:
    """The nearest are found, whatever is asked for besides."""
    many = Explorer(make_collection(4000, artists=80))
    quick = Explorer(many.collection, exact_up_to=1000)
    questions: list[dict[str, Any]] = [
        {"n": 10}, {"n": 10, "per_artist": 2}, {"n": 10, "where": "year>=1970"},
        {"n": 5, "where": "artist=artist 7"}, {"n": 3000}, {"n": 70, "per_artist": 1},
        {"n": 10, "among": np.arange(0, 4000, 2)},
    ]  # fmt: skip
    for question in questions:
        shared = []
        # Long lists take long, and tell much each.
        for i in range(0, 4000, 400 if question["n"] <= 10 else 2000):
            exact = many.similar(many.like(i), **question)
            found = quick.similar(quick.like(i), **question)
            assert len(found) == len(exact)
            scores = {match.index: match.score for match in found}
            assert all(
                scores[match.index] == pytest.approx(match.score, abs=1e-4)
                for match in exact if match.index in scores
            )  # fmt: skip
            shared.append(len(scores.keys() & {match.index for match in exact}) / len(exact))
        assert np.mean(shared) >= 0.95, question
    asked = quick.similar(quick.like(3, disliked=[9]), n=10)
    assert not {3, 9} & {match.index for match in asked}
    assert asked == quick.similar(quick.like(3, disliked=[9]), n=10)
    assert quick.similar(quick.described("jazz")) == many.similar(many.described("jazz"))


def test_an_index_is_asked_beyond_a_number_of_tracks() -> None:
    few = Explorer(make_collection(1500), exact_up_to=1499)
    few.similar(few.like(0), n=3)
    assert "_index" in few.__dict__
    exact = Explorer(few.collection, exact_up_to=1500)
    exact.similar(exact.like(0), n=3)
    assert "_index" not in exact.__dict__


def test_rows_are_what_json_prints(explorer: Explorer) -> None:
    row = explorer.similar(explorer.like(3), n=1, why=True)[0].as_dict()
    assert list(row) == ["track_id", "path", "score", "artist", "title", "why"]
    assert row["why"]
    assert isinstance(row["score"], float)


def test_tracks_are_found_by_id_path_and_beginning(explorer: Explorer) -> None:
    collection = explorer.collection
    assert explorer.find(collection.track_id[7]) == 7
    assert explorer.find(collection.path[7]) == 7
    assert explorer.find(collection.track_id[399][:16]) == 399
    with pytest.raises(TrackNotFoundError, match=r"no track 'x\.mp3'"):
        explorer.find("x.mp3")
    with pytest.raises(TrackNotFoundError, match="400 tracks have ids"):
        explorer.find("0000")
    with pytest.raises(TrackNotFoundError):
        explorer.like(400)
    with pytest.raises(TrackNotFoundError):
        explorer.like(-1)


def test_several_likes_and_dislikes(explorer: Explorer) -> None:
    one, two = explorer.like(0), explorer.like(50)
    both = explorer.like(0, 50)
    mean = (one.scores + two.scores) / 2
    assert np.corrcoef(both.scores, mean)[0, 1] > 0.98
    found = {match.index for match in explorer.similar(both, n=50)}
    assert not found & {0, 50}
    away = explorer.like(0, disliked=[50])
    assert 50 not in {match.index for match in explorer.similar(away, n=399)}
    nearer = explorer.space.vectors @ explorer.space.vectors[50]
    top = [match.index for match in explorer.similar(away, n=20)]
    plain = [match.index for match in explorer.similar(one, n=20)]
    assert nearer[top].mean() < nearer[plain].mean()
    with pytest.raises(ValueError, match="liked"):
        explorer.like()


def test_the_same_question_gets_the_same_answer(explorer: Explorer) -> None:
    again = Explorer(explorer.collection)
    for ask in (lambda e: e.like(9), lambda e: e.described("jazz piano")):
        assert explorer.similar(ask(explorer)) == again.similar(ask(again))


def test_a_track_from_elsewhere(explorer: Explorer) -> None:
    stranger = take(explorer.collection, [5], track_id=("stranger",), path=("x.mp3",))
    found = explorer.similar(explorer.like_other(stranger), n=20, why=True)
    # Track 5 is a copy of it, and so not told.
    assert 5 not in {match.index for match in found}
    known = explorer.similar(explorer.like(5), n=20, why=True)
    assert [match.index for match in found] == [match.index for match in known]
    assert [match.why for match in found] == [match.why for match in known]
    longer = dataclasses.replace(stranger, duration=stranger.duration + 30)
    assert explorer.similar(explorer.like_other(longer), n=1)[0].index == 5
    with pytest.raises(ValueError, match="other tags"):
        explorer.like_other(dataclasses.replace(stranger, tag_names=("x",)))


def test_copies_are_told_once(explorer: Explorer) -> None:
    whole = explorer.collection
    n = len(whole)
    rows = [*range(n), 3, 8, 8, 8]
    rng = np.random.default_rng(0)
    jitter = 1 + 0.002 * rng.normal(size=(n + 4, 800)).astype(np.float32)
    doubled = take(
        whole, rows, track_id=(*whole.track_id, "copy1", "copy2", "copy3", "copy4"),
        embedding=whole.embedding[rows] * jitter,
    )  # fmt: skip
    doubled.duration[-3:] += [0.2, 0.4, 60]
    other = Explorer(doubled)
    assert other.copies(8) >= {8, n + 1, n + 2}
    assert n + 3 not in other.copies(8)
    found = [match.index for match in other.similar(other.like(3), n=n)]
    assert n not in found
    assert len({8, n + 1, n + 2} & set(found)) == 1
    assert n + 3 in found
    vectors, lengths = other.space.vectors, doubled.duration
    alike = vectors[found] @ vectors[found].T >= 0.96
    near = np.abs(lengths[found][:, np.newaxis] - lengths[found]) <= 1
    np.fill_diagonal(alike, False)
    assert not (alike & near).any()


def test_an_id_is_told_once(explorer: Explorer) -> None:
    whole = explorer.collection
    ids = tuple("same" if i in (10, 11, 12) else name for i, name in enumerate(whole.track_id))
    other = Explorer(dataclasses.replace(whole, track_id=ids))
    found = other.similar(other.like(0), n=400)
    assert max(Counter(match.track_id for match in found).values()) == 1


@pytest.mark.parametrize("cap", [1, 2, 5])
def test_no_artist_has_more_than_the_cap(explorer: Explorer, cap: int) -> None:
    found = explorer.similar(explorer.like(0), n=400, per_artist=cap)
    counts = Counter(match.artist for match in found)
    assert max(counts.values()) == cap
    assert len(found) == 20 * cap


def test_guests_case_and_missing_artists(explorer: Explorer) -> None:
    whole = explorer.collection
    names = tuple(
        None if i % 3 == 0 else ("Nina feat. X", "NINA  (ft. Y)", "nina")[i % 3]
        for i in range(len(whole.path))
    )
    metadata = {**whole.metadata, "artist": names}
    other = Explorer(dataclasses.replace(whole, metadata=metadata))
    found = other.similar(other.like(0), n=400, per_artist=1)
    counts = Counter(match.artist is None for match in found)
    assert counts[False] == 1
    assert counts[True] > 100


def test_artists_are_one_however_written_and_nobody_is_none(explorer: Explorer) -> None:
    whole = explorer.collection
    names = ("The Beatles", "Beatles, The", "BEATLES", "Various Artists", "<unknown>", "V.A.")
    artists = tuple(names[i % 6] for i in range(len(whole.path)))
    album_artists = tuple("Nina" if i % 6 == 5 else "VA" for i in range(len(whole.path)))
    metadata = {**whole.metadata, "artist": artists, "albumartist": album_artists}
    other = Explorer(dataclasses.replace(whole, metadata=metadata))
    found = other.similar(other.like(0), n=400, per_artist=1)
    counts = Counter(other.artist(match.index) for match in found)
    assert set(counts) == {"beatles", "nina", None}
    assert (counts["beatles"], counts["nina"]) == (1, 1)
    assert counts[None] > 100


def test_filters_hold(explorer: Explorer) -> None:
    found = explorer.similar(explorer.like(0), n=400, where=["genre=jazz", "year=1960..1979"])
    assert found
    for match in found:
        assert explorer.collection.metadata["genre"][match.index] == "Jazz"
        assert "1960" <= str(explorer.collection.metadata["date"][match.index])[:4] <= "1979"
    assert explorer.similar(explorer.like(0), where="genre=polka") == []
    with pytest.raises(FilterError):
        explorer.similar(explorer.like(0), where="genre")


def test_only_what_an_index_found(explorer: Explorer) -> None:
    among = np.array([5, 6, 7])
    found = explorer.similar(explorer.like(0), among=among)
    assert {match.index for match in found} == {5, 6, 7}


def test_words(explorer: Explorer) -> None:
    query = explorer.described("piano, not rock, xyzzy")
    assert query.unknown == ("xyzzy",)
    found = explorer.similar(query, n=20, why=True)
    tags = explorer.collection.tags[[match.index for match in found]]
    names = explorer.collection.tag_names
    piano, rock = names.index("piano"), names.index("rock")
    assert tags[:, piano].mean() > 2 * explorer.collection.tags[:, piano].mean()
    assert tags[:, rock].mean() < explorer.collection.tags[:, rock].mean()
    assert found[0].why.startswith("piano ")
    slow = explorer.similar(explorer.described("70 bpm"), n=5)
    tempo = [float(explorer.match(m.index, 0).index) for m in slow]
    assert len(tempo) == 5
    with pytest.raises(PhraseError):
        explorer.described("xyzzy")


def test_tracks_and_words_together(explorer: Explorer) -> None:
    like, said = explorer.like(0), explorer.described("piano")
    both = explorer.blend(like, said)
    found = explorer.similar(both, n=5, why=True)
    assert 0 not in {match.index for match in found}
    assert all("piano" in match.why for match in found)
    assert both.scores.tolist() == explorer.blend(said, like).scores.tolist()
    with pytest.raises(ValueError, match="one of the two"):
        explorer.blend(like, like)


def test_reasons_name_which_of_several_is_meant(explorer: Explorer) -> None:
    found = explorer.similar(explorer.like(1, 2), n=5, why=True)
    assert all(match.why.startswith(("like Title 1: ", "like Title 2: ")) for match in found)


def test_names_of_tracks_without_file_tags(explorer: Explorer) -> None:
    whole = explorer.collection
    bare = dataclasses.replace(whole, metadata={}, path=("C:\\m\\a b.mp3", *whole.path[1:]))
    other = Explorer(bare)
    assert other.match(0, 0.0).title == "a b"
    assert other.match(0, 0.0).artist is None
    assert len(other.similar(other.like(0), n=3, per_artist=1)) == 3


@pytest.mark.parametrize("n", [1, 2, 5])
def test_tiny_libraries(n: int) -> None:
    explorer = Explorer(make_collection(n))
    assert len(explorer.similar(explorer.like(0), why=True)) == n - 1
    assert len(explorer.similar(explorer.described("jazz"), why=True)) == n


def test_an_empty_library() -> None:
    explorer = Explorer(make_collection(0))
    assert explorer.similar(explorer.described("jazz slow 90 bpm")) == []
    with pytest.raises(TrackNotFoundError):
        explorer.like("x")


def test_equals_are_in_the_same_order_however_many_are_asked_for(explorer: Explorer) -> None:
    scores = np.repeat([1.0, 0.5], 200).astype(np.float32)
    few = explorer.similar(Query(given=scores), n=10)
    many = explorer.similar(Query(given=scores), n=300)
    assert few == many[:10]
