"""The plots that people expect of a recording, in one figure."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linernotes.clock import clock
from linernotes.errors import LinernotesError
from linernotes.features.chroma import PITCH_CLASSES
from linernotes.features.mel import mel_frequencies
from linernotes.features.stereo import STEREO_CORRELATION
from linernotes.inspection.overview import Overview
from linernotes.pages import Scheme, theme_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_QUIETEST = -80.0
# Even steps for the eye, and told apart without colour vision too.
_MAP = "magma"
_MEL_TICKS = (100, 400, 1000, 2000, 4000, 8000)


class PlotsError(LinernotesError):
    """The library that draws is not installed."""

    code = "plots"


@dataclass(frozen=True)
class Theme:
    """Colours on light or dark paper."""

    paper: str
    ink: str
    quiet: str
    line: str
    faint: str
    left: str
    right: str
    accent: str


def _theme(scheme: Scheme) -> Theme:
    colours = theme_colours(scheme)
    return Theme(
        paper=colours["paper"], ink=colours["ink"], quiet=colours["quiet"], line=colours["line"],
        faint=colours["faint"], left=colours["left-channel"], right=colours["right-channel"],
        accent=colours["link"],
    )  # fmt: skip


LIGHT = _theme("light")
DARK = _theme("dark")


def draw(overview: Overview, *, theme: Theme = LIGHT) -> bytes:
    """Draw a track.

    Parameters
    ----------
    overview
        What there is to be seen.
    theme
        `LIGHT` or `DARK`.

    Returns
    -------
    A PNG image, 2200 pixels wide.

    Raises
    ------
    PlotsError
        matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PlotsError("plots need matplotlib: pip install 'linernotes[plots]'") from error
    with rc_context(_style(theme)):
        figure = Figure(figsize=(11, 15.5), dpi=200, facecolor=theme.paper)
        FigureCanvasAgg(figure)
        _panels(figure, overview, theme)
        image = io.BytesIO()
        figure.savefig(image, format="png", facecolor=theme.paper, metadata={"Software": None})
    return image.getvalue()


def _style(theme: Theme) -> Any:
    return {
        "font.size": 9,
        "font.family": "sans-serif",
        "axes.facecolor": theme.paper,
        "axes.edgecolor": theme.line,
        "axes.labelcolor": theme.quiet,
        "axes.titlecolor": theme.ink,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.grid": False,
        "text.color": theme.ink,
        # A dollar in a name is no formula.
        "text.parse_math": False,
        "xtick.color": theme.quiet,
        "ytick.color": theme.quiet,
        "legend.frameon": False,
        "legend.labelcolor": theme.quiet,
    }


def _panels(figure: Figure, overview: Overview, theme: Theme) -> None:
    heights = (1.1, 2.0, 1.4, 1.3, 1.1, 1.3, 1.3, 2.4)
    rows = figure.add_gridspec(
        len(heights), 1, height_ratios=heights, hspace=0.55,
        left=0.085, right=0.915, top=0.975, bottom=0.03,
    )  # fmt: skip
    first = figure.add_subplot(rows[0])
    axes = [first, *(figure.add_subplot(rows[row], sharex=first) for row in range(1, 7))]
    _waveform(axes[0], overview, theme)
    _mel(axes[1], overview)
    _chroma(axes[2], overview)
    _mfcc(axes[3], overview)
    _rhythm(axes[4], overview, theme)
    _loudness(axes[5], overview, theme)
    _correlation(axes[6], overview)
    for axis in axes:
        axis.set_xlim(0, overview.duration)
        axis.xaxis.set_major_formatter(lambda second, _: clock(round(second)))
    below = rows[7].subgridspec(1, 2, width_ratios=(1, 1.6), wspace=0.16)
    _goniometer(figure.add_subplot(below[0]), overview)
    _spectrum(figure.add_subplot(below[1]), overview, theme)


def _waveform(axis: Axes, overview: Overview, theme: Theme) -> None:
    axis.set_title("Waveform, left above right")
    colours = (theme.left, theme.right)
    largest = max(float(np.abs(overview.waveform).max()), 1e-6)
    for channel, (offset, colour) in enumerate(zip((1, -1), colours, strict=True)):
        low, high = overview.waveform[channel].T / largest
        time = np.linspace(0, overview.duration, len(low))
        axis.fill_between(time, low + offset, high + offset, color=colour, linewidth=0.3)
    axis.set_ylim(-2.1, 2.1)
    axis.set_yticks([1, -1], ["L", "R"])


def _mel(axis: Axes, overview: Overview) -> None:
    axis.set_title("Mel spectrogram")
    image = _image(axis, overview.mel, overview, cmap=_MAP, vmin=_QUIETEST, vmax=0)
    centres = mel_frequencies(len(overview.mel) + 2, low=0, high=11025)[1:-1]
    ticks = np.interp(_MEL_TICKS, centres, np.arange(len(centres)))
    axis.set_yticks(ticks, [f"{tick:,} Hz" for tick in _MEL_TICKS])
    _scale(axis, image, "dB")


def _chroma(axis: Axes, overview: Overview) -> None:
    key = overview.key
    named = f" (key: {key.name})" if key.confidence else ""
    axis.set_title(f"Chromagram{named}")
    image = _image(axis, overview.chroma, overview, cmap=_MAP, vmin=0, vmax=1)
    axis.set_yticks(range(0, 12, 3), PITCH_CLASSES[::3])
    _scale(axis, image, "")


def _mfcc(axis: Axes, overview: Overview) -> None:
    axis.set_title("MFCC, each by its own mean and spread")
    spread = overview.mfcc.std(axis=1, keepdims=True)
    centred = overview.mfcc - overview.mfcc.mean(axis=1, keepdims=True)
    image = _image(axis, centred / np.maximum(spread, 1e-6), overview,
                   cmap="RdBu_r", vmin=-2.5, vmax=2.5)  # fmt: skip
    axis.set_yticks([0, 4, 9, 14, 19], ["1", "5", "10", "15", "20"])
    _scale(axis, image, "")


def _rhythm(axis: Axes, overview: Overview, theme: Theme) -> None:
    speed = overview.tempo.beats_per_minute
    tempo = f"{speed:.1f} beats per minute" if speed else "no tempo"
    axis.set_title(f"Onsets and beats ({tempo})")
    strength = overview.onset_strength
    time = np.linspace(0, overview.duration, len(strength))
    # The first sound after silence is a leap that would make all others look flat.
    top = max(float(np.percentile(strength, 99.8)), 1e-6)
    # Hundreds of beats would be a wall; as ticks on top they stay readable.
    axis.vlines(overview.beats, 1.04 * top, 1.2 * top, color=theme.accent, linewidth=0.8)
    axis.plot(time, strength, color=theme.ink, linewidth=0.6)
    axis.set_ylim(0, 1.25 * top)
    axis.set_yticks([])


def _loudness(axis: Axes, overview: Overview, theme: Theme) -> None:
    axis.set_title(
        f"Loudness ({overview.loudness:.1f} LUFS, range {overview.loudness_range:.1f} LU, "
        f"true peak {overview.true_peak:.1f} dBTP)"
    )
    for values, window, colour, width, label in (
        (overview.momentary, 0.4, theme.faint, 0.7, "0.4 s"),
        (overview.short_term, 3.0, theme.left, 1.4, "3 s"),
    ):
        time = np.arange(len(values)) / 10 + min(window, overview.duration) / 2
        axis.plot(time, values, color=colour, linewidth=width, label=label)
    axis.axhline(overview.loudness, color=theme.accent, linewidth=1, linestyle="--", label="whole")
    axis.set_ylim(max(-60.0, overview.loudness - 25), min(0.0, overview.loudness + 12))
    axis.set_ylabel("LUFS")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.2, fontsize=8)


def _correlation(axis: Axes, overview: Overview) -> None:
    axis.set_title("Stereo image: correlation of left and right, blue for wide, red for mono")
    image = _image(axis, overview.correlation, overview, cmap="RdYlBu_r", vmin=-1, vmax=1)
    names = [row.name.replace("hz", " Hz") for row in STEREO_CORRELATION.rows()]
    axis.set_yticks(range(len(names)), names, fontsize=7)
    _scale(axis, image, "")


def _goniometer(axis: Axes, overview: Overview) -> None:
    axis.set_title("Goniometer")
    axis.imshow(overview.goniometer, cmap=_MAP, origin="lower", extent=(1, -1, -1, 1),
                aspect="equal", interpolation="bilinear")  # fmt: skip
    axis.set_xticks([1, 0, -1], ["left +", "side", "right +"])
    axis.set_yticks([-1, 0, 1], ["-", "mid", "+"])


def _spectrum(axis: Axes, overview: Overview, theme: Theme) -> None:
    axis.set_title("Spectrum over the whole track")
    centres = mel_frequencies(len(overview.mel) + 2, low=0, high=11025)[1:-1]
    for share, colour, width, label in (
        (95, theme.right, 1.0, "loudest 5 %"),
        (50, theme.left, 1.6, "median"),
        (5, theme.faint, 1.0, "quietest 5 %"),
    ):
        axis.plot(centres, np.percentile(overview.mel, share, axis=1), color=colour,
                  linewidth=width, label=label)  # fmt: skip
    axis.set_xscale("log")
    axis.set_xticks(_MEL_TICKS, [f"{tick:,}" for tick in _MEL_TICKS])
    axis.minorticks_off()
    axis.set_xlim(centres[0], centres[-1])
    axis.set_ylim(_QUIETEST, 3)
    axis.set_xlabel("Hz")
    axis.set_ylabel("dB")
    axis.legend(loc="upper right", fontsize=8, handlelength=1.2)


def _image(axis: Axes, values: np.ndarray[Any, Any], overview: Overview, **options: Any) -> Any:
    extent = (0, overview.duration, -0.5, len(values) - 0.5)
    return axis.imshow(values, origin="lower", aspect="auto", extent=extent,
                       interpolation="nearest", **options)  # fmt: skip


def _scale(axis: Axes, image: Any, unit: str) -> None:
    """Put the colours' scale beside the image, where it takes no width from the panel."""
    beside = axis.inset_axes((1.012, 0, 0.012, 1))
    axis.figure.colorbar(image, cax=beside, label=unit)
    beside.tick_params(labelsize=7)
