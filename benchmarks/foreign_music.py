"""How right the shipped answers are on music that they were not trained on.

    python benchmarks/foreign_music.py

Everything is trained anew from ``../shared/evidence`` without the tracks that it is tested on: with
a fifth of the artists held out at a time, and with a whole set held out. In brackets are 95 %
intervals, from a bootstrap over artists.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import train_genre as genre  # noqa: E402 - the scripts beside this folder
import train_mood as mood  # noqa: E402
from evidence import SETS, SHARED, read_evidence, read_gtzan  # noqa: E402

from linernotes.learning import load_model  # noqa: E402


def row(name: str, goal: str, held_out: genre.HeldOut, tracks: genre.Tracks,
        figure: Callable = genre.accuracy) -> None:  # fmt: skip
    low, high = genre.interval(held_out, tracks, figure)
    print(f"{name:48} {figure(held_out, tracks):6.3f}  ({low:.3f} to {high:.3f})  {goal}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=genre.REPEATS, help="of cross-validation")
    parser.add_argument("--voices", action="store_true", help="speech as well, which takes minutes")
    parser.add_argument("--sounds", type=Path, help="folder where what is heard in speech is kept")
    options = parser.parse_args()
    if not (SHARED / "evidence").is_dir():
        raise SystemExit("the evidence is not there: ../shared/evidence")

    evidence = read_evidence()
    tracks = genre.gather(evidence, read_gtzan("train"))
    candidate = genre.Candidate()
    crossed = genre.cross_validate(candidate, tracks, repeats=options.repeats, sections=True)
    alone = genre.leave_sets_out(candidate, tracks, sections=True)
    crossed = genre.on_evidence(crossed, tracks)
    temperature = genre.fit_temperature(crossed, alone, tracks)
    crossed, alone = (genre.cooled(part, temperature) for part in (crossed, alone))

    print(f"{'genre, no artist on both sides':48} {'':6}  {'95 % interval':16}  goal")
    row("  right", ">= .66", crossed, tracks)
    row("  among the first three", ">= .91", crossed, tracks, genre.among_first)
    row("  calibration error", "<= .05", crossed, tracks, genre.calibration_error)
    electronic = crossed.of(tracks.truth[crossed.track] == genre.GENRES.index("electronic"))
    row("  electronic, recognised", ">= .70", electronic, tracks)
    for name in SETS:
        goal = "> .43, as one listener agrees with the label" if name == "musifeast_a" else ""
        row(f"  {name}", goal, crossed.of(tracks.source[crossed.track] == name), tracks)
    print("genre, a whole set left out")
    row("  right", ">= .50", alone, tracks)
    row("  calibration error", "<= .08", alone, tracks, genre.calibration_error)
    for name in SETS:
        row(f"  {name}", "", alone.of(tracks.source[alone.track] == name), tracks)

    print("mood, no artist on both sides")
    for figure in mood.mood_figures(evidence):
        print(f"  {figure}")
    if options.voices:
        print("voice and speech")
        for figure in mood.voice_figures(evidence, mood.heard_sounds(options.sounds)):
            print(f"  {figure}")

    print("genre, of the answers that are sure")
    sure_above = load_model("genre").sure_above
    for how, part in (("cross-validated", crossed), ("sets left out", alone)):
        told = part.of(~genre.contradicted_by_tags(part, tracks))
        sure = told.of(np.exp(told.log_p.max(axis=1)) >= sure_above)
        share = len(sure.track) / len(part.track)
        row(f"  right, {how} ({share:.0%} of the tracks)", ">= .90", sure, tracks)


if __name__ == "__main__":
    main()
