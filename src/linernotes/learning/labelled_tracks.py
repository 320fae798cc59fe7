"""Labelled tracks of large sources, gathered column by column, without an object for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from linernotes.datasets.examples import (
    Examples,
    FeaturesToRead,
    LeftOut,
    NoExamplesError,
    similar_classes,
)
from linernotes.datasets.table import nothing_left
from linernotes.display import printable
from linernotes.library.file_tags import SEPARATOR


class LabelledTracks:
    """Columns of labelled tracks that grow row by row.

    Parameters
    ----------
    label
        What the classes are of.
    name
        What the tracks are called together.
    unlabelled
        What is said of a track without a label.
    """

    def __init__(self, *, label: str, name: str, unlabelled: str = "") -> None:
        self.label, self.name = label, name
        self._unlabelled = unlabelled or f"its file tags do not tell its {label}; tag it"
        self.left_out: list[LeftOut] = []
        self.warnings: list[str] = []
        self._several = 0
        self._path: list[str] = []
        self._track_id: list[str | None] = []
        self._target: list[str] = []
        self._artist: list[str | None] = []
        self._album: list[str | None] = []
        self._split: list[str | None] = []
        self._place: list[int] = []
        self._texts: dict[str, str] = {}

    def __len__(self) -> int:
        """Return how many tracks were added."""
        return len(self._path)

    def add(
        self,
        path: str,
        track_id: str | None,
        label: str | None,
        *,
        artist: str | None,
        album: str | None,
        place: int,
        split: str | None = None,
    ) -> None:
        """Add a track; one without a label is left out, and of several labels the first counts."""
        values = [value for text in (label or "").split(SEPARATOR) if (value := text.strip())]
        if not values:
            self.leave_out(path, "no-label", self._unlabelled)
            return
        self._several += len(values) > 1
        self._path.append(path)
        self._track_id.append(track_id)
        # Of texts that recur one is kept.
        self._target.append(self._texts.setdefault(values[0], values[0]))
        self._artist.append(artist and self._texts.setdefault(artist, artist))
        self._album.append(album and self._texts.setdefault(album, album))
        self._split.append(split)
        self._place.append(place)

    def leave_out(self, path: str, code: str, message: str) -> None:
        """Note a track that cannot be used, and why."""
        self.left_out.append(LeftOut(path, code, self._texts.setdefault(message, message)))

    def examples(self, features: FeaturesToRead | None) -> Examples:
        """Return the tracks sorted by path, each once.

        Parameters
        ----------
        features
            What the source has measured, of its rows by place; ``None`` for nothing.

        Raises
        ------
        NoExamplesError
            There are none.
        """
        rows = self._distinct()
        if not rows:
            raise NoExamplesError(nothing_left(printable(self.name), tuple(self.left_out)))
        if self._several:
            count = "one track" if self._several == 1 else f"{self._several:,} tracks"
            self.warnings.append(f"{count} name more than one {self.label}; the first counts")
        target = tuple(self._target[row] for row in rows)
        return Examples(
            label=self.label,
            target=target,
            path=tuple(self._path[row] for row in rows),
            artist=tuple(self._artist[row] for row in rows),
            album=tuple(self._album[row] for row in rows),
            split=tuple(self._split[row] for row in rows),
            features={},
            track_id=tuple(self._track_id[row] for row in rows),
            left_out=tuple(self.left_out),
            warnings=(*self.warnings, *similar_classes(set(target))),
            name=self.name,
            to_read=features and features.take([self._place[row] for row in rows]),
        )

    def _distinct(self) -> list[int]:
        """Return the rows by path, one of each track, and none where its labels differ."""
        order = sorted(range(len(self._path)), key=self._path.__getitem__)
        first: dict[str, int] = {}
        repeats: dict[str, list[int]] = defaultdict(list)
        for row in order:
            track = self._track_id[row]
            if track is not None and first.setdefault(track, row) != row:
                repeats[track].append(row)
        dropped: set[int] = set()
        for track, others in repeats.items():
            same = [first[track], *others]
            classes = sorted({self._target[row] for row in same})
            dropped.update(others if len(classes) == 1 else same)
            self._note(same, classes)
        return [row for row in order if row not in dropped]

    def _note(self, same: Sequence[int], classes: Sequence[str]) -> None:
        if len(classes) == 1:
            message = f"this is the same track as {printable(self._path[same[0]])}"
            for row in same[1:]:
                self.leave_out(self._path[row], "duplicate", message)
            return
        said = ", ".join(map(printable, classes))
        for row in same:
            self.leave_out(
                self._path[row],
                "conflicting-labels",
                f"files of this track are labelled {said}; keep the right one",
            )
