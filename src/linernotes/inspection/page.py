"""The page about one track: its plots, and the figures among them in words."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from linernotes.audio import Audio, Source
from linernotes.clock import clock
from linernotes.errors import LinernotesError
from linernotes.inspection.figure import DARK, LIGHT, draw
from linernotes.inspection.overview import Overview, look_into
from linernotes.library.tag_names import caption
from linernotes.pages import fill_page

KINDS = (".html", ".png")

# Below it, a tempo or a key is more likely wrong than right.
_SURE = 0.5


class PageError(LinernotesError):
    """The page cannot be written as it was asked for."""

    code = "page"


def inspect(
    track: Source | Audio,
    output: str | os.PathLike[str],
    *,
    start: float = 0.0,
    duration: float | None = None,
    timeout: float | None = None,
) -> Overview:
    """Draw a track: waveform, spectrogram, chroma, MFCC, beats, loudness, stereo image.

    Parameters
    ----------
    track
        Path, bytes, binary file object, or `Audio`.
    output
        The ``.html`` or ``.png`` file to write. The page needs nothing but a browser and
        follows its light or dark theme.
    start, duration, timeout
        As in `linernotes.audio.stream`.

    Returns
    -------
    Overview
        What was drawn.

    Raises
    ------
    AudioError
        The track cannot be listened to; ``code`` says why.
    PageError, PlotsError
        The output is of another kind or has no folder, or matplotlib is not installed.

    Examples
    --------
    >>> inspect("song.mp3", "song.html")  # doctest: +SKIP
    """
    target = Path(output)
    kind = target.suffix.lower()
    if kind not in KINDS:
        raise PageError(f"{target.name}: pages are written as {' or '.join(KINDS)}")
    if not target.parent.is_dir():
        raise PageError(f"there is no folder {target.parent} to write to")
    overview = look_into(track, start=start, duration=duration, timeout=timeout)
    if kind == ".png":
        target.write_bytes(draw(overview))
    else:
        target.write_text(render_page(overview), encoding="utf-8", errors="replace")
    return overview


def render_page(overview: Overview) -> str:
    """Return the page as HTML, pictures included."""
    return fill_page(
        "linernotes.inspection",
        title=caption(overview.title, overview.artist) or Path(overview.file or "Untitled").name,
        facts=_facts(overview),
        warnings=overview.warnings,
        light=_embedded(draw(overview, theme=LIGHT)),
        dark=_embedded(draw(overview, theme=DARK)),
    )


def _facts(overview: Overview) -> list[tuple[str, str]]:
    key, tempo = overview.key, overview.tempo
    speed = f"{tempo.beats_per_minute:.1f} BPM{_doubt(tempo.confidence)}"
    named = overview.file and caption(overview.title, overview.artist)
    return [
        *([("Name", Path(overview.file or "").name)] if named else []),
        ("Length", clock(overview.duration)),
        ("Tempo", speed if tempo.confidence else "none"),
        ("Key", f"{key.name}{_doubt(key.confidence)}" if key.confidence else "none"),
        ("Loudness", f"{overview.loudness:.1f} LUFS"),
        ("Range", f"{overview.loudness_range:.1f} LU"),
        ("True peak", f"{overview.true_peak:.1f} dBTP"),
        ("File", f"{overview.sample_rate:,} Hz, {overview.channels} channels"),
    ]


def _doubt(confidence: float) -> str:
    return "" if confidence >= _SURE else " (not sure)"


def _embedded(image: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode('ascii')}"
