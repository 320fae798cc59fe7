"""The tracks of a library heard by installed networks: only those that they have not heard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from linernotes.audio import AudioStream, mix_to_mono, stream
from linernotes.audio.signal import Samples
from linernotes.engine import Outcome, kill_after, run_as_finished
from linernotes.errors import AudioError, Failure, SilentError
from linernotes.library.analyses import EXCERPT, FULL, Extent
from linernotes.library.analysis import EXCERPT_WINDOW, excerpt_starts, length_of
from linernotes.library.errors import failure_of
from linernotes.library.lock import only_writer
from linernotes.library.network_tables import FAILED, NetworkSummary, read_extents, write_heard
from linernotes.library.scans import MEMORY_LIMIT, Progress
from linernotes.library.signals import wished_to_stop
from linernotes.library.store import Store
from linernotes.library.stored_tracks import read_collection
from linernotes.library.time_left import TimeLeft
from linernotes.networks import InstalledNetwork, hear_together
from linernotes.networks.installed import size_of

_TIMEOUTS: dict[Extent, float] = {"excerpt": 600.0, "full": 7200.0}
# Whoever gets only what others leave may wait for it.
_GENTLE = 10
_TRACKS, _SECONDS = 50, 10.0
# What a network needs beside its weights, in their size.
_BESIDE = 4
_PIECE_SECONDS = 10.0


@dataclass(frozen=True)
class NetworkScanResult:
    """How many tracks were heard.

    Parameters
    ----------
    heard
        By each network, those that were known before left out.
    failed
        Could not be heard.
    unchanged
        Were known to all networks.
    seconds
        That it took.
    """

    heard: Mapping[str, int]
    failed: int
    unchanged: int
    seconds: float


@dataclass(frozen=True)
class _Job:
    """A track to be heard."""

    track: str
    path: str
    networks: tuple[InstalledNetwork, ...]
    extent: Extent
    timeout: float


def scan_networks(
    store: Store,
    networks: Sequence[InstalledNetwork],
    *,
    extent: Extent = "excerpt",
    retry_failed: bool = False,
    force: bool = False,
    workers: int | None = None,
    timeout: float | None = None,
    memory: int | None = MEMORY_LIMIT,
    quiet: bool = True,
    gentle: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> NetworkScanResult:
    """Let networks hear the tracks of a library that they have not heard.

    A scan that is stopped, however that happens, is taken up by the next one where it was.

    Parameters
    ----------
    store
        The library.
    networks
        Which ones; a track is decoded once for all of them.
    extent, retry_failed, force, workers, timeout, quiet, gentle, progress
        As in `linernotes.explore.Library.scan`.
    memory
        Bytes that a process may hold beside what the networks need.

    Returns
    -------
    NetworkScanResult
        How many tracks were heard.

    Raises
    ------
    LibraryError
        The library cannot be written.
    """
    begun = time.monotonic()
    tracks = read_collection(store)
    seconds = timeout or _TIMEOUTS[extent] * (_GENTLE if gentle else 1)
    extents = {network.spec.name: read_extents(store, network) for network in networks}
    enough = {FULL} if extent == "full" else {FULL, EXCERPT}
    if not retry_failed:
        enough.add(FAILED)
    jobs = []
    for track, path in zip(tracks.track_id, tracks.path, strict=True):
        lacking = tuple(
            network
            for network in networks
            if force or extents[network.spec.name].get(track) not in enough
        )
        if lacking:
            jobs.append(_Job(track, path, lacking, extent, seconds))
    written = _Written(store, networks, extents)
    weights = sum(round(size_of(network.folder) * 1e6) for network in networks)
    lock = nullcontext() if store.folder is None else only_writer(store.folder)
    left, done = TimeLeft(), 0
    with lock, wished_to_stop() as stop:
        outcomes = run_as_finished(
            hear_job,
            jobs,
            workers=1 if gentle else workers,
            timeout=kill_after(seconds),
            memory=None if memory is None else memory + _BESIDE * weights,
            quiet=quiet,
            lowest_priority=gentle,
        )
        try:
            for outcome in outcomes if jobs else ():
                if outcome is not None:
                    failure = written.put(outcome)
                    done += 1
                    left.done()
                    if progress is not None:
                        still = left.seconds(len(jobs) - done)
                        failed = written.failed
                        progress(Progress("listening", done, len(jobs), failed, failure, still))
                if written.is_full() or stop.is_set():
                    written.write()
                if stop.is_set():
                    raise KeyboardInterrupt
        finally:
            outcomes.close()  # type: ignore[attr-defined]
        written.write()
        store.optimise()
    took = round(time.monotonic() - begun, 3)
    return NetworkScanResult(written.counts, written.failed, len(tracks) - len(jobs), took)


class _Written:
    """What was heard, written a batch at a time."""

    def __init__(
        self,
        store: Store,
        networks: Sequence[InstalledNetwork],
        extents: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._store = store
        self._networks = {network.spec.name: network for network in networks}
        self._known = {name: set(found) for name, found in extents.items()}
        self._waiting: dict[str, dict[str, NetworkSummary]] = {name: {} for name in self._networks}
        self._last = time.monotonic()
        self.counts = dict.fromkeys(self._networks, 0)
        self.failed = 0

    def put(self, outcome: Outcome[_Job, dict[str, NetworkSummary]]) -> Failure | None:
        """Keep what became of a track; return why it failed if it did."""
        job, heard, failure = outcome.item, outcome.value, None
        if heard is None:
            failure = failure_of(job.path, outcome.error)
            self.failed += 1
            lost = NetworkSummary(extent=FAILED, code=failure.code, message=failure.message)
        for network in job.networks:
            name = network.spec.name
            self._waiting[name][job.track] = lost if heard is None else heard[name]
            self.counts[name] += heard is not None
        return failure

    def is_full(self) -> bool:
        """Whether it is time to write."""
        waiting = max(map(len, self._waiting.values()))
        return waiting >= _TRACKS or (waiting > 0 and time.monotonic() > self._last + _SECONDS)

    def write(self) -> None:
        """Write what waits."""
        for name, heard in self._waiting.items():
            if heard:
                write_heard(self._store, self._networks[name], heard, self._known[name])
                heard.clear()
        self._last = time.monotonic()


def hear_job(job: _Job) -> dict[str, NetworkSummary]:
    """Let networks hear a track, in a process of its own.

    Raises
    ------
    AudioError, NetworkError
        The track or a network cannot be used.
    """
    with stream(job.path, timeout=job.timeout) as blocks:
        return hear_extent(job.networks, blocks, job.extent, threads=1)


def hear_extent(
    networks: Sequence[InstalledNetwork],
    blocks: AudioStream,
    extent: Extent,
    *,
    duration: float | None = None,
    threads: int | None = None,
) -> dict[str, NetworkSummary]:
    """Let networks hear a track, or the excerpt that represents it.

    Parameters
    ----------
    networks
        Which ones.
    blocks
        The track, its channels and sample rate unchanged.
    extent
        How much of it.
    duration
        Seconds that the stream was opened with.
    threads
        As in `linernotes.networks.hear_together`.

    Returns
    -------
    dict
        By the networks' names.
    """
    length = length_of(blocks, duration) if extent == "excerpt" else None
    starts = excerpt_starts(blocks.start, length) if length is not None else ()
    # Of a track whose windows are all silent or damaged, everything is tried.
    for pieces, heard in ((_windows(blocks, starts), EXCERPT), (_whole(blocks), FULL)):
        rate = blocks.info.sample_rate
        told = hear_together(networks, pieces, rate, threads=threads)
        if all(len(timeline.start) for timeline in told.values()):
            return {
                spec.name: NetworkSummary(
                    tuple(told[spec.name].mean(output.name) for output in spec.outputs),
                    heard,
                    place=spec.outputs.index(spec.embedding) if spec.embedding else 0,
                )
                for spec in (network.spec for network in networks)
            }
    raise SilentError("there is nothing to hear in it")


def _windows(blocks: AudioStream, starts: Sequence[float]) -> Iterator[Samples]:
    for start in starts:
        try:
            yield mix_to_mono(blocks.part(start, EXCERPT_WINDOW).read().samples.T)
        except AudioError as error:
            if error.code not in ("silent", "corrupt", "too-short"):
                raise


def _whole(blocks: AudioStream) -> Iterator[Samples]:
    for piece in blocks.pieces(_PIECE_SECONDS):
        yield mix_to_mono(piece.samples.T)
