"""What DJ programs are told of a track, whichever program it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linernotes.explore.names import file_tag
from linernotes.features.key import Key
from linernotes.features.key_notation import read_key
from linernotes.integrations.dj.listening import NO_STRUCTURE, Structure, listen_for_structure
from linernotes.integrations.heard import HeardTrack, heard_tracks
from linernotes.library.file_tags import read_file_tags
from linernotes.library.tagging.dialects import energy_level, without_ours

if TYPE_CHECKING:
    from linernotes.errors import Failure
    from linernotes.library.collection import Collection

_SLOWEST, _FASTEST = 20.0, 400.0
# Longest time that listening to a track may take.
_TIMEOUT = 660.0


@dataclass(frozen=True)
class DjTrack:
    """A track as DJ programs see it.

    Parameters
    ----------
    heard
        What is heard in it.
    tags
        Its file tags by field.
    tempo, key
        What its file tags tell, else what is heard where nine of ten are right, else ``None``.
    structure
        Beats and sections, if they were listened for.
    """

    heard: HeardTrack
    tags: Mapping[str, str]
    tempo: float | None
    key: Key | None
    structure: Structure = NO_STRUCTURE

    @property
    def energy(self) -> int | None:
        """Energy from 1 to 10."""
        if self.heard.energy is None:
            return None
        return energy_level(self.heard.energy)

    @property
    def year(self) -> str | None:
        """The first four digits of its date."""
        found = re.search(r"(?<!\d)[12]\d{3}(?!\d)", self.tags.get("date", ""))
        return found[0] if found else None

    def comment(self, before: str | None = None) -> str:
        """Return a comment with what is heard at its end, in place of what stood there of ours.

        Without one, it is that of the file.
        """
        if before is None:
            before = read_file_tags(self.heard.path, custom=["comment"]).get("comment")
        words = [self.heard.sure_genre, self.heard.sure_mood]
        told = [f"energy {self.energy}"] if self.energy is not None else []
        told += [word for word in words if word]
        kept = without_ours(before)
        return f"{kept} [linernotes: {', '.join(told)}]".strip() if told else kept


def dj_tracks(collection: Collection) -> list[DjTrack]:
    """Return what DJ programs are told of all tracks; nothing is listened to."""
    found = []
    for i, heard in enumerate(heard_tracks(collection)):
        tags = {f: value for f in collection.metadata if (value := file_tag(collection, f, i))}
        tempo = _tempo(tags.get("bpm")) or heard.sure_tempo
        key = _key(tags.get("key", "")) or heard.sure_key
        found.append(DjTrack(heard, tags, tempo, key))
    return found


def with_structure(
    tracks: Sequence[DjTrack], *, workers: int | None = None
) -> Iterator[DjTrack | Failure]:
    """Listen for beats and sections, in processes that can be killed.

    Yields
    ------
    DjTrack or Failure
        In the order of the tracks.
    """
    from dataclasses import replace

    from linernotes.engine import run
    from linernotes.errors import Failure

    asked = [(track.heard.path, track.tempo) for track in tracks]
    outcomes = run(listen_for_structure, asked, workers=workers, timeout=_TIMEOUT)
    for track, outcome in zip(tracks, outcomes, strict=True):
        if outcome.value is None:
            yield Failure.of(track.heard.path, outcome.error)
        else:
            yield replace(track, structure=outcome.value)


def _key(text: str) -> Key | None:
    read = read_key(text)
    return None if read is None else Key(*read, strength=0, margin=0, confidence=0)


def _tempo(text: str | None) -> float | None:
    try:
        tempo = float(text or "")
    except ValueError:
        return None
    return tempo if _SLOWEST <= tempo <= _FASTEST else None
