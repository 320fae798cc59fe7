"""Other formats of a track, made while they are sent: in processes of their own, few at a time.

A player that goes away, or takes nothing for minutes, ends the process; so does a decoder that
gives nothing. What cannot be decoded is known before the answer begins.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass

from linernotes.integrations.subsonic.errors import SubsonicError

# At a time; one that sends waits for its player most of the time.
_MOST = 6
# Seconds to wait for one of them to end, for a decoder to give something.
_PATIENCE = 10.0
_SLOWEST = 60.0
_CHUNK = 1 << 16


@dataclass(frozen=True)
class SoundFormat:
    """A format that can be made.

    Parameters
    ----------
    name
        What apps call it.
    container, codec
        FFmpeg's names.
    media_type
        What is told of it.
    kilobits
        Its bit rate where none is asked for.
    """

    name: str
    container: str
    codec: str
    media_type: str
    kilobits: int


FORMATS = {
    "mp3": SoundFormat("mp3", "mp3", "libmp3lame", "audio/mpeg", 192),
    "opus": SoundFormat("opus", "ogg", "libopus", "audio/ogg", 128),
    "aac": SoundFormat("aac", "adts", "aac", "audio/aac", 192),
}
"""The formats that are made, by what apps call them."""

_ALSO_CALLED = {"ogg": "opus", "oga": "opus", "m4a": "aac", "mp4": "aac"}
LEAST_KILOBITS, MOST_KILOBITS = 32, 320


@dataclass(frozen=True)
class TranscodingOrder:
    """What a process is to make.

    Parameters
    ----------
    path
        Of the track's file.
    format
        One of `FORMATS`.
    kilobits
        A second.
    start
        Second of the track to begin at.
    """

    path: str
    format: str
    kilobits: int
    start: float = 0.0

    def as_json(self) -> bytes:
        """Return what its process reads; names of files are bytes."""
        told = {**asdict(self), "path": os.fsencode(self.path).hex()}
        return json.dumps(told).encode()

    @classmethod
    def from_json(cls, text: bytes) -> TranscodingOrder:
        """Read what `as_json` wrote."""
        told = json.loads(text)
        return cls(**{**told, "path": os.fsdecode(bytes.fromhex(told["path"]))})


def choose_format(
    *, suffix: str, kilobits: int, wanted: str | None, most: int, start: float
) -> tuple[SoundFormat, int] | None:
    """Choose in which format a track is sent.

    Parameters
    ----------
    suffix, kilobits
        Of the file as it is.
    wanted
        The format that was asked for; "raw" for the file as it is.
    most
        The highest bit rate that was asked for, 0 for any.
    start
        Second to begin at.

    Returns
    -------
    tuple of SoundFormat and int, or None
        The format and its bit rate; ``None`` for the file as it is.

    Examples
    --------
    >>> choose_format(suffix="mp3", kilobits=320, wanted=None, most=128, start=0)[1]
    128
    >>> choose_format(suffix="mp3", kilobits=128, wanted="mp3", most=320, start=0) is None
    True
    """
    own = _ALSO_CALLED.get(suffix, suffix)
    other = _ALSO_CALLED.get(wanted or "", wanted or "")
    if other == "raw":
        return None
    changes = other in FORMATS and other not in (own, suffix)
    too_much = 0 < most < kilobits
    if not (changes or too_much or start > 0):
        return None
    chosen = FORMATS.get(other) or FORMATS.get(own) or FORMATS["mp3"]
    rate = min(most or chosen.kilobits, MOST_KILOBITS)
    # There is no more in it than there was.
    if own in FORMATS and kilobits:
        rate = min(rate, max(kilobits, LEAST_KILOBITS))
    return chosen, max(rate, LEAST_KILOBITS)


class Transcoders:
    """Runs the processes that make other formats.

    Parameters
    ----------
    most
        At a time.
    patience
        Seconds to wait for one to end when there are so many.
    """

    def __init__(self, *, most: int = _MOST, patience: float = _PATIENCE) -> None:
        self._free = asyncio.Semaphore(most)
        self._patience = patience
        self.running: set[Process] = set()

    @asynccontextmanager
    async def run(self, order: TranscodingOrder) -> AsyncIterator[AsyncIterator[bytes]]:
        """Have a track sent in another format while the block lasts.

        Parameters
        ----------
        order
            What to make.

        Yields
        ------
        AsyncIterator of bytes
            The sound, the first of which is there already.

        Raises
        ------
        SubsonicError
            There is too much to do, or the track cannot be decoded.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError as error:
            raise SubsonicError(
                "too many tracks are being converted; try again, or play them as they are"
            ) from error
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "linernotes.integrations.subsonic.transcoder",
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
            )  # fmt: skip
            self.running.add(process)
            try:
                if process.stdin is None or process.stdout is None:
                    raise SubsonicError("this track cannot be converted")
                process.stdin.write(order.as_json())
                process.stdin.close()
                first = await _read(process.stdout)
                if not first:
                    raise SubsonicError("this track cannot be converted; its file is damaged")
                yield _chunks(first, process.stdout)
            finally:
                # Also where this is being cancelled: nobody else would wait for it.
                await asyncio.shield(self._end(process))
        finally:
            self._free.release()

    async def _end(self, process: Process) -> None:
        """End a process, whether or not it has done its work."""
        # Who has said everything ends by himself, and is not to be asked to while he does.
        done = process.stdout is not None and process.stdout.at_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience if done else 0):
                await process.wait()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        self.running.discard(process)


async def _chunks(first: bytes, source: asyncio.StreamReader) -> AsyncIterator[bytes]:
    chunk = first
    while chunk:
        yield chunk
        chunk = await _read(source)


async def _read(source: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(_SLOWEST):
            return await source.read(_CHUNK)
    except TimeoutError:
        return b""
