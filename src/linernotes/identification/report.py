"""The page about identified tracks: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import ntpath
import os
import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.clock import clock
from linernotes.identification.number_views import (
    as_shares,
    opinions_of,
    peaks_in_words,
    scale_of,
    verdict_of,
)
from linernotes.identification.result import Failure, Identification
from linernotes.learning import Estimate, Prediction
from linernotes.learning.certainty import Certainty
from linernotes.pages import Scheme, fill_page, opinion, theme_colours

if TYPE_CHECKING:
    from linernotes.backbone import Tags

_Floats = NDArray[np.floating[Any]]

# A screen cannot show more, and a page of 3-hour mixes must stay small.
_COLUMNS = 400
_WAVE_COLUMNS = 500
_WIDTH = 2000  # of the class areas, in their own units; small whole numbers make short paths
_COLOURS = 24  # as many as theme.css knows
_LEGEND = 12  # classes drawn apart for one track; more cannot be told apart
_MATTERS = 0.05
_TAG_ROWS = 15
_LISTED_CLASSES = 5
_LISTED_TAGS = 8
_HEAT_LEVELS = 24
_TICK_STEPS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_PER_MILLE = [_BASE_36[i // 36] + _BASE_36[i % 36] for i in range(1001)]
# Characters that show nothing themselves but rearrange or break what is around them, and
# halves of characters, by which Python stands for bytes that are no text.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def render_report(results: Sequence[Identification | Failure], *, title: str | None = None) -> str:
    """Return a page about tracks: one HTML file that loads nothing from anywhere.

    Parameters
    ----------
    results
        What `identify_many` yields, in the order to show.
    title
        Heading of the page; "Liner notes" if not given.

    Returns
    -------
    str
        The same results give the same page, to the byte.

    Examples
    --------
    >>> from linernotes.identification import Failure
    >>> page = render_report([Failure("a.mp3", "empty", "the file holds no bytes")])
    >>> "The file could not be identified" in page
    True
    """
    tracks = [result for result in results if isinstance(result, Identification)]
    failures = [result for result in results if isinstance(result, Failure)]
    timelines = [_Columns.of(track) for track in tracks]
    colours = _assign_colours(zip(tracks, timelines, strict=True))
    models = list(dict.fromkeys(p.model for track in tracks for p in track.predictions))
    return fill_page(
        "linernotes.identification",
        title=_legible(title or "Liner notes"),
        intro=_intro(tracks),
        failed=_failed(len(failures), len(results)),
        columns=[_legible(model) for model in models],
        models=_describe_models(tracks),
        show=_legible(models[0]) if len(models) == 1 else "NAME" if models else None,
        scale=_heat_image(np.linspace(0, 1, _HEAT_LEVELS)[np.newaxis]),
        width=_WIDTH,
        tracks=[
            _track_view(f"track-{number}", track, columns, colours, models)
            for number, (track, columns) in enumerate(zip(tracks, timelines, strict=True), 1)
        ],
        failures=[
            _name_view(failure.file)
            | {"code": _legible(failure.code), "message": _legible(failure.message)}
            for failure in failures
        ],
    )


class _Columns:
    """The stretches of time that a track's figure shows, each a window or some of them.

    Parameters
    ----------
    edges
        Shape (columns + 1,), seconds: where each stretch begins, and the last one ends.
    """

    def __init__(self, edges: _Floats) -> None:
        self.edges = edges

    @classmethod
    def of(cls, track: Identification) -> _Columns | None:
        """Divide a track among its windows, or return ``None`` if it has none."""
        longest = _most_windows(track)
        if not len(longest.start):
            return None
        # Windows may overlap: each moment belongs to the window whose centre is nearest.
        centres = _centres(longest)
        inner = (centres[1:] + centres[:-1]) / 2
        end = max(track.start + track.duration, float(centres[-1]), track.start + 0.001)
        edges = np.concatenate([[track.start], inner, [end]])
        if len(centres) > _COLUMNS:
            edges = edges[np.linspace(0, len(centres), _COLUMNS + 1).astype(int)]
        return cls(edges)

    def share(self, seconds: _Floats) -> _Floats:
        """Return how far along the figure moments are, 0 to 1."""
        share: _Floats = (seconds - self.edges[0]) / (self.edges[-1] - self.edges[0])
        return share

    @property
    def centres(self) -> _Floats:
        """Shape (columns,), seconds."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    def average(self, told: Tags | Prediction | Estimate) -> _Floats:
        """Return the timeline's means, shape (columns, classes); empty ones get the nearest."""
        centres = _centres(told)
        wide = len(self.edges) - 1
        where = np.clip(np.searchsorted(self.edges, centres, side="right") - 1, 0, wide - 1)
        sums = np.zeros((wide, told.timeline.shape[1]))
        np.add.at(sums, where, told.timeline)
        counts = np.bincount(where, minlength=wide)
        empty = np.flatnonzero(counts == 0)
        if len(empty) and len(centres):
            nearest = np.abs(centres[np.newaxis] - self.centres[empty, np.newaxis]).argmin(axis=1)
            sums[empty] = told.timeline[nearest]
        means: _Floats = np.clip(sums / np.maximum(counts, 1)[:, np.newaxis], 0, 1)
        return means


def _most_windows(track: Identification) -> Tags | Prediction | Estimate:
    told: list[Tags | Prediction | Estimate] = [track.tags, *track.predictions]
    return max(told, key=lambda each: len(each.start))


def _centres(told: Tags | Prediction | Estimate) -> _Floats:
    centres: _Floats = (np.asarray(told.start, np.float64) + np.asarray(told.end, np.float64)) / 2
    return centres


def _drawn(prediction: Prediction, columns: _Columns | None) -> list[int]:
    """Return the classes that matter somewhere in the track, in the model's order."""
    peaks = np.array(prediction.probabilities, np.float64)
    if columns is not None and len(prediction.start):
        peaks = np.maximum(peaks, columns.average(prediction).max(axis=0))
    strongest = np.argsort(-peaks, kind="stable")
    mattering = max(3, int((peaks >= _MATTERS).sum()))
    return sorted(strongest[: min(mattering, _LEGEND)].tolist())


def _assign_colours(
    heard: Iterable[tuple[Identification, _Columns | None]],
) -> dict[str, str]:
    """Give each class that is drawn anywhere one colour for the whole page."""
    drawn: dict[str, None] = {}
    for track, columns in heard:
        for prediction in track.predictions:
            if isinstance(prediction, Estimate):
                drawn.update((target.name, None) for target in prediction.targets)
                continue
            # A model of few classes keeps its colours from page to page.
            if len(prediction.classes) <= _LEGEND:
                drawn.update(dict.fromkeys(prediction.classes))
            else:
                names = (prediction.classes[i] for i in _drawn(prediction, columns))
                drawn.update(dict.fromkeys(names))
    return {name: f"k{number % _COLOURS}" for number, name in enumerate(drawn)}


def _track_view(
    anchor: str,
    track: Identification,
    columns: _Columns | None,
    colours: Mapping[str, str],
    models: Sequence[str],
) -> dict[str, Any]:
    verdicts = {p.model: _verdict(p, colours) for p in track.predictions}
    return _name_view(track.file, track.caption) | {
        "id": anchor,
        "clock": clock(track.duration, hours=track.duration >= 3600),
        "warnings": [_legible(warning) for warning in track.warnings],
        "verdicts": [verdicts.get(model) for model in models],
        "opinions": [view for p in track.predictions for view in _opinions(p, colours)],
        "tags": [_row(name, p) for name, p in track.tags.top(_LISTED_TAGS)],
        "brief_tags": ", ".join(_legible(name) for name, _ in track.tags.top(3)),
        "figure": None if columns is None else _figure_view(track, columns, colours),
    }


def _opinions(
    prediction: Prediction | Estimate, colours: Mapping[str, str]
) -> list[dict[str, Any]]:
    if isinstance(prediction, Estimate):
        return opinions_of(prediction, colours)
    label = _legible(prediction.label)
    return [
        {
            "label": label,
            "by": _legible(prediction.model) if prediction.model != prediction.label else None,
            "about": f"Most probable: {label}",
            "verdict": _verdict(prediction, colours),
            "rows": _class_rows(prediction, colours),
        }
    ]


def _name_view(file: str | None, caption: str | None = None) -> dict[str, Any]:
    if caption:
        return {"folder": _legible(file or ""), "stem": _legible(caption), "suffix": ""}
    if not file:
        return {"folder": "", "stem": "untitled", "suffix": ""}
    # Names of both kinds of systems: a page may show results that came from another machine.
    split = ntpath.split if re.match(r"[A-Za-z]:\\|\\\\", file) else os.path.split
    folder, base = split(file)
    if not base:
        folder, base = "", file
    stem, suffix = os.path.splitext(base)  # noqa: PTH122 - perhaps a name of another system
    return {"folder": _legible(folder), "stem": _legible(stem), "suffix": _legible(suffix)}


def _verdict(prediction: Prediction | Estimate, colours: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(prediction, Estimate):
        return verdict_of(prediction, colours)
    certainty = prediction.certainty
    top = prediction.nearest(2)
    best, first = top[0]
    perhaps = " or ".join(f"{_legible(name)} {opinion(p)}" for name, p in top)
    return {
        "sure": certainty in (Certainty.SURE, Certainty.LIKELY),
        "doubt": str(certainty),
        "best": _legible(best),
        "percent": opinion(first) + (" (likely)" if certainty is Certainty.LIKELY else ""),
        "perhaps": f"{'nearest' if prediction.rejected else 'perhaps'} {perhaps}",
        "between": "",
        "colour": colours.get(best, "other"),
    }


def _class_rows(prediction: Prediction, colours: Mapping[str, str]) -> list[dict[str, Any]]:
    top = prediction.top(_LISTED_CLASSES)
    rows = [_row(name, p, colours.get(name, "other")) for name, p in top]
    others = len(prediction.classes) - len(top)
    if others > 0:
        rest = max(0.0, 1 - sum(p for _, p in top))
        rows.append(_row(f"{others} other{'s' if others > 1 else ''}", rest, "other"))
    return rows


def _row(name: str, probability: float, colour: str = "plain") -> dict[str, Any]:
    share = f"{100 * probability:.1f}"
    return {
        "name": _legible(name),
        "share": share,
        "percent": opinion(probability),
        "colour": colour,
    }


def _figure_view(
    track: Identification, columns: _Columns, colours: Mapping[str, str]
) -> dict[str, Any]:
    areas, data = [], []
    for prediction in track.predictions:
        if not len(prediction.start) or (isinstance(prediction, Estimate) and prediction.rejected):
            continue
        views = (
            _target_views(prediction, columns, colours)
            if isinstance(prediction, Estimate)
            else [_area_view(prediction, columns, colours)]
        )
        for area, told in views:
            areas.append(area)
            data.append(told)
    tags = columns.average(track.tags)
    # By what stands out somewhere as well as by what is always there.
    weight = tags.mean(axis=0) + tags.max(axis=0) if len(track.tags.start) else np.zeros(0)
    rows = sorted(np.argsort(-weight, kind="stable")[:_TAG_ROWS].tolist())
    names = [_legible(track.tags.names[row]) for row in rows]
    heat = None
    if rows:
        strongest = ", ".join(names[:3])
        heat = {
            "names": names,
            "image": _heat_image(tags[:, rows].T),
            "description": f"Map of {len(rows)} tags along the track; strongest: {strongest}",
        }
        data.append(_told("tags", names, tags[:, rows], top=5))
    together = len(_most_windows(track).start) / len(columns.centres)
    return {
        "columns": len(columns.centres),
        "wave": _wave_view(track.waveform),
        "areas": areas,
        "heat": heat,
        "ticks": _ticks(columns),
        "numbers": any(isinstance(each, Estimate) for each in track.predictions),
        "classes": any(isinstance(each, Prediction) for each in track.predictions),
        "note": f"Each place is the mean of about {together:.0f} windows." if together > 1 else "",
        "data": {"edges": [round(edge, 2) for edge in columns.edges.tolist()], "panels": data},
    }


def _told(label: str, names: list[str], values: _Floats, *, top: int) -> dict[str, Any]:
    """Return what the script reads: per mille as two digits to the base of 36."""
    thousandths = np.rint(values.T * 1000).astype(int).tolist()
    return {
        "label": label,
        "names": names,
        "top": top,
        "values": ["".join(_PER_MILLE[value] for value in row) for row in thousandths],
    }


def _area_view(
    prediction: Prediction, columns: _Columns, colours: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    drawn = _drawn(prediction, columns)
    means = columns.average(prediction)
    names = [_legible(prediction.classes[i]) for i in drawn]
    fills = [colours.get(prediction.classes[i], "other") for i in drawn]
    values = means[:, drawn]
    rest = np.clip(1 - values.sum(axis=1, keepdims=True), 0, 1)
    if len(drawn) < len(prediction.classes) and rest.max() >= 0.005:
        values = np.concatenate([values, rest], axis=1)
        names.append("other")
        fills.append("other")
    levels = np.clip(np.cumsum(values, axis=1), 0, 1)
    levels[:, -1] = 1
    label = _legible(prediction.label)
    mostly = " and ".join(names[i] for i in np.argsort(-values.mean(axis=0), kind="stable")[:2])
    view = {
        "label": label,
        "description": f"Probabilities of {label} along the track; mostly {mostly}",
        "legend": [{"name": name, "colour": fill} for name, fill in zip(names, fills, strict=True)],
        "bottom": fills[-1],
        # From the lowest up: each is drawn from the top, over the one before.
        "shapes": [
            {"colour": fills[i], "path": _area_path(columns, levels[:, i])}
            for i in reversed(range(len(names) - 1))
        ],
        "words": _words(names, columns, levels),
    }
    return view, _told(label, names, values, top=3)


def _target_views(
    estimate: Estimate, columns: _Columns, colours: Mapping[str, str]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return for each target an area as high as its values lie in their range."""
    shares = columns.average(as_shares(estimate))
    views = []
    for i, target in enumerate(estimate.targets):
        colour = colours.get(target.name, "other")
        top, bottom = target.write(target.high), target.write(target.low)
        view = {
            "label": _legible(target.name),
            "description": peaks_in_words(target, shares[:, i].tolist()),
            "legend": [{"name": f"{bottom} to {top}", "colour": colour}],
            "bottom": colour,
            "shapes": [{"colour": "rest", "path": _area_path(columns, 1 - shares[:, i])}],
            "words": [],
        }
        name = _legible(target.name)
        told = _told(name, [name], shares[:, [i]], top=1)
        views.append((view, {**told, "scale": scale_of(target)}))
    return views


def _area_path(columns: _Columns, level: _Floats) -> str:
    """Return the path from the top of the panel down to a level that changes over time."""
    x = np.rint(columns.share(columns.centres) * _WIDTH).astype(int).tolist()
    y = np.rint(level * 200).astype(int).tolist()
    points = [(0, y[0]), *zip(x, y, strict=True), (_WIDTH, y[-1])]
    return f"M0 0V{y[0]}{_steps(points)}V0z"


def _steps(points: list[tuple[int, int]]) -> str:
    """Return relative line commands through points, leaving out those on a level line."""
    turns = [
        here
        for before, here, after in zip(points, points[1:], points[2:], strict=False)
        if not before[1] == here[1] == after[1]
    ]
    path, (x, y) = "", points[0]
    for to_x, to_y in [*turns, points[-1]]:
        for number in (to_x - x, to_y - y):
            path += f"{number}" if number < 0 or not path else f" {number}"
        x, y = to_x, to_y
    return f"l{path}"


def _words(names: list[str], columns: _Columns, levels: _Floats) -> list[dict[str, Any]]:
    """Place the classes' names into their areas, where these are wide and high enough."""
    words = []
    tops = np.concatenate([np.zeros((len(levels), 1)), levels[:, :-1]], axis=1)
    for i, name in enumerate(names):
        share = 0.03 + 0.012 * len(name)  # of the width of a panel on a desk
        wide = int(np.ceil(share * len(levels)))
        if wide > len(levels):
            continue
        views = np.lib.stride_tricks.sliding_window_view
        highest = views(tops[:, i], wide).max(axis=1)
        lowest = views(levels[:, i], wide).min(axis=1)
        at = int((lowest - highest).argmax())
        if lowest[at] - highest[at] < 0.15:
            continue
        x = columns.share(columns.edges[[at, at + wide]]).mean()
        y = (lowest[at] + highest[at]) / 2
        words.append({"text": name, "x": f"{100 * x:.1f}", "y": f"{100 * y:.1f}"})
    return words


def _wave_view(waveform: _Floats) -> dict[str, Any]:
    points = np.asarray(waveform, np.float64)
    if not len(points):
        points = np.zeros((1, 2))
    if len(points) > _WAVE_COLUMNS:
        at = np.linspace(0, len(points), _WAVE_COLUMNS, endpoint=False).astype(int)
        lowest = np.minimum.reduceat(points[:, 0], at)
        highest = np.maximum.reduceat(points[:, 1], at)
        points = np.stack([lowest, highest], axis=1)
    # The loudest moment fills the panel: how loud a file is says little of its course.
    peak = max(float(np.abs(points).max()), 0.01)
    y = np.rint(100 - 99 * points / peak).astype(int)
    upper, lower = y[:, 1].tolist(), np.maximum(y[:, 0], y[:, 1] + 1).tolist()
    wide = len(upper)
    there = [(0, upper[0]), *((i + 1, value) for i, value in enumerate(upper))]
    back = [(wide, lower[-1]), *((i, lower[i]) for i in reversed(range(wide)))]
    return {"width": wide, "path": f"M0 {upper[0]}{_steps(there)}V{lower[-1]}{_steps(back)}z"}


def _ticks(columns: _Columns) -> list[dict[str, Any]]:
    first, end = columns.edges[[0, -1]].tolist()
    step = next((step for step in _TICK_STEPS if (end - first) / step <= 8), None) or 14400 * (
        1 + (end - first) // (8 * 14400)
    )
    ticks = []
    for i, second in enumerate(np.arange(np.ceil(first / step) * step, end + step / 2, step)):
        share = float((second - first) / (end - first))
        if i and share > 0.97:  # its text would stick out
            continue
        kind = "first" if share < 0.03 else "minor" if i % 2 else "major"
        text = clock(float(second), hours=end >= 3600, tenths=step < 1)
        ticks.append({"kind": kind, "x": f"{100 * share:.2f}", "text": text})
    return ticks


def _heat_image(values: _Floats) -> dict[str, str]:
    """Return probabilities of shape (rows, columns) as images, one for each colour scheme."""
    # The square root tells 2 % from 10 %, between which most tags are most of the time.
    levels = np.rint(np.sqrt(np.clip(values, 0, 1)) * (_HEAT_LEVELS - 1)).astype(np.uint8)
    return {"light": _png(levels, "light"), "dark": _png(levels, "dark")}


def _png(levels: NDArray[np.uint8], scheme: Scheme) -> str:
    rows, wide = levels.shape
    colours = theme_colours(scheme)
    ramp = np.array([list(bytes.fromhex(colours[f"heat{i}"][1:])) for i in range(5)], np.float64)
    at = np.linspace(0, len(ramp) - 1, _HEAT_LEVELS)
    palette = np.stack([np.interp(at, range(len(ramp)), channel) for channel in ramp.T], axis=1)
    scanlines = np.concatenate([np.zeros((rows, 1), np.uint8), levels], axis=1).tobytes()
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, rows, 8, 3, 0, 0, 0)),
        (b"PLTE", np.rint(palette).astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(scanlines, 9)),
        (b"IEND", b""),
    )
    image = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")


def _describe_models(tracks: Iterable[Identification]) -> list[str]:
    known = {p.model: p for track in tracks for p in track.predictions}
    return [
        f"the model {_legible(name)} ({_legible(p.label)}: {_counted(p)})"
        for name, p in known.items()
    ]


def _counted(prediction: Prediction | Estimate) -> str:
    if isinstance(prediction, Prediction):
        return f"{len(prediction.classes)} classes"
    return "a number" if len(prediction.targets) == 1 else f"{len(prediction.targets)} numbers"


def _intro(tracks: Sequence[Identification]) -> str:
    if not tracks:
        return ""
    if len(tracks) == 1:
        return "1 track"
    seconds = sum(track.duration for track in tracks)
    return f"{len(tracks)} tracks, {clock(seconds, hours=seconds >= 3600)} of music"


def _failed(failures: int, total: int) -> str:
    if total == 1:
        return "The file could not be identified"
    return f"{failures} of {total} files could not be identified"


def _legible(text: str) -> str:
    """Return text that can be written and read, whatever bytes a name is made of."""
    return _CONTROLS.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return "↵" if code in (0x0A, 0x0D) else f"⟨{code:04X}⟩"
