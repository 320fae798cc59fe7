"""Write the golden files of feature sets whose version has none yet.

Run it after a set's version was raised, and commit what it wrote. It never overwrites a
file: numbers of a released version do not move.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

from linernotes.audio import Audio
from linernotes.features import SETS, extract

TESTS = Path(__file__).parents[1] / "tests"

# Of pictures, the names would be larger than the numbers.
_MOST_NAMES = 1000


def main() -> None:
    sys.path.insert(0, str(TESTS))
    from support import make_song

    song = Audio(np.ascontiguousarray(make_song(duration=4).T), 44100)
    for name, feature_set in SETS.items():
        path = TESTS / "features" / "golden" / f"{name}-{feature_set.version}.npz"
        if path.exists():
            print(f"{path.name} stays as it is")
            continue
        known = {"names": feature_set.names}
        if len(feature_set.names) > _MOST_NAMES:
            names = "\n".join(feature_set.names)
            known = {"names_sha256": hashlib.sha256(names.encode()).hexdigest()}
        np.savez_compressed(path, values=extract(song, name), **known)
        print(f"{path.name} written")


if __name__ == "__main__":
    main()
