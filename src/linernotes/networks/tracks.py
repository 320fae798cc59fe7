"""A track heard by a network that is installed."""

from __future__ import annotations

from linernotes.audio import Audio, Source, stream
from linernotes.networks.hearing import NetworkTimeline, hear
from linernotes.networks.installed import InstalledNetwork, open_network


def hear_track(
    network: InstalledNetwork,
    track: Source | Audio,
    *,
    start: float = 0.0,
    duration: float | None = None,
    threads: int | None = None,
) -> NetworkTimeline:
    """Let a network hear a track, in bounded memory whatever its length.

    Parameters
    ----------
    network
        Which one.
    track
        Path, bytes, binary file object, or `Audio`.
    start, duration
        Seconds of it to hear; by default all.
    threads
        How many windows to work on at once; by default as many as was fastest when the network was
        installed.

    Returns
    -------
    NetworkTimeline
        What it tells of each window.

    Raises
    ------
    AudioError
        The track cannot be listened to.
    NetworkError
        The network cannot be run.

    Examples
    --------
    >>> hear_track(find_installed("clap"), "song.mp3").mean("audio_embeds").shape  # doctest: +SKIP
    (512,)
    """
    session = open_network(network)
    rate = network.spec.front_end.sample_rate
    with stream(track, sample_rate=rate, mono=True, start=start, duration=duration) as blocks:
        mono = (block[0] for block in blocks)
        pace = network.pace
        threads = pace.threads if threads is None else threads
        return hear(network.spec, session, mono, threads=threads, batch=pace.batch)
