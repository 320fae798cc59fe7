"""How a folder of audio files is decoded here, against FFmpeg's own full decode.

    python benchmarks/decoding.py FOLDER [--tolerance 0.1]

Prints every file on which the lengths differ, on which the length told beforehand is not the one
decoded, or which only one of the two can read; then how fast either was, by container, as the
ratio of processor times. A file called damaged is marked, so that one can see whether it is.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import av
import av.logging

from linernotes.audio import find_tracks, stream
from linernotes.errors import AudioError

TIME_OUT = 600.0


@dataclass(frozen=True)
class Decoded:
    """What came of decoding one file."""

    seconds: float | None
    cost: float
    told: float | None = None
    container: str = ""
    note: str = ""


def by_ffmpeg(path: str) -> Decoded:
    """Decode all packets of the first audio stream."""
    began, seconds = time.process_time(), 0.0
    try:
        with av.open(path, metadata_errors="replace") as opened:
            sound = opened.streams.audio[0]
            packets = opened.demux(sound)
            while True:
                try:
                    for frame in next(packets).decode():
                        seconds += frame.samples / frame.sample_rate
                except StopIteration:
                    break
                except av.FFmpegError:
                    continue
    except (av.FFmpegError, OSError, ValueError, IndexError) as error:
        return Decoded(None, time.process_time() - began, note=type(error).__name__)
    return Decoded(seconds or None, time.process_time() - began)


def by_linernotes(path: str) -> Decoded:
    """Decode all blocks as they are stored."""
    began, blocks = time.process_time(), None
    try:
        with stream(path, timeout=TIME_OUT) as blocks:
            for _ in blocks:
                pass
    except AudioError as error:
        cost = time.process_time() - began
        if blocks is None or not blocks.decoded:
            return Decoded(None, cost, note=error.code)
        info = blocks.info
        return Decoded(blocks.decoded, cost, info.duration, info.container, error.code)
    cost, info = time.process_time() - began, blocks.info
    return Decoded(blocks.decoded, cost, info.duration, info.container, " ".join(blocks.warnings))


def disagreement(ours: Decoded, theirs: Decoded, tolerance: float) -> str:
    """Say what differs, or nothing."""
    if ours.seconds is None or theirs.seconds is None:
        return "" if ours.seconds is theirs.seconds else "only one reads it"
    if abs(ours.seconds - theirs.seconds) > tolerance:
        return "lengths differ"
    if ours.told is not None and abs(ours.told - ours.seconds) > tolerance:
        return f"{ours.told:.2f} s were told beforehand"
    return ""


def shown(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tolerance", type=float, default=0.1, help="seconds")
    arguments = parser.parse_args()
    av.logging.set_level(None)
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    read = differing = 0
    print(f"{'ours, s':>10} {'FFmpeg, s':>10}  file")
    for path in find_tracks([arguments.folder]):
        theirs, ours = by_ffmpeg(path), by_linernotes(path)
        read += ours.seconds is not None
        found = disagreement(ours, theirs, arguments.tolerance)
        differing += bool(found)
        if found or ours.note:
            name = Path(path).relative_to(arguments.folder)
            note = "; ".join(filter(None, (found, ours.note, theirs.note)))
            print(f"{shown(ours.seconds):>10} {shown(theirs.seconds):>10}  {name}: {note}")
        if ours.seconds and theirs.seconds:
            costs[ours.container].append((ours.cost, theirs.cost))
    print(f"\n{read} files can be read here; {differing} are told apart from what FFmpeg hears.")
    for container, pairs in sorted(costs.items()):
        mine, other = (sum(costs) for costs in zip(*pairs, strict=True))
        print(f"{container:>10}: {other / mine:.2f} times as fast as FFmpeg ({len(pairs)} files)")


if __name__ == "__main__":
    main()
