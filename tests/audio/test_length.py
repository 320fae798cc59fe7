"""How long a file is, is found by reading it, and all of it is heard."""

from __future__ import annotations

import contextlib
import io
import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from audio_files import (
    Song,
    encoded,
    frames_of,
    heard_by_ffmpeg,
    id3,
    mp3,
    patched,
    streamed,
    tags_at_end,
    with_count,
    with_total,
    with_vbri,
    without_header,
    write,
)
from support import encode, make_song

from linernotes import errors
from linernotes.audio import Audio, load, probe, stream

VBR = {"bitrate_mode": "VARIABLE", "compression_level": 0.3}
CBR = {"bitrate_mode": "CONSTANT", "compression_level": 0.6}


@pytest.fixture(scope="module")
def long_song() -> Song:
    return make_song(duration=12.0)


@pytest.fixture(scope="module")
def loud_then_quiet(long_song: Song) -> Song:
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, (44100, 2)).astype(np.float32)
    return np.concatenate([noise, 0.05 * long_song])


def assert_all_is_heard(data: bytes, seconds: float, *, ffmpeg: bool = True) -> Audio:
    """Check length, silence about damage, and that its second half can be entered."""
    audio = load(data)
    assert audio.duration == pytest.approx(seconds, abs=0.1)
    assert audio.warnings == ()
    assert probe(data).duration == pytest.approx(audio.duration, abs=0.1)
    if ffmpeg:
        assert audio.duration == pytest.approx(heard_by_ffmpeg(data), abs=0.1)
    start = 0.7 * seconds
    excerpt = load(data, start=start, duration=1.0).samples[0]
    first = round(start * audio.sample_rate)
    whole = audio.samples[0, first : first + len(excerpt)]
    assert len(excerpt) == audio.sample_rate
    # AAC makes noise up, so that it is never the same.
    assert np.corrcoef(whole, excerpt)[0, 1] > 0.98
    return audio


# --- MP3 ----------------------------------------------------------------------------------


def joined(long_song: Song, between: bytes) -> bytes:
    return mp3(long_song, **CBR) + between + mp3(long_song[: 8 * 44100], **CBR)


@pytest.mark.parametrize(
    "between",
    [b"", id3(), tags_at_end() + id3(200_000), bytes(3000), id3(footer=True) + bytes(500)],
    ids=["nothing", "id3", "tags", "zeros", "footer"],
)
def test_joined_mp3(long_song: Song, between: bytes) -> None:
    audio = assert_all_is_heard(joined(long_song, between), 20.05)
    assert is_heard_in(audio.samples[0], long_song[5 * 44100 : 6 * 44100, 0])


def is_heard_in(sound: np.ndarray, piece: np.ndarray) -> bool:
    """Whether a second of the song is in the last nine seconds of a sound."""
    sound = sound[-9 * len(piece) :]
    found = int(np.correlate(sound, piece, "valid").argmax())
    return bool(np.corrcoef(sound[found : found + len(piece)], piece)[0, 1] > 0.95)


def test_mp3_joined_of_different_rates_and_channels(long_song: Song) -> None:
    mono = make_song(duration=9.0, sample_rate=16000, channels=1)
    first, second = mp3(long_song), mp3(mono, 16000)
    assert_all_is_heard(first + id3() + second, 21.1)
    audio = assert_all_is_heard(second + first, 21.1)
    assert (audio.sample_rate, audio.channels) == (16000, 1)
    # The pitch stays, and the place: the end of the second song is that of the song alone.
    alone = load(first, sample_rate=16000, mono=True).samples[0]
    assert is_heard_in(audio.samples[0], alone[-32000:-16000])


def test_vbr_without_a_header(long_song: Song, loud_then_quiet: Song) -> None:
    assert_all_is_heard(without_header(mp3(long_song, **VBR)), 12.05)
    loud = without_header(mp3(loud_then_quiet, **VBR))
    assert len({len(frame) for frame in frames_of(loud)}) > 4
    assert_all_is_heard(loud, 13.05)
    assert_all_is_heard(id3() + loud + tags_at_end(), 13.05)


@pytest.mark.parametrize("factor", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("header", [with_count, with_vbri])
def test_header_that_tells_another_length(
    loud_then_quiet: Song, header: Callable[[bytes, float], bytes], factor: float
) -> None:
    data = header(mp3(loud_then_quiet, **VBR), factor)
    assert_all_is_heard(data, 13.03)


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (8000, 2), (22050, 1), (48000, 2)])
def test_mp3_of_other_rates(rate: int, channels: int) -> None:
    song = make_song(duration=9.0, sample_rate=rate, channels=channels)
    whole = mp3(song, rate, **VBR)
    assert_all_is_heard(whole, 9.0)
    assert_all_is_heard(without_header(whole), 9.1)
    # Cut in the middle of a frame, as recorders do.
    assert_all_is_heard(without_header(whole)[100:], 9.05)


def test_layer_two(tmp_path: Path, long_song: Song) -> None:
    data = encoded(tmp_path, "song.mp2", long_song, "mp2")
    assert_all_is_heard(data, 12.0)
    assert_all_is_heard(data + data, 24.0)


def test_free_bit_rate(long_song: Song) -> None:
    frames = frames_of(mp3(long_song, **CBR))[1:]
    data = b"".join(frame[:2] + bytes([frame[2] & 0x0F]) + frame[3:] for frame in frames)
    for free in (data, id3() + data):
        # FFmpeg knows nothing of it.
        audio = assert_all_is_heard(free, 12.05, ffmpeg=False)
        np.testing.assert_array_equal(audio.samples, load(b"".join(frames)).samples)


def test_piece_cut_out_of_an_mp3_is_healthy(long_song: Song) -> None:
    frames = frames_of(mp3(long_song, **CBR))
    audio = load(b"".join([frames[0], *frames[1:300]]))
    assert audio.duration == pytest.approx(299 * 1152 / 44100, abs=0.1)
    assert audio.warnings == ()
    assert load(b"".join(frames[100:300])).warnings == ()


# --- AAC ------------------------------------------------------------------------------------


def test_joined_aac(tmp_path: Path, long_song: Song) -> None:
    mono = make_song(duration=9.0, sample_rate=22050, channels=1)
    first = encoded(tmp_path, "first.aac", long_song, "aac")
    second = encoded(tmp_path, "second.aac", mono, "aac", 22050)
    assert_all_is_heard(first, 12.05)
    assert_all_is_heard(id3() + first + first, 24.1)
    assert_all_is_heard(first + id3() + second, 21.1, ffmpeg=False)


def test_m4a_leaves_out_what_the_encoder_added(tmp_path: Path, long_song: Song) -> None:
    for name, codec in (("a.m4a", "aac"), ("b.m4a", "alac"), ("c.mov", "aac"), ("d.mp4", "mp2")):
        assert_all_is_heard(encoded(tmp_path, name, long_song, codec), 12.0)


# --- ogg --------------------------------------------------------------------------------------


def test_chained_ogg(long_song: Song) -> None:
    vorbis = write(long_song, 44100, format="OGG", subtype="VORBIS")
    mono = make_song(duration=9.0, sample_rate=22050, channels=1)
    other = write(mono, 22050, format="OGG", subtype="VORBIS")
    opus = write(make_song(duration=9.0, sample_rate=48000), 48000, format="OGG", subtype="OPUS")
    # FFmpeg stops at some joints.
    assert_all_is_heard(vorbis + vorbis, 24.0, ffmpeg=False)
    assert_all_is_heard(vorbis + other, 21.0, ffmpeg=False)
    assert_all_is_heard(other + opus + vorbis, 30.0, ffmpeg=False)
    audio = assert_all_is_heard(id3() + opus + opus, 18.0, ffmpeg=False)
    assert audio.sample_rate == 48000


def test_chain_that_is_broken_off(long_song: Song) -> None:
    vorbis = write(long_song, 44100, format="OGG", subtype="VORBIS")
    audio = load(vorbis + vorbis[: len(vorbis) // 2])
    assert 15 < audio.duration < 20
    assert "damaged" in audio.warnings[0]


# --- flac, wav, aiff, au ------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.0, 0.4, 2.5])
def test_flac_that_tells_another_length(long_song: Song, factor: float) -> None:
    flac = write(long_song, 44100, format="FLAC")
    data = with_total(flac, round(factor * len(long_song)))
    audio = assert_all_is_heard(data, 12.0)
    np.testing.assert_array_equal(audio.samples, load(flac).samples)


def test_joined_flac(long_song: Song) -> None:
    flac = write(long_song, 44100, format="FLAC")
    short = write(long_song[: 8 * 44100], 44100, format="FLAC")
    assert_all_is_heard(flac + short, 20.0)
    assert_all_is_heard(id3() + flac + id3() + flac, 24.0)


def test_flac_without_a_length_that_is_broken_off(long_song: Song) -> None:
    flac = with_total(write(long_song, 44100, format="FLAC"), 0)
    audio = load(flac[: len(flac) // 2])
    assert 3 < audio.duration < 9
    assert audio.warnings


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_wav_that_was_streamed(long_song: Song, size: int) -> None:
    wav = write(long_song, 44100, format="WAV")
    for offsets in ((40,), (4, 40)):
        data = wav
        for offset in offsets:
            data = patched(data, offset, struct.pack("<I", size))
        audio = assert_all_is_heard(data, 12.0)
        np.testing.assert_array_equal(audio.samples, load(wav).samples)


def test_wav_beyond_four_gigabytes(long_song: Song) -> None:
    rf64 = write(long_song, 44100, format="RF64")
    expected = load(write(long_song, 44100, format="WAV")).samples
    sizes = rf64.find(b"ds64") + 8
    for data in (rf64, b"BW64" + rf64[4:], patched(rf64, sizes, bytes(16))):
        audio = assert_all_is_heard(data, 12.0, ffmpeg=False)
        np.testing.assert_array_equal(audio.samples, expected)


def test_w64(long_song: Song) -> None:
    assert_all_is_heard(write(long_song, 44100, format="W64"), 12.0)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_aiff_that_was_streamed(long_song: Song, size: int) -> None:
    aiff = write(long_song, 44100, format="AIFF")
    sound = aiff.find(b"SSND") + 4
    data = patched(patched(aiff, sound, struct.pack(">I", size)), 4, struct.pack(">I", size))
    # FFmpeg reads no sound in a chunk of no size.
    audio = assert_all_is_heard(data, 12.0, ffmpeg=size > 0)
    np.testing.assert_array_equal(audio.samples, load(aiff).samples)


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "FLOAT", "IMA_ADPCM", "PCM_S8"])
def test_compressed_aiff(long_song: Song, subtype: str) -> None:
    assert_all_is_heard(write(long_song, 44100, format="AIFF", subtype=subtype), 12.0)


@pytest.mark.parametrize("size", [0, 1000, 0xFFFFFFFF])
def test_au_that_was_streamed(long_song: Song, size: int) -> None:
    au = write(long_song, 44100, format="AU")
    data = patched(au, 8, struct.pack(">I", size))
    assert_all_is_heard(data, 12.0, ffmpeg=size > 0)


def test_empty_wav_is_too_short() -> None:
    wav = write(np.zeros((0, 2), np.float32), 44100, format="WAV")
    with pytest.raises(errors.TooShortError):
        load(wav + b"LIST" + struct.pack("<I", 4) + b"INFO")


# --- containers that FFmpeg reads -----------------------------------------------------------------


def test_streams_whose_length_nobody_knew(tmp_path: Path, long_song: Song) -> None:
    for muxer, name, codec in (
        ("matroska", "a.mka", "flac"),
        ("asf", "b.wma", "wmav2"),
        ("mp4", "c.m4a", "aac"),
    ):
        whole = encoded(tmp_path, name, long_song, codec)
        if muxer != "mp4":
            assert_all_is_heard(streamed(whole, muxer), 12.0)
        assert_all_is_heard(whole, 12.0)


def test_pause_in_a_recording_is_no_loss(tmp_path: Path, long_song: Song) -> None:
    data = streamed(encoded(tmp_path, "a.mka", long_song, "flac"), "matroska", pause=5)
    assert_all_is_heard(data, 12.0)


# --- damage ---------------------------------------------------------------------------------------


def lost_seconds(audio: Audio) -> float:
    return float(audio.warnings[0].split(": ")[1].split(" s ")[0])


def test_hole_in_an_mp3_without_a_header(long_song: Song) -> None:
    data = without_header(mp3(long_song, **CBR))
    third, hole = len(data) // 3, len(data) // 6
    audio = load(data[:third] + bytes(hole) + data[third + hole :])
    assert audio.duration == pytest.approx(10.0, abs=0.3)
    assert lost_seconds(audio) == pytest.approx(2.0, abs=0.3)
    ended = load(data[:-hole] + bytes(hole))
    assert ended.duration == pytest.approx(10.0, abs=0.3)
    assert lost_seconds(ended) == pytest.approx(2.0, abs=0.3)


def test_truncated_mp3_begins_where_it_begins(long_song: Song) -> None:
    data = mp3(long_song, **CBR)
    half = data[: len(data) // 2]
    assert probe(half).duration == pytest.approx(6.0, abs=0.3)
    assert load(half, start=2, duration=3).warnings == ()
    with pytest.raises(errors.TooShortError, match=r"ends at [56]\.\d s"):
        load(half, start=7)


def test_hostile_files_end_in_time() -> None:
    for data in (
        mp3(make_song(duration=2.0)) + b"\xff\xfb\x90\x00" * 2_000_000,
        b"\xff\xfb\x90" * 3_000_000,
        b"\xff\xff\xff\xff" * 2_000_000,
        b"OggS\0" * 1_000_000,
        b"fLaC\x00\x00\x00\x22" * 500_000,
        id3(10, padding=10) * 200_000,
    ):
        began = time.monotonic()
        with contextlib.suppress(errors.AudioError):
            load(data, timeout=5)
        assert time.monotonic() - began < 30


def test_time_out_while_the_frames_are_walked(long_song: Song) -> None:
    with pytest.raises(errors.TimeOutError):
        load(joined(long_song, b""), timeout=0)


# --- excerpts -------------------------------------------------------------------------------------


def test_windows_are_laid_over_the_whole_of_a_joined_file(long_song: Song) -> None:
    data = joined(long_song, id3())
    assert load(data, skip_intro=8).duration == pytest.approx(12.05, abs=0.1)
    assert load(data, start=14).duration == pytest.approx(6.05, abs=0.1)
    with stream(io.BytesIO(data), start=11.5, duration=2.0) as blocks:
        assert sum(block.shape[1] for block in blocks) == 88200


@pytest.mark.parametrize("name", ["song.m4a", "song.wv", "song.tta", "song.flac", "song.aac"])
def test_what_is_left_of_a_broken_off_file_is_known(
    tmp_path: Path, long_song: Song, name: str
) -> None:
    if name == "song.flac":
        data = write(long_song, 44100, format="FLAC")
    else:
        codec = {"song.wv": "wavpack", "song.tta": "tta"}.get(name, "aac")
        options = {"movflags": "faststart"} if name == "song.m4a" else {}
        path = encode(tmp_path / name, long_song, 44100, codec, options)
        data = path.read_bytes()
    half = data[: len(data) // 2]
    audio = load(half)
    assert probe(half).duration == pytest.approx(audio.duration, abs=1.1)
    assert 3 < audio.duration < 9
    if name == "song.aac":  # nobody knows how much there was
        assert audio.warnings == ()
    else:
        assert lost_seconds(audio) == pytest.approx(12 - audio.duration, abs=0.1)
