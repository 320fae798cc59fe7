"""The figure of a track on the page: what changes along it, drawn as areas, a map and a wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.clock import clock
from linernotes.display import legible
from linernotes.identification.heat_image import heat_image
from linernotes.identification.number_views import as_shares, peaks_in_words, scale_of
from linernotes.learning import Estimate, Prediction

if TYPE_CHECKING:
    from linernotes.identification.result import Identification
    from linernotes.networks.musicnn import Tags

_Floats = NDArray[np.floating[Any]]

# A screen cannot show more, and a page of 3-hour mixes must stay small.
_COLUMNS = 400
_WAVE_COLUMNS = 500
WIDTH = 2000  # of the class areas, in their own units; small whole numbers make short paths
LEGEND = 12  # classes drawn apart for one track; more cannot be told apart
_MATTERS = 0.05
_TAG_ROWS = 15
_TICK_STEPS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_PER_MILLE = [_BASE_36[i // 36] + _BASE_36[i % 36] for i in range(1001)]


class Columns:
    """The stretches of time that a track's figure shows, each a window or some of them.

    Parameters
    ----------
    edges
        Shape (columns + 1,), seconds: where each stretch begins, and the last one ends.
    """

    def __init__(self, edges: _Floats) -> None:
        self.edges = edges

    @classmethod
    def of(cls, track: Identification) -> Columns | None:
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


def figure_view(
    track: Identification, columns: Columns, colours: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the template draws of a track: areas of classes, a map of tags, a wave."""
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
    names = [legible(track.tags.names[row]) for row in rows]
    heat = None
    if rows:
        strongest = ", ".join(names[:3])
        heat = {
            "names": names,
            "image": heat_image(tags[:, rows].T),
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


def _most_windows(track: Identification) -> Tags | Prediction | Estimate:
    told: list[Tags | Prediction | Estimate] = [track.tags, *track.predictions]
    return max(told, key=lambda each: len(each.start))


def _centres(told: Tags | Prediction | Estimate) -> _Floats:
    centres: _Floats = (np.asarray(told.start, np.float64) + np.asarray(told.end, np.float64)) / 2
    return centres


def drawn_classes(prediction: Prediction, columns: Columns | None) -> list[int]:
    """Return the classes that matter somewhere in the track, in the model's order."""
    peaks = np.array(prediction.probabilities, np.float64)
    if columns is not None and len(prediction.start):
        peaks = np.maximum(peaks, columns.average(prediction).max(axis=0))
    strongest = np.argsort(-peaks, kind="stable")
    mattering = max(3, int((peaks >= _MATTERS).sum()))
    return sorted(strongest[: min(mattering, LEGEND)].tolist())


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
    prediction: Prediction, columns: Columns, colours: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    drawn = drawn_classes(prediction, columns)
    means = columns.average(prediction)
    names = [legible(prediction.classes[i]) for i in drawn]
    fills = [colours.get(prediction.classes[i], "other") for i in drawn]
    values = means[:, drawn]
    rest = np.clip(1 - values.sum(axis=1, keepdims=True), 0, 1)
    if len(drawn) < len(prediction.classes) and rest.max() >= 0.005:
        values = np.concatenate([values, rest], axis=1)
        names.append("other")
        fills.append("other")
    levels = np.clip(np.cumsum(values, axis=1), 0, 1)
    levels[:, -1] = 1
    label = legible(prediction.label)
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
    estimate: Estimate, columns: Columns, colours: Mapping[str, str]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return for each target an area as high as its values lie in their range."""
    shares = columns.average(as_shares(estimate))
    views = []
    for i, target in enumerate(estimate.targets):
        colour = colours.get(target.name, "other")
        top, bottom = target.write(target.high), target.write(target.low)
        view = {
            "label": legible(target.name),
            "description": peaks_in_words(target, shares[:, i].tolist()),
            "legend": [{"name": f"{bottom} to {top}", "colour": colour}],
            "bottom": colour,
            "shapes": [{"colour": "rest", "path": _area_path(columns, 1 - shares[:, i])}],
            "words": [],
        }
        name = legible(target.name)
        told = _told(name, [name], shares[:, [i]], top=1)
        views.append((view, {**told, "scale": scale_of(target)}))
    return views


def _area_path(columns: Columns, level: _Floats) -> str:
    """Return the path from the top of the panel down to a level that changes over time."""
    x = np.rint(columns.share(columns.centres) * WIDTH).astype(int).tolist()
    y = np.rint(level * 200).astype(int).tolist()
    points = [(0, y[0]), *zip(x, y, strict=True), (WIDTH, y[-1])]
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


def _words(names: list[str], columns: Columns, levels: _Floats) -> list[dict[str, Any]]:
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


def _ticks(columns: Columns) -> list[dict[str, Any]]:
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
