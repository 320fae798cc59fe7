"""Classes that can be told without listening: by who made the tracks, and by what files are like.

What the files' codec, sample rate, channels, bit rate or folder tell of the class is measured as a
model would be: learned from one side of a split, tested on the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np

from linernotes.audio import AudioInfo, probe
from linernotes.datasets.artists import artists_in, plain_text
from linernotes.datasets.examples import Examples
from linernotes.display import printable
from linernotes.errors import AudioError
from linernotes.evaluation.grouped_tracks import list_classes
from linernotes.evaluation.splits import Split

_PROBED = 2_000
# A file format or folder is told of if it adds so much to guessing, and so many standard errors.
_GAIN = 0.1
_ERRORS = 2.0
# So many of the tracks make a rule.
_MOST = 0.9


@dataclass(frozen=True)
class Leak:
    """One way in which figures may flatter.

    Parameters
    ----------
    code
        Stable: "random-split", "artist-on-both-sides", "album-on-both-sides",
        "unknown-artists", "same-content", "same-features", "near-duplicate", "told-by-codec",
        "told-by-sample-rate", "told-by-channels", "told-by-bit-rate", "told-by-folder",
        "one-artist-class", "label-from-path"; and last, always, "cannot-be-known".
    message
        One sentence for a person.
    pairs
        Rows of the examples, (learned from, tested on), that are the same.
    classes
        The classes that it is about.
    """

    code: str
    message: str
    pairs: tuple[tuple[int, int], ...] = ()
    classes: tuple[str, ...] = ()


def single_artist_classes(examples: Examples) -> list[Leak]:
    """Tell of classes whose tracks are all by one artist, as far as that is known."""
    artists: dict[str, set[str]] = defaultdict(set)
    unknown: set[str] = set()
    for target, artist in zip(examples.target, examples.artist, strict=True):
        names = artists_in(artist)
        artists[target].update(names)
        if not names:
            unknown.add(target)
    alone = tuple(
        name for name in sorted(artists) if len(artists[name]) == 1 and name not in unknown
    )
    if not alone:
        return []
    message = (
        f"all tracks of {list_classes(alone)} are by one artist: what is learned may be the "
        f"artist, not the {printable(examples.label)}"
    )
    return [Leak("one-artist-class", message, classes=alone)]


def predictable_from_format(examples: Examples, splits: Sequence[Split]) -> list[Leak]:
    """Look whether the form of the files tells the class."""
    infos: list[tuple[AudioInfo, int] | None] = [None] * len(examples)
    # A sample of the tracks tells as much, and does not take minutes.
    step = max(1, -(-len(examples) // _PROBED))
    for row in range(0, len(examples), step):
        infos[row] = _form(examples.path[row])
    leaks = []
    for code, what, value in _FORMS:
        values = [None if info is None else value(*info) for info in infos]
        leaks += _predictable_from(
            f"told-by-{code}", f"the {what} of its file", examples, values, splits
        )
    return leaks


def _form(path: str | None) -> tuple[AudioInfo, int] | None:
    if path is None:
        return None
    try:
        return probe(path), Path(path).stat().st_size
    except (AudioError, OSError):
        return None


def _bit_rate(info: AudioInfo, size: int) -> object:
    """Return the bit rate in steps of a quarter of an octave."""
    return None if not info.duration else round(4 * np.log2(8 * size / info.duration))


_FORMS: tuple[tuple[str, str, Callable[[AudioInfo, int], object]], ...] = (
    ("codec", "codec", lambda info, _: (info.container, info.codec)),
    ("sample-rate", "sample rate", lambda info, _: info.sample_rate),
    ("channels", "number of channels", lambda info, _: info.channels),
    ("bit-rate", "bit rate", _bit_rate),
)


def predictable_from_folder(examples: Examples, splits: Sequence[Split]) -> list[Leak]:
    """Look whether a folder tells the class, other than by bearing its name."""
    folders = [() if path is None else PurePath(path).parts[:-1] for path in examples.path]
    depth = max((len(parts) for parts in folders), default=0)
    for level in range(depth):
        names = [parts[level] if level < len(parts) else None for parts in folders]
        if len(set(names)) < 2 or _share_named(examples, names) >= _MOST:
            continue
        # A folder in a class's folder is another one, whatever it is called.
        values = [None if name is None else parts[: level + 1] for name, parts in
                  zip(names, folders, strict=True)]  # fmt: skip
        leaks = _predictable_from(
            "told-by-folder", "the folder that it lies in", examples, values, splits
        )
        if leaks:
            return leaks
    return []


def _share_named(examples: Examples, names: Sequence[str | None]) -> float:
    """Return the share of the tracks whose class is what one of their names says."""
    named = sum(
        name is not None and plain_text(target) == plain_text(name)
        for name, target in zip(names, examples.target, strict=True)
    )
    return named / max(1, len(examples))


def _predictable_from(
    code: str,
    what: str,
    examples: Examples,
    values: Sequence[object],
    splits: Sequence[Split],
) -> list[Leak]:
    """Measure how well a value tells the class, from one side of the split to the other."""
    right = guessed = tests = 0
    predicted: Counter[str] = Counter()
    for split in splits:
        seen: dict[object, Counter[str]] = defaultdict(Counter)
        everything: Counter[str] = Counter()
        for row in split.train.tolist():
            if values[row] is not None:
                seen[values[row]][examples.target[row]] += 1
                everything[examples.target[row]] += 1
        if len(everything) < 2:
            return []
        commonest = _commonest(everything)
        for row in split.test.tolist():
            if values[row] is None:
                continue
            tests += 1
            answer = _commonest(seen[values[row]]) if values[row] in seen else commonest
            guessed += examples.target[row] == commonest
            if examples.target[row] == answer:
                right += 1
                predicted[answer] += 1
    if not tests:
        return []
    gain = (right - guessed) / tests
    chance = max(guessed / tests, 1 / tests)
    if gain < _GAIN or gain < _ERRORS * np.sqrt(chance * (1 - chance) / tests):
        return []
    classes = tuple(sorted(predicted))
    kind = "class" if examples.numbers is None else "range"
    message = (
        f"{what} alone tells the {kind} of {right / tests:.0%} of the tracks tested, where always "
        f"saying the commonest one is right for {guessed / tests:.0%}; a model may learn that "
        "rather than the music: mix where the tracks of "
        f"{list_classes(classes)} come from, or encode all alike"
    )
    return [Leak(code, message, classes=classes)]


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def labels_in_paths(examples: Examples) -> list[Leak]:
    """Look whether the classes are what folders or files are called."""
    named = 0
    for path, target in zip(examples.path, examples.target, strict=True):
        if path is not None:
            parts = [plain_text(part) for part in PurePath(path).parts]
            wanted = plain_text(target)
            named += wanted in parts[:-1] or parts[-1].startswith(wanted)
    if not len(examples) or named < _MOST * len(examples):
        return []
    message = (
        "the paths of the files contain their classes: labels are as right as whoever sorted them, "
        "and what lies in one folder may have come from one place"
    )
    return [Leak("label-from-path", message)]
