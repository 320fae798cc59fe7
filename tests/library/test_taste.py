"""Stars, ratings, plays and skips: kept through scans and kills, counted once, forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from library_support import made_up

from linernotes.explore import Library
from linernotes.library.errors import LibraryDamagedError, LibraryNotFoundError
from linernotes.library.rows import FileRow
from linernotes.library.store import Store
from linernotes.library.taste import Opinion, Taste, TasteError, TasteEvent

ONE, TWO = "a" * 32, "b" * 32
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    store = Store(str(tmp_path / "library"), create=True)
    rows = [FileRow(f"/music/{i}.mp3", 1, 1, track_id=track) for i, track in enumerate((ONE, TWO))]
    store.write({ONE: made_up(1), TWO: made_up(2)}, rows)
    return Library(tmp_path / "library")


def test_what_was_said_last_counts(library: Library) -> None:
    taste = Taste(library.location)
    assert taste.opinions() == {}
    taste.keep([TasteEvent(ONE, "star", at=NOON), TasteEvent(TWO, "rate", rating=5)])
    taste.keep([TasteEvent(ONE, "star"), TasteEvent(TWO, "rate", rating=2)])
    for reader in (taste, Taste(library.location)):
        assert reader.opinions()[ONE] == Opinion(starred=NOON)
        assert reader.opinions()[TWO].rating == 2
    taste.keep([TasteEvent(ONE, "unstar")])
    assert taste.opinions()[ONE].starred is None
    assert taste.counts() == {"stars": 0, "ratings": 1, "plays": 0, "skips": 0}


def test_a_play_that_is_told_twice_counts_once(library: Library) -> None:
    taste = Taste(library.location)
    played = TasteEvent(ONE, "play", at=NOON)
    taste.keep([played, TasteEvent(ONE, "play", at=NOON + timedelta(seconds=5))])
    taste.keep([played, TasteEvent(TWO, "play", at=NOON)])
    taste.keep([TasteEvent(ONE, "play", at=NOON + timedelta(minutes=4))])
    assert taste.opinions()[ONE] == Opinion(plays=2, played=NOON + timedelta(minutes=4))
    assert taste.opinions()[TWO].plays == 1


def test_scans_and_prunes_leave_it_alone_and_it_makes_nothing_be_read_again(
    library: Library, tmp_path: Path
) -> None:
    explorer = library.explorer()
    Taste(library.location).keep([TasteEvent(ONE, "star"), TasteEvent(ONE, "play")])
    assert library.explorer() is explorer
    (tmp_path / "music").mkdir()
    library.scan(tmp_path / "music", prune=True)
    library.repair()
    assert Taste(library.location).opinions()[ONE].plays == 1


def test_many_events_stay_few_files(library: Library) -> None:
    taste = Taste(library.location)
    for i in range(70):
        taste.keep([TasteEvent(ONE, "play", at=NOON + timedelta(hours=i))])
    table = Store(library.location, create=False).as_it_is("own-taste")
    assert table is not None
    assert len(table.get_fragments()) < 20
    assert taste.opinions()[ONE].plays == 70


def test_what_is_damaged_is_told_and_repaired(library: Library) -> None:
    taste = Taste(library.location)
    taste.keep([TasteEvent(ONE, "star")])
    taste.keep([TasteEvent(TWO, "star")])
    versions = Path(library.location, "own-taste.lance", "_versions")
    newest = min(versions.glob("*.manifest"))  # they are named backwards
    newest.write_bytes(newest.read_bytes()[:20])
    with pytest.raises(LibraryDamagedError, match="--repair"):
        Taste(library.location).opinions()
    library.repair()
    assert Taste(library.location).opinions()[ONE].starred is not None


def test_events_of_many_at_once_are_all_kept(library: Library) -> None:
    def say(i: int) -> None:
        Taste(library.location).keep([TasteEvent(f"{i:032x}", "star")])

    with ThreadPoolExecutor(4) as many:
        list(many.map(say, range(12)))
    assert Taste(library.location).counts()["stars"] == 12


def test_what_is_forgotten_is_gone_from_the_disk_and_others_see_it(library: Library) -> None:
    mine, other = Taste(library.location), Taste(library.location)
    mine.keep([TasteEvent(ONE, "star")])
    other.keep([TasteEvent(TWO, "star")])
    mine.forget()
    assert not list(Path(library.location).glob("own-*"))
    other.keep([TasteEvent(TWO, "rate", rating=4)])
    assert other.opinions() == {TWO: Opinion(rating=4)}
    mine.forget()
    mine.forget()
    assert mine.opinions() == {}


@pytest.mark.parametrize(
    ("opinion", "liking"),
    [
        (Opinion(starred=NOON), 1), (Opinion(rating=5), 1), (Opinion(rating=1), -1),
        (Opinion(rating=3), 0), (Opinion(starred=NOON, rating=1), 0), (Opinion(), 0),
        (Opinion(rating=1, plays=99), -1),
    ],
)  # fmt: skip
def test_what_is_said_counts_more_than_what_is_played(opinion: Opinion, liking: float) -> None:
    assert opinion.liking == liking


def test_plays_and_skips_tell_a_little() -> None:
    assert 0 < Opinion(plays=1).liking < Opinion(plays=5).liking < 0.5
    assert -0.5 < Opinion(skips=3).liking < Opinion(plays=1, skips=1).liking < 0


@pytest.mark.parametrize(
    ("item", "action", "rating"),
    [("", "star", 0), ("x" * 201, "star", 0), ("é", "star", 0), ("a", "love", 0), ("a", "rate", 6)],
)
def test_nonsense_is_refused(item: str, action: str, rating: int) -> None:
    with pytest.raises(TasteError):
        TasteEvent(item, action, rating=rating)  # type: ignore[arg-type]


def test_without_a_library_there_is_nothing_to_keep_it_in(tmp_path: Path) -> None:
    assert Taste(str(tmp_path / "none")).opinions() == {}
    with pytest.raises(LibraryNotFoundError):
        Taste(str(tmp_path / "none")).keep([TasteEvent(ONE, "star")])
