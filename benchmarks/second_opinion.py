"""VibeNet's numbers beside ours, on music that neither was shown: how far two ears agree.

    python benchmarks/second_opinion.py [FOLDER] [--wheel vibenet-0.1.0-py3-none-any.whl]

VibeNet [1]_ learned Spotify's numbers; ``mood`` tells energy and valence as people rated them, and
the feature set ``spotify`` estimates Spotify's. Printed is Spearman's correlation over tracks.
Agreement is no accuracy: both may be wrong alike. One run, over 182 clips:

=========================  =====
mood: energy                0.86
mood: valence               0.48
spotify: acousticness       0.73
spotify: danceability       0.41
spotify: energy             0.86
spotify: instrumentalness   0.36
spotify: liveness           0.58
spotify: speechiness       -0.08
spotify: valence            0.48
=========================  =====

.. [1] https://pypi.org/project/vibenet/, GPL-3.0; its weights are read as data.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from scipy.stats import spearmanr

from linernotes.audio import find_tracks, load
from linernotes.features import extract, names
from linernotes.identification import identify
from linernotes.networks import find_installed, hear_track, install, spec_file

MUSIC = Path(__file__).parents[2] / "shared" / "music"


def main() -> None:
    """Print the correlations."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=MUSIC)
    parser.add_argument("--wheel", type=Path, help="Installed for this run alone.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        network = (
            find_installed("vibenet")
            if given.wheel is None
            else install(spec_file("vibenet"), files=given.wheel, folder=Path(folder))
        )
        output = network.spec.outputs[0]
        rows: dict[str, tuple[list[float], list[float]]] = {}
        count = 0
        for track in find_tracks([given.folder]):
            theirs = dict(
                zip(output.names, hear_track(network, track).mean(output.name), strict=True)
            )
            told = identify(track, models=["mood"])
            estimates = dict(zip(names("spotify"), extract(load(track), "spotify"), strict=True))
            ours = {f"mood: {name}": value for name, value in told.values.items()}
            ours |= {f"spotify: {name}": value for name, value in estimates.items()}
            for name, value in ours.items():
                other = name.partition(": ")[2]
                if other in theirs:
                    pair = rows.setdefault(name, ([], []))
                    pair[0].append(float(value))
                    pair[1].append(float(theirs[other]))
            count += 1
    print(f"{count} tracks")
    for name, (one, other) in sorted(rows.items()):
        print(f"  {name:28} {spearmanr(one, other).statistic:6.2f}")


if __name__ == "__main__":
    main()
