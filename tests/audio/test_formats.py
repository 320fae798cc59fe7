"""Formats that people have besides those of every shop, and tags that stand before the sound."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from audio_files import (
    Song,
    dff,
    dsf,
    encoded,
    heard_by_ffmpeg,
    id3,
    mp3,
    with_pictures,
    without_header,
    write,
)
from support import make_song

from linernotes import errors
from linernotes.audio import load, probe
from linernotes.audio.container import sniff

# name -> encoder, rate, channels
ENCODED = {
    "song.wv": ("wavpack", 44100, 2),
    "song.tta": ("tta", 44100, 2),
    "song.ac3": ("ac3", 48000, 2),
    "song.eac3": ("eac3", 48000, 2),
    "song.amr": ("libopencore_amrnb", 8000, 1),
    "song.mka": ("flac", 44100, 2),
    "song.mkv": ("aac", 44100, 2),
    "song.webm": ("libopus", 48000, 2),
    "song.mov": ("aac", 44100, 2),
    "song.caf": ("alac", 44100, 2),
    "song.mp2": ("mp2", 44100, 2),
    "song.avi": ("libmp3lame", 44100, 2),
    "song.flv": ("libmp3lame", 44100, 2),
}
# How far a sample may be off: FFmpeg writes 8 bits into two of these formats.
LOSSLESS = {"song.wv": 2**-7, "song.tta": 2**-7, "song.mka": 2**-14, "song.caf": 2**-14}
WRITTEN = ("AU", "CAF", "W64", "WAV", "AIFF", "FLAC", "OGG", "MP3", "VOC")


@pytest.mark.parametrize("name", ENCODED)
def test_reads_it(tmp_path: Path, name: str) -> None:
    codec, rate, channels = ENCODED[name]
    try:
        av.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        pytest.skip(f"the FFmpeg of PyAV {av.__version__} does not write {codec}")
    song = make_song(duration=6.0, sample_rate=rate, channels=channels)
    data = encoded(tmp_path, name, song, codec, rate)
    audio = load(data)
    assert (audio.sample_rate, audio.channels) == (rate, channels)
    assert audio.duration == pytest.approx(6.0, abs=0.1)
    assert audio.duration == pytest.approx(heard_by_ffmpeg(data), abs=0.1)
    assert probe(data).duration == pytest.approx(audio.duration, abs=0.1)
    assert audio.warnings == ()
    excerpt = load(data, start=4.0, duration=1.0).samples[0]
    expected = audio.samples[0, 4 * rate : 5 * rate]
    assert np.corrcoef(excerpt, expected)[0, 1] > 0.98
    if name in LOSSLESS:
        n = min(len(song), audio.samples.shape[1])
        assert np.abs(audio.samples[:, :n].T - song[:n]).max() < LOSSLESS[name]
    assert load(id3() + data).duration == audio.duration


@pytest.mark.parametrize("make", [dsf, dff])
def test_single_bits(make) -> None:
    seconds = np.arange(66150) / 44100
    tone = 0.5 * np.sin(2 * np.pi * 1000 * seconds)
    data = make(np.stack([tone, tone], axis=1).astype(np.float32))
    audio = load(data, sample_rate=16000, mono=True)
    assert audio.duration == pytest.approx(1.5, abs=0.01)
    assert audio.warnings == ()
    spectrum = np.abs(np.fft.rfft(audio.samples[0, 4000:20000]))
    assert int(spectrum[10:].argmax()) + 10 == 1000
    assert load(id3() + data).duration == pytest.approx(1.5, abs=0.01)


@pytest.mark.parametrize("name", ["film.mp4", "film.m4v", "film.mov", "film.mkv"])
def test_sound_of_a_film(tmp_path: Path, song: Song, name: str) -> None:
    data = with_pictures(song, tmp_path, name, "aac")
    audio = load(data)
    assert audio.duration == pytest.approx(8.0, abs=0.1)
    assert audio.warnings == ()
    assert np.corrcoef(audio.samples[0][4410:300000], song[4410:300000, 0])[0, 1] > 0.9


@pytest.mark.parametrize("name", ["song.m4a", "song.mka"])
def test_eight_channels(tmp_path: Path, name: str) -> None:
    import av

    channels = make_song(duration=3.0, channels=8)
    with av.open(str(tmp_path / name), "w") as target:
        sound = target.add_stream("aac", rate=44100)
        sound.layout, sound.bit_rate = "7.1", 768_000
        frame = av.AudioFrame.from_ndarray(channels.reshape(1, -1), format="flt", layout="7.1")
        frame.sample_rate, frame.pts = 44100, 0
        resampler = av.AudioResampler(format="fltp", layout="7.1", rate=44100, frame_size=1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            target.mux(sound.encode(piece))
        target.mux(sound.encode(None))
    audio = load(tmp_path / name)
    assert audio.samples.shape[0] == 8
    assert audio.duration == pytest.approx(3.0, abs=0.1)
    for channel in (0, 1, 2, 4, 5, 6, 7):  # the other one holds low frequencies alone
        heard, played = audio.samples[channel], channels[:, channel]
        assert np.corrcoef(heard[4410:120_000], played[4410:120_000])[0, 1] > 0.9


# --- what stands before the sound ---------------------------------------------------------

BEFORE = {
    "tag": id3(),
    "footer": id3(footer=True),
    "padding": id3(padding=2000),
    "twice": id3() + id3(500, footer=True),
    "pictures": id3(5_000_000),
    "more-padding": id3() + bytes(3000),
}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("name", ["wav", "aiff", "flac", "ogg", "mp3", "opus", "m4a", "wma", "aac"])
def test_tags_before_the_sound(song_files: dict[str, Path], name: str, before: str) -> None:
    data = song_files[name].read_bytes()
    whole = load(BEFORE[before] + data)
    assert whole.warnings == ()
    np.testing.assert_allclose(whole.samples, load(data).samples, atol=1e-5)


@pytest.mark.parametrize("form", WRITTEN)
def test_tag_before_what_libsndfile_writes(song: Song, form: str) -> None:
    data = write(song, 44100, format=form)
    whole = load(io.BytesIO(id3(footer=True) + data))
    assert whole.warnings == ()
    np.testing.assert_allclose(whole.samples, load(data).samples, atol=1e-5)


@pytest.mark.parametrize("size", [1, 700, 50_000, 900_000])
def test_rubbish_before_an_mp3(song: Song, size: int) -> None:
    rubbish = np.random.default_rng(size).bytes(size).replace(b"\xff", b"\0")
    for data in (mp3(song), without_header(mp3(song))):
        audio = load(rubbish + data)
        assert audio.duration == pytest.approx(8.0, abs=0.1)
        assert audio.warnings == ()


def test_tag_that_is_not_followed_by_sound() -> None:
    for data in (id3(), id3() + b"nothing but text\n" * 100, id3() + bytes(100_000)):
        with pytest.raises(errors.NotAudioError):
            load(data)


def test_copy_protection_is_seen_behind_a_tag(song_files: dict[str, Path]) -> None:
    data = song_files["m4a"].read_bytes().replace(b"mp4a", b"drms", 1)
    with pytest.raises(errors.UnsupportedError, match="copy-protected"):
        load(id3() + data)


def test_codec_that_nobody_decodes_is_unsupported() -> None:
    with pytest.raises(errors.UnsupportedError, match="no decoder"):
        load(b"OFR \x0f" + bytes(5000))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"MAC \x96\x0f", "ape"), (b"MPCK", "musepack"), (b"MP+\x07", "musepack"),
        (b"tBaK", "tak"), (b"ajkg\x02", "shorten"), (b"\x7f\xfe\x80\x01", "dts"),
        (b"\0\0\0\x08wide", "mp4"), (b"\0\0\x10\0moov", "mp4"), (b".RMF", "realmedia"),
        (b"\0\0\0\0\xf8\x72\x6f\xba", "truehd"), (b"\0\0\0\0\xf8\x72\x6f\xbb", "mlp"),
    ],
)  # fmt: skip
def test_formats_that_no_encoder_here_writes_are_recognised(head: bytes, kind: str) -> None:
    assert sniff(io.BytesIO(head + bytes(5000))).kind == kind
    assert sniff(io.BytesIO(id3() + head + bytes(5000))).kind == kind


def test_text_is_no_film() -> None:
    for data in (b"The free songs of tomorrow" * 200, b"The wide, wide world\n" * 200):
        with pytest.raises(errors.NotAudioError):
            load(data)
