"""Finding the decoder for a file, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from linernotes.audio.chain import ChainedStream, RecoveringStream
from linernotes.audio.container import Container
from linernotes.audio.decoding import DecodingError, NoSoundError, Stream, UnknownCodecError
from linernotes.audio.formats import flac, mpeg
from linernotes.audio.formats.headers import mp4_is_cut, patches
from linernotes.audio.formats.mpeg_headers import trimmed
from linernotes.audio.formats.ogg import OggLink, find_links
from linernotes.audio.formats.section import section
from linernotes.audio.libsndfile import open_libsndfile
from linernotes.audio.mpeg_stream import open_mpeg
from linernotes.errors import CorruptError, UnsupportedError
from linernotes.files import read_at, size_of

# Sample rates and channels outside of these are a damaged or hostile header.
SAMPLE_RATES = (2_000, 3_000_000)
_MAX_CHANNELS = 1024
_EXACT_TIMES = {"mp4", "wavpack", "tta"}
# Formats whose packets are so large that they are soon counted.
_FEW_PACKETS = {"wavpack", "tta", "ape", "tak", "musepack"}
_NO_DECODER = {"optimfrog"}
_LIBSNDFILE_READS = {"wav", "aiff", "flac", "ogg", "mp3", "caf", "au", "w64", "voc"}


@dataclass(frozen=True)
class AudioInfo:
    """A file's account of itself, before any of it is decoded.

    Parameters
    ----------
    name
        The file's name, or ``None``.
    container, codec
        Formats, such as ``"mp4"`` and ``"alac"``.
    decoder
        ``"libsndfile"`` or ``"ffmpeg"``: who reads it.
    sample_rate, channels
        As stored; those of the first part where they change.
    duration
        Seconds of sound that are there, or ``None`` if decoding alone can tell.
    """

    name: str | None
    container: str
    codec: str
    decoder: str
    sample_rate: int
    channels: int
    duration: float | None

    def beginning(self, start: float, skip_intro: float) -> float:
        """Return the second to begin at: an intro is skipped in tracks twice as long, at least.

        Parameters
        ----------
        start
            Second that was asked for.
        skip_intro
            Seconds to leave out of tracks at least twice as long.

        Returns
        -------
        float
            Second of the track.
        """
        skipped = self.duration is not None and self.duration >= 2 * skip_intro
        return start + skip_intro if skipped else start


@contextmanager
def open_decoder(
    file: BinaryIO, container: Container, *, name: str | None, deadline: float
) -> Iterator[Stream]:
    """Open a file with libsndfile, or with FFmpeg where that cannot read all of it.

    Raises
    ------
    UnsupportedError
        No decoder here knows the codec, or there is no sound in the file.
    CorruptError
        Neither decoder makes anything of the file.
    TimeoutError
        The deadline passed while the file was measured.
    """
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(_OPENERS.get(container.kind, _open_other)(
                file, container, deadline
            ))  # fmt: skip
        except UnknownCodecError as error:
            message = "there is no decoder here for the codec of this file; convert it to flac"
            raise UnsupportedError(message, name) from error
        except NoSoundError as error:
            raise UnsupportedError("this file holds no sound", name) from error
        except DecodingError as error:
            raise CorruptError(
                f"this {container.kind} file is too damaged to be opened; fetch or copy it again",
                name,
            ) from error
        yield opened


@contextmanager
def _open_mpeg(file: BinaryIO, container: Container, deadline: float) -> Iterator[Stream]:
    walk = mpeg.walk(file, container.start, deadline=deadline)
    if not walk.parts:
        # Frames of a free bit rate do not tell their size; libsndfile finds it.
        with open_libsndfile(file) as opened:
            yield opened
        return
    told = walk.header.frames if walk.header is not None else None
    count = sum(part.count for part in walk.parts)
    whole = len(walk.parts) == 1 and (told is None or count >= told)
    before, behind = trimmed(walk.header, at_end=whole and count == told)
    first, *others = walk.parts
    openers = [
        partial(
            open_mpeg,
            file,
            first,
            trim=(before, behind),
            missing=walk.lost,
            damaged=walk.damaged,
            deadline=deadline,
        ),
        *(partial(open_mpeg, file, part, deadline=deadline) for part in others),
    ]
    simple = container.kind == "mp3" and not others and not walk.damaged and not walk.gaps
    # Some encoders count the header's own frame.
    if simple and told in (None, count, count + 1):
        frames = max(0, count * first.format.samples - before - behind)
        with ExitStack() as stack:
            try:
                stream = stack.enter_context(open_libsndfile(file))
            except DecodingError:
                pass
            else:
                # It reads as far as it counts, and guesses where there is no header.
                if (stream.frames or 0) > frames - first.format.samples:
                    stream = replace(stream, frames=frames)
                    yield RecoveringStream.of(stream, openers[0], intact=True)
                    return
    if others:
        yield ChainedStream.of(openers, deadline=deadline)
    else:
        with openers[0]() as opened:
            yield opened


@contextmanager
def _open_ogg(file: BinaryIO, container: Container, deadline: float) -> Iterator[Stream]:
    links = find_links(file, container.start, deadline=deadline)
    openers = [partial(_open_link, file, link, container, deadline) for link in links]
    if len(links) > 1:
        yield ChainedStream.of(openers, deadline=deadline)
    else:
        with openers[0]() as opened:
            yield opened


@contextmanager
def _open_link(
    file: BinaryIO, link: OggLink, container: Container, deadline: float
) -> Iterator[Stream]:
    bare = file if link.span == (0, size_of(file)) else section(file, [link.span])
    # Looking moves the position, on which decoders rely: it must be over before they open.
    head = read_at(bare, 0, 1 << 10)
    with ExitStack() as stack:
        opened = stack.enter_context(_open_either(bare, container, deadline))
        if opened.decoder == "libsndfile" and not _counts_all(opened, head, link):
            # The stream was cut out of another; libsndfile counts wrongly in it.
            stack.close()
            opened = stack.enter_context(_open_ffmpeg(bare, container, deadline))
        yield replace(opened, damaged=not link.whole)


def _counts_all(opened: Stream, head: bytes, link: OggLink) -> bool:
    """Whether as many frames are counted as the last page tells."""
    if opened.codec == "vorbis":
        return opened.frames == link.granule
    if opened.codec == "opus":
        skipped = head.find(b"OpusHead") + 10
        expected = link.granule - int.from_bytes(head[skipped : skipped + 2], "little")
        return abs((opened.frames or 0) * 48_000 / opened.sample_rate - expected) < 100
    return True


@contextmanager
def _open_flac(file: BinaryIO, container: Container, deadline: float) -> Iterator[Stream]:
    parts = flac.find_parts(file, container.start, deadline=deadline)
    if len(parts) > 1:
        openers = [partial(_open_flac_part, file, part, deadline) for part in parts]
        yield ChainedStream.of(openers, deadline=deadline)
    else:
        with _open_flac_part(file, parts[0], deadline) as opened:
            yield opened


@contextmanager
def _open_flac_part(file: BinaryIO, part: flac.FlacPart, deadline: float) -> Iterator[Stream]:
    present, promised = part.present, part.promised
    bare, missing = file, 0
    if part.span != (0, size_of(file)):
        bare = section(file, [part.span])
    if present is not None and (present > promised or part.complete):
        bare = section(file, [part.span], part.patch(present)) if present != promised else bare
    elif present is not None:
        missing = promised - present
    with _open_either(bare, Container("flac", declares_length=True), deadline) as opened:
        frames = opened.frames if present is None else present
        yield replace(opened, frames=frames, missing=missing)


@contextmanager
def _open_other(file: BinaryIO, container: Container, deadline: float) -> Iterator[Stream]:
    if container.kind in _NO_DECODER:
        raise UnknownCodecError(container.kind)
    wrong = patches(file, container.kind, container.start)
    bare = _bare(file, container, wrong)
    with _open_either(bare, container, deadline) as opened:
        yield opened


@contextmanager
def _open_either(file: BinaryIO, container: Container, deadline: float) -> Iterator[Stream]:
    rest = partial(_open_ffmpeg, file, container, deadline)
    with ExitStack() as stack:
        if container.kind in _LIBSNDFILE_READS:
            try:
                first = stack.enter_context(open_libsndfile(file))
            except DecodingError:
                pass
            else:
                yield RecoveringStream.of(first, rest)
                return
        yield stack.enter_context(rest())


@contextmanager
def _open_ffmpeg(file: BinaryIO, container: Container, deadline: float) -> Iterator[Stream]:
    # Here, since most files do without: importing PyAV takes as long as importing numpy.
    from linernotes.audio.ffmpeg import measure, open_ffmpeg

    # The time stamps of others are rounded or guessed, so that frames must be counted.
    seekable = container.kind in _EXACT_TIMES
    # Looking moves the position, on which decoders rely: it must be over before they open.
    sure = container.declares_length and not _may_be_cut(file, container)
    with open_ffmpeg(file, deadline=deadline, seekable=seekable) as opened:
        promised = opened.frames if container.declares_length else None
        if sure and promised is not None:
            yield opened
            return
    seconds = measure(file, deadline=deadline)
    with open_ffmpeg(file, deadline=deadline, seekable=seekable) as opened:
        frames = round(seconds * opened.sample_rate) if seconds else None
        if promised is None or frames is None:
            yield replace(opened, frames=frames)
        else:
            missing = max(0, promised - frames)
            yield replace(opened, frames=promised - missing, missing=missing)


def _may_be_cut(file: BinaryIO, container: Container) -> bool:
    """Whether there may be less than the header promises."""
    return container.kind in _FEW_PACKETS or (container.kind == "mp4" and mp4_is_cut(file))


_OPENERS = {"mp3": _open_mpeg, "aac": _open_mpeg, "ogg": _open_ogg, "flac": _open_flac}


def _bare(
    file: BinaryIO, container: Container, patched: dict[int, bytes] | None = None
) -> BinaryIO:
    """Present a file without what stands before its format, and with its header put right."""
    if not container.start and not patched:
        return file
    return section(file, [(container.start, size_of(file))], patched)


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
