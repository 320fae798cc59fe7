"""Finding the decoder for a file, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.audio.container import Container
from linernotes.audio.decoding import DecodingError, NoSoundError, Stream, UnknownCodecError
from linernotes.audio.ffmpeg import open_ffmpeg
from linernotes.audio.libsndfile import open_libsndfile
from linernotes.errors import CorruptError, UnsupportedError

# Sample rates and channels outside of these are a damaged or hostile header.
SAMPLE_RATES = (2_000, 3_000_000)
_MAX_CHANNELS = 1024
_LIBSNDFILE_READS = {"wav", "aiff", "flac", "ogg", "mp3", "caf", "au", "w64"}


@dataclass(frozen=True)
class AudioInfo:
    """What a file says of itself, before any of it is decoded.

    Parameters
    ----------
    name
        The file's name, or ``None``.
    container, codec
        Formats, such as ``"mp4"`` and ``"alac"``.
    decoder
        ``"libsndfile"`` or ``"ffmpeg"``: who reads it.
    sample_rate, channels
        As stored.
    duration
        Seconds, or ``None`` if the file does not tell.
    """

    name: str | None
    container: str
    codec: str
    decoder: str
    sample_rate: int
    channels: int
    duration: float | None


@contextmanager
def open_decoder(
    file: BinaryIO, container: Container, *, name: str | None, deadline: float
) -> Iterator[Stream]:
    """Open a file with libsndfile, or with FFmpeg where that cannot.

    Raises
    ------
    UnsupportedError
        No decoder here knows the codec, or there is no sound in the file.
    CorruptError
        Neither decoder makes anything of the file.
    """
    with ExitStack() as stack:
        yield _first_that_opens(stack, file, container, name=name, deadline=deadline)


def _first_that_opens(
    stack: ExitStack, file: BinaryIO, container: Container, *, name: str | None, deadline: float
) -> Stream:
    if container.kind in _LIBSNDFILE_READS:
        try:
            return stack.enter_context(open_libsndfile(file))
        except DecodingError:
            pass
    try:
        # The time stamps of other containers are rounded, so that frames must be counted.
        seekable = container.kind == "mp4"
        return stack.enter_context(open_ffmpeg(file, deadline=deadline, seekable=seekable))
    except UnknownCodecError as error:
        message = "there is no decoder here for the codec of this file; convert it to flac"
        raise UnsupportedError(message, name) from error
    except NoSoundError as error:
        raise UnsupportedError("this file holds no sound", name) from error
    except DecodingError as error:
        raise CorruptError(
            f"this {container.kind} file is too damaged to be opened; fetch or copy it again", name
        ) from error


def describe(decoder: Stream, container: Container, name: str | None) -> AudioInfo:
    """Describe an open file, or raise `UnsupportedError` if its figures are absurd."""
    low, high = SAMPLE_RATES
    if not (low <= decoder.sample_rate <= high and 1 <= decoder.channels <= _MAX_CHANNELS):
        raise UnsupportedError(
            f"{decoder.channels} channels at {decoder.sample_rate} Hz are no music; "
            "check how the file was made",
            name,
        )
    return AudioInfo(
        name=name,
        container=container.kind,
        codec=decoder.codec,
        decoder=decoder.decoder,
        sample_rate=decoder.sample_rate,
        channels=decoder.channels,
        duration=None if decoder.frames is None else decoder.frames / decoder.sample_rate,
    )
