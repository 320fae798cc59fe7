"""Files as people have them and encoders do not write them, made of healthy ones."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from support import encode

Song = NDArray[np.float32]


def write(song: Song, rate: int, **options: Any) -> bytes:
    """Return a file that libsndfile writes."""
    buffer = io.BytesIO()
    soundfile.write(buffer, song, rate, **options)
    return buffer.getvalue()


def mp3(song: Song, rate: int = 44100, **options: Any) -> bytes:
    """Return an MP3 with a Xing header."""
    return write(song, rate, format="MP3", **options)


def frames_of(data: bytes) -> list[bytes]:
    """Cut an MP3 of layer III, without tags, into its frames."""
    rates = {0xE0: (11025, 12000, 8000), 0xF0: (22050, 24000, 16000), 0xF8: (44100, 48000, 32000)}
    bits = {
        True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
        False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    }
    frames, place = [], 0
    while place < len(data):
        first = data[place + 1] & 0xF8
        rate = rates[first][data[place + 2] >> 2 & 3]
        kilobits = bits[first == 0xF8][(data[place + 2] >> 4) - 1]
        slots = 144 if first == 0xF8 else 72
        size = slots * kilobits * 1000 // rate + (data[place + 2] >> 1 & 1)
        frames.append(data[place : place + size])
        place += size
    return frames


def without_header(data: bytes) -> bytes:
    """Leave out the frame of an MP3 that holds the Xing header."""
    return b"".join(frames_of(data)[1:])


def with_count(data: bytes, factor: float) -> bytes:
    """Make the Xing header of an MP3 tell another number of frames."""
    place = max(data.find(b"Xing", 0, 200), data.find(b"Info", 0, 200)) + 8
    count = int.from_bytes(data[place : place + 4], "big")
    return data[:place] + struct.pack(">I", round(count * factor)) + data[place + 4 :]


def with_vbri(data: bytes, factor: float = 1.0) -> bytes:
    """Put the header of Fraunhofer's encoder in place of the Xing header of an MP3."""
    header, *frames = frames_of(data)
    count = round(len(frames) * factor)
    vbri = b"VBRI" + struct.pack(">HHHIIHHHH", 1, 0, 75, len(data), count, 0, 1, 2, 1)
    return (header[:4] + bytes(32) + vbri).ljust(len(header), b"\0") + b"".join(frames)


def id3(size: int = 64, *, footer: bool = False, padding: int = 0) -> bytes:
    """Return an ID3v2 tag with a comment of some size."""
    content = b"COMM" + struct.pack(">I", size) + b"\0\0" + b"\0eng\0".ljust(size, b"x")
    content += bytes(0 if footer else padding)
    length = bytes(len(content) >> shift & 0x7F for shift in (21, 14, 7, 0))
    if footer:
        return b"ID3\4\0\x10" + length + content + b"3DI\4\0\x10" + length
    return b"ID3\3\0\0" + length + content


def tags_at_end() -> bytes:
    """Return what stands behind the sound: Lyrics3, APE and ID3v1 tags."""
    item = struct.pack("<II", 4, 0) + b"Title\0Song"
    sizes = struct.pack("<III", 2000, 32 + len(item), 1)
    ape = b"APETAGEX" + sizes + b"\0\0\0\xa0" + bytes(8) + item
    ape += b"APETAGEX" + sizes + b"\0\0\0\x80" + bytes(8)
    lyrics = b"LYRICSBEGININD0000200"
    lyrics += b"%06dLYRICS200" % len(lyrics)
    return lyrics + ape + b"TAG" + b"Song".ljust(125, b"\0")


def patched(data: bytes, offset: int, patch: bytes) -> bytes:
    """Replace bytes at an offset."""
    return data[:offset] + patch + data[offset + len(patch) :]


def with_total(flac: bytes, frames: int) -> bytes:
    """Make the header of a FLAC file tell another length."""
    word = int.from_bytes(flac[18:26], "big") >> 36 << 36 | frames
    return patched(flac, 18, word.to_bytes(8, "big"))


def encoded(folder: Path, name: str, song: Song, codec: str, rate: int = 44100) -> bytes:
    """Return what one of FFmpeg's encoders and the muxer of a suffix make of a song."""
    return encode(folder / name, song, rate, codec).read_bytes()


class _Pipe(io.RawIOBase):
    """What can be written but not sought in, as a program's output."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


def streamed(data: bytes, muxer: str, *, pause: int = 0) -> bytes:
    """Return the sound of a file as it is written to where nobody can go back to the header.

    ``pause`` are seconds in the middle for which there is no sound.
    """
    pipe = _Pipe()
    with av.open(io.BytesIO(data)) as source, av.open(pipe, "w", format=muxer) as target:
        track = target.add_stream_from_template(source.streams.audio[0])
        sound = source.streams.audio[0]
        for packet in source.demux(sound):
            if packet.size:
                if packet.pts * sound.time_base > 6:
                    packet.pts += round(pause / sound.time_base)
                    packet.dts = packet.pts
                packet.stream = track
                target.mux(packet)
    return pipe.data


def heard_by_ffmpeg(data: bytes) -> float:
    """Seconds that FFmpeg's full decode yields, its own way."""
    seconds = 0.0
    with av.open(io.BytesIO(data)) as container:
        for packet in container.demux(container.streams.audio[0]):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            seconds += sum(frame.samples / frame.sample_rate for frame in frames)
    return seconds


def _bits(song: Song) -> NDArray[np.uint8]:
    """Turn samples of shape (n, channels) into a stream of single bits, 64 for each."""
    level = np.cumsum(0.5 + 0.4 * np.repeat(song.astype(np.float64), 64, axis=0), axis=0)
    return np.diff(np.floor(level), axis=0, prepend=0).astype(np.uint8)


def dsf(song: Song, rate: int = 44100) -> bytes:
    """Return a file of single bits in Sony's container (DSF file format specification)."""
    bits, block = _bits(song), 4096
    packed = np.packbits(bits, axis=0, bitorder="little")
    packed = np.pad(packed, ((0, -len(packed) % block), (0, 0)))
    data = packed.T.reshape(song.shape[1], -1, block).transpose(1, 0, 2).tobytes()
    form = struct.pack("<IIIIIIQII", 1, 0, 2, song.shape[1], rate * 64, 1, len(bits), block, 0)
    chunks = b"fmt " + struct.pack("<Q", 52) + form
    chunks += b"data" + struct.pack("<Q", 12 + len(data)) + data
    return b"DSD " + struct.pack("<QQQ", 28, 28 + len(chunks), 0) + chunks


def dff(song: Song, rate: int = 44100) -> bytes:
    """Return a file of single bits in Philips' container (DSDIFF specification)."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return name + struct.pack(">Q", len(content)) + content + b"\0" * (len(content) % 2)

    compression = b"DSD \x0enot compressed\0"
    properties = b"SND " + chunk(b"FS  ", struct.pack(">I", rate * 64))
    properties += chunk(b"CHNL", struct.pack(">H", 2) + b"SLFTSRGT") + chunk(b"CMPR", compression)
    content = b"DSD " + chunk(b"FVER", bytes([1, 5, 0, 0])) + chunk(b"PROP", properties)
    return chunk(b"FRM8", content + chunk(b"DSD ", np.packbits(_bits(song), axis=0).tobytes()))


def with_pictures(song: Song, folder: Path, name: str, codec: str) -> bytes:
    """Return a film with the song as its sound."""
    path = folder / name
    with av.open(str(path), "w") as target:
        film = target.add_stream("mpeg4", rate=10)
        film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        sound = target.add_stream(codec, rate=44100)
        sound.layout, sound.bit_rate = "stereo", 192_000
        for number in range(len(song) // 4410):
            picture = av.VideoFrame.from_ndarray(
                np.full((48, 64, 3), number % 255, np.uint8), format="rgb24"
            )
            target.mux(film.encode(picture))
        target.mux(film.encode(None))
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(song.T), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = 44100, 0
        resampler = av.AudioResampler(
            format=sound.codec_context.format,
            layout="stereo",
            rate=44100,
            frame_size=sound.codec_context.frame_size or 1024,
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            target.mux(sound.encode(piece))
        target.mux(sound.encode(None))
    return path.read_bytes()
