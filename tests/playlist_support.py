"""What tests of playlists call in processes of their own."""

from __future__ import annotations

import sys

from linernotes.library.playlists import Playlists


def add_many(location: str, playlist: str, mark: str, count: int) -> None:
    """Add tracks one after the other, telling each when it is kept."""
    playlists = Playlists(location)
    for i in range(count):
        playlists.add(playlist, [f"{mark}{i}"])
        print(f"{mark}{i}", flush=True)


if __name__ == "__main__":
    add_many(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
