"""What is heard in the tracks of a library, as players and taggers want it: one object a track."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linernotes.errors import UnreadableError
from linernotes.explore.names import file_tag, shown_artist, shown_title
from linernotes.explore.voice import voice_of
from linernotes.features import names
from linernotes.features.key import Key
from linernotes.identification.collection_labels import CollectionLabels, label_collection
from linernotes.learning.catalogue import load_model
from linernotes.learning.certainty import Certainty
from linernotes.learning.mood import SURE_MARGIN, WORDS, mood_words
from linernotes.library.analyses import tag_names
from linernotes.library.collection import Collection
from linernotes.library.file_tags import read_file_tags
from linernotes.library.tagging.planning import KEY_SURE, TEMPO_SURE

if TYPE_CHECKING:
    from linernotes.explore import Library

_MOST_TAGS = 5
_LEAST_TAG = 0.1


@dataclass(frozen=True)
class HeardTrack:
    """A track, and what is heard in it.

    Parameters
    ----------
    track_id, path, duration
        Which track, a file of it, and its seconds.
    title, artist, album, recording
        What its file tags tell; ``recording`` is MusicBrainz' id. The title is the file's name
        where there is none.
    genre, certainty, probability
        The most probable genre, how far it is to be relied on, and its probability; the genre is
        ``None`` where it is none of those that are known.
    mood, energy, valence
        A word, ``None`` where it is not sure, and two numbers from 0 to 1; ``None`` where there is
        no mood, as in what is no music.
    mood_sure
        Whether the word is right nine times of ten.
    tempo, tempo_confidence
        Beats per minute, ``None`` where nothing pulses, and how probable they are.
    key, key_confidence
        The `Key`, ``None`` where there is none, and how probable it is.
    voice
        "yes" or "no": whether somebody sings or speaks; ``None`` where that is not clear.
    tags
        The most probable tags, most probable first.
    """

    track_id: str
    path: str
    duration: float
    title: str
    artist: str | None
    album: str | None
    recording: str | None
    genre: str | None
    certainty: Certainty
    probability: float
    mood: str | None
    mood_sure: bool
    energy: float | None
    valence: float | None
    tempo: float | None
    tempo_confidence: float
    key: Key | None
    key_confidence: float
    voice: str | None
    tags: tuple[str, ...]

    @property
    def sure_genre(self) -> str | None:
        """The genre where nine of ten are right, else ``None``."""
        return self.genre if self.certainty is Certainty.SURE else None

    @property
    def sure_mood(self) -> str | None:
        """The mood where nine of ten are right, else ``None``."""
        return self.mood if self.mood_sure else None

    @property
    def sure_tempo(self) -> float | None:
        """The tempo where nine of ten are right, else ``None``."""
        return self.tempo if self.tempo_confidence >= TEMPO_SURE else None

    @property
    def sure_key(self) -> Key | None:
        """The key where nine of ten are right, else ``None``."""
        return self.key if self.key_confidence >= KEY_SURE else None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it; tempo and key only where nine of ten are right."""
        key, tempo = self.sure_key, self.sure_tempo
        return {
            "track_id": self.track_id,
            "path": self.path,
            "title": self.title,
            "artist": self.artist,
            "album": self.album,
            "duration": round(self.duration, 2),
            "genre": self.genre,
            "certainty": str(self.certainty),
            "mood": self.mood,
            "energy": None if self.energy is None else round(self.energy, 3),
            "valence": None if self.valence is None else round(self.valence, 3),
            "bpm": None if tempo is None else round(tempo, 1),
            "key": None if key is None else key.name,
            "voice": self.voice,
            "tags": list(self.tags),
        }


def heard_tracks(
    collection: Collection, rows: Iterable[int] | None = None
) -> tuple[HeardTrack, ...]:
    """Tell what is heard in tracks of a library; nothing is listened to.

    Parameters
    ----------
    collection
        The tracks.
    rows
        Which of them; all if not given.

    Returns
    -------
    tuple of HeardTrack
        In the order of the rows.

    Examples
    --------
    >>> heard_tracks(Library().collection(), [0])[0].genre  # doctest: +SKIP
    'jazz'
    """
    wanted = list(range(len(collection)) if rows is None else rows)
    if not wanted:
        return ()
    some = collection
    if wanted != list(range(len(collection))):  # otherwise all that is kept may stay unread
        some = collection.taken(np.array(wanted, np.intp))
    genre = label_collection(some, load_model("genre"))
    mood = label_collection(some, load_model("mood"))
    assert isinstance(genre, CollectionLabels)  # noqa: S101 - as they come with linernotes
    assert not isinstance(mood, CollectionLabels)  # noqa: S101
    certainties = genre.certainties
    no_music = np.array([each is Certainty.NONE_OF_THESE for each in certainties], np.bool_)
    words = mood_words(mood.values, no_music)
    clear = mood_words(mood.values, no_music, margin=SURE_MARGIN)
    voice = voice_of(some.tags, some.tag_names)
    columns = {name: some.descriptors[:, i] for i, name in enumerate(names("descriptors"))}
    best = genre.probabilities.argmax(axis=1)
    found = []
    for i, track in enumerate(some.track_id):
        energy, valence = (None if no_music[i] else _finite(value) for value in mood.values[i])
        tempo, key = _tempo(columns, i), _key(columns, i)
        found.append(
            HeardTrack(
                track_id=track,
                path=some.path[i],
                duration=float(some.duration[i]),
                title=shown_title(some, i),
                artist=shown_artist(some, i),
                album=file_tag(some, "album", i),
                recording=file_tag(some, "musicbrainz_recordingid", i),
                genre=None if no_music[i] else genre.model.classes[best[i]],
                certainty=certainties[i],
                probability=float(genre.probabilities[i, best[i]]),
                mood=words[i] if words[i] in WORDS.values() else None,
                mood_sure=words[i] in WORDS.values() and clear[i] == words[i],
                energy=energy,
                valence=valence,
                tempo=tempo,
                tempo_confidence=_confidence(columns, "tempo", i) if tempo else 0.0,
                key=key,
                key_confidence=_confidence(columns, "key", i) if key else 0.0,
                voice=voice[i],
                tags=_tags(some, i),
            )
        )
    return tuple(found)


def hear_file(path: str) -> HeardTrack:
    """Listen to a file that is in no library.

    Parameters
    ----------
    path
        Of the file.

    Returns
    -------
    HeardTrack
        As a library would have it.

    Raises
    ------
    AudioError
        It cannot be listened to.
    """
    from linernotes.library.analysis import analyse_track
    from linernotes.library.content import track_id

    found = analyse_track(path)
    if found.networks is None or found.descriptors is None:
        raise UnreadableError("this file could not be analysed", path)
    alone = Collection(
        track_id=(track_id(path),),
        path=(path,),
        metadata={field: (value,) for field, value in read_file_tags(path).items()},
        duration=np.array([found.duration], np.float32),
        embedding=found.networks.embedding[np.newaxis],
        tags=found.networks.tags[np.newaxis],
        tag_names=tag_names(),
        descriptors=found.descriptors[np.newaxis],
    )
    return heard_tracks(alone)[0]


def rows_of_files(library: Library, collection: Collection, paths: Sequence[str]) -> dict[str, int]:
    """Return the rows of files that a library knows, also of further copies of a track.

    Parameters
    ----------
    library, collection
        Of which.
    paths
        Absolute.

    Returns
    -------
    dict of str to int
        Rows of the collection by path; without those that are not known.
    """
    from linernotes.library.store import Store

    places = {path: row for row, path in enumerate(collection.path)}
    found = {path: places[path] for path in paths if path in places}
    if len(found) < len(set(paths)):
        tracks = {track: row for row, track in enumerate(collection.track_id)}
        files = Store(library.location, create=False).files(tags=False)
        for path in paths:
            track = files[path].track_id if path in files else None
            if path not in found and track in tracks:
                found[path] = tracks[track]
    return found


def _tags(collection: Collection, i: int) -> tuple[str, ...]:
    order = np.argsort(-collection.tags[i], kind="stable")[:_MOST_TAGS]
    return tuple(collection.tag_names[j] for j in order if collection.tags[i, j] >= _LEAST_TAG)


def _tempo(columns: dict[str, Any], i: int) -> float | None:
    tempo = _finite(columns["tempo"][i])
    return tempo if tempo and tempo > 0 else None


def _key(columns: dict[str, Any], i: int) -> Key | None:
    tonic, mode = _finite(columns["key_tonic"][i]), _finite(columns["key_mode"][i])
    confidence = _confidence(columns, "key", i)
    if tonic is None or mode is None or not confidence or not 0 <= tonic < 12:
        return None
    return Key(int(tonic), int(mode >= 0.5), strength=0, margin=0, confidence=confidence)


def _confidence(columns: dict[str, Any], name: str, i: int) -> float:
    return _finite(columns[f"{name}_confidence"][i]) or 0.0


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
