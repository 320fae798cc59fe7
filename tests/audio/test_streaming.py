"""Decoding: every format, excerpts, memory, damage."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from listening_support import DecodingCounter
from numpy.typing import NDArray
from support import as_nobody, encode, make_song, on_linux, peak_memory

from linernotes import errors
from linernotes.audio import Audio, load, probe, stream
from linernotes.audio.ffmpeg import open_ffmpeg
from linernotes.audio.libsndfile import open_libsndfile

LOSSLESS = ("wav", "aiff", "flac", "alac")
FORMATS = ("wav", "aiff", "flac", "ogg", "mp3", "opus", "m4a", "alac", "wma", "aac")


def correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    n = min(len(first), len(second))
    return float(np.corrcoef(first[:n], second[:n])[0, 1])


@pytest.mark.parametrize("name", FORMATS)
def test_reads_every_format_in_stereo(song_files: dict[str, Path], song, name: str) -> None:
    audio = load(song_files[name])
    assert audio.channels == 2
    assert audio.sample_rate == (48000 if name == "opus" else 44100)
    assert audio.samples.dtype == np.float32
    assert audio.samples.flags.c_contiguous
    assert audio.duration == pytest.approx(8.0, abs=0.06)
    assert audio.warnings == ()
    if name in LOSSLESS:
        # 16 bits: half a step of rounding, and a step where the encoder rounds otherwise.
        assert np.abs(audio.samples.T - song).max() <= 1 / 32768 + 1e-6
    elif name not in ("opus", "wma", "aac"):  # those delay, or have another rate
        assert correlation(audio.samples[0], song[:, 0]) > 0.97


@pytest.mark.parametrize("name", ["mp3", "m4a", "wma"])
def test_bytes_and_file_objects_equal_the_path(song_files: dict[str, Path], name: str) -> None:
    path = song_files[name]
    expected = load(path).samples
    data = path.read_bytes()

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with path.open("rb") as file:
        sources = [data, bytearray(data), memoryview(data), io.BytesIO(data), Pipe(data), file]
        for source in sources:
            np.testing.assert_array_equal(load(source).samples, expected)
        assert load(file).name == str(path)
    assert load(data).name is None


def test_probe_tells_without_decoding(song_files: dict[str, Path]) -> None:
    info = probe(song_files["alac"])
    assert (info.container, info.codec, info.decoder) == ("mp4", "alac", "ffmpeg")
    assert (info.sample_rate, info.channels) == (44100, 2)
    assert info.duration == pytest.approx(8.0, abs=0.01)
    assert probe(song_files["flac"]).decoder == "libsndfile"


def test_mono_is_the_mean_of_the_channels(song_files: dict[str, Path]) -> None:
    stereo, mono = load(song_files["wav"]), load(song_files["wav"], mono=True)
    np.testing.assert_allclose(mono.samples[0], stereo.samples.mean(axis=0), atol=1e-7)


@pytest.mark.parametrize("to_rate", [16000, 22050, 48000])
def test_resampling_keeps_a_tone_and_its_length(tmp_path: Path, to_rate: int) -> None:
    time = np.arange(44100 * 3) / 44100
    soundfile.write(tmp_path / "tone.wav", np.sin(2 * np.pi * 1000 * time), 44100, "FLOAT")
    audio = load(tmp_path / "tone.wav", sample_rate=to_rate)
    assert audio.samples.shape == (1, 3 * to_rate)
    expected = np.sin(2 * np.pi * 1000 * np.arange(3 * to_rate) / to_rate)
    middle = slice(to_rate, 2 * to_rate)
    np.testing.assert_allclose(audio.samples[0, middle], expected[middle], atol=1e-4)


@pytest.mark.parametrize("name", ["wav", "flac", "mp3", "ogg", "m4a", "alac", "wma"])
def test_excerpt_is_a_piece_of_the_whole(song_files: dict[str, Path], name: str) -> None:
    whole = load(song_files[name]).samples
    excerpt = load(song_files[name], start=4.5, duration=2.0).samples
    assert excerpt.shape == (2, 88200)
    first = round(4.5 * 44100)
    expected = whole[:, first : first + 88200]
    assert correlation(excerpt[0], expected[0]) > 0.999


def test_intro_is_skipped_only_of_tracks_long_enough(song_files: dict[str, Path]) -> None:
    assert load(song_files["wav"], skip_intro=3).duration == pytest.approx(5.0)
    assert load(song_files["wav"], skip_intro=5).duration == pytest.approx(8.0)
    assert load(song_files["wav"], skip_intro=3, start=1).duration == pytest.approx(4.0)


def test_start_behind_the_end_is_too_short(song_files: dict[str, Path]) -> None:
    with pytest.raises(errors.TooShortError, match=r"ends at 8\.0 s"):
        load(song_files["wav"], start=9)


@pytest.mark.parametrize(
    "options",
    [{"start": -1}, {"duration": 0}, {"skip_intro": -1}, {"sample_rate": 0}, {"sample_rate": 1}],
)
def test_impossible_options_are_refused(song_files: dict[str, Path], options) -> None:
    with pytest.raises(ValueError, match="must be"):
        load(song_files["wav"], **options)


@settings(max_examples=20, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 30000), min_size=1, max_size=6),
    rate=st.sampled_from([8000, 48000]),
)
def test_resampling_does_not_depend_on_the_blocks(cuts: list[int], rate: int) -> None:
    from linernotes.audio.signal import resample_blocks

    samples = np.random.default_rng(0).standard_normal((40000, 2)).astype(np.float32)
    edges = np.unique(np.clip(np.cumsum([0, *cuts]), 0, 40000))
    blocks = np.split(samples, edges[1:]) if len(edges) > 1 else [samples]
    once = list(resample_blocks([samples], from_rate=44100, to_rate=rate, channels=2))
    cut = list(resample_blocks(blocks, from_rate=44100, to_rate=rate, channels=2))
    np.testing.assert_array_equal(np.concatenate(cut), np.concatenate(once))


@on_linux
@pytest.mark.slow
def test_memory_is_bounded_for_ten_hours(tmp_path: Path) -> None:
    path = tmp_path / "long.mp3"
    minute = make_song(duration=60, sample_rate=8000, channels=1)
    bare = {"write_xing": "0", "id3v2_version": "0"}  # so that copies can be joined
    encode(path, minute, 8000, "libmp3lame", bare)
    path.write_bytes(path.read_bytes() * 600)
    script = (
        "import sys\n"
        "from linernotes.audio import stream\n"
        "with stream(sys.argv[1], mono=True) as blocks:\n"
        "    n = sum(block.shape[1] for block in blocks)\n"
        "print(n / blocks.sample_rate / 3600)\n"
    )
    megabytes, hours = peak_memory(script, path)
    assert float(hours) == pytest.approx(10, abs=0.05)
    assert megabytes < 200


def test_array_passes_the_same_checks(song) -> None:
    assert load(Audio(song.T, 44100), sample_rate=16000).samples.shape == (2, 128000)
    with pytest.raises(errors.SilentError):
        load(Audio(np.zeros((1, 44100), dtype=np.float32), 22050))
    with pytest.raises(errors.TooShortError):
        load(Audio(song.T[:, :4410], 44100))


# --- what cannot be listened to ---------------------------------------------------------


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    with pytest.raises(errors.EmptyFileError) as caught:
        load(tmp_path / "empty.mp3")
    assert caught.value.code == "empty"
    assert caught.value.file == str(tmp_path / "empty.mp3")
    assert str(tmp_path / "empty.mp3") in str(caught.value)
    with pytest.raises(errors.EmptyFileError):
        load(b"")


@pytest.mark.parametrize(
    "data",
    [
        b"These are my favourite songs:\n" * 50,
        np.random.default_rng(0).bytes(500_000),
        Path(sys.executable).resolve().read_bytes(),
        Path(np.random.mtrand.__file__).read_bytes(),
        b"\x00" * 100_000,
        b"\xff" * 100_000,
        b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10),
        b"x",
    ],
    ids=["text", "random", "program", "shared-library", "zeros", "ones", "only-id3", "one-byte"],
)
def test_not_audio(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(data)
    with pytest.raises(errors.NotAudioError) as caught:
        load(path, timeout=20)
    assert caught.value.code == "not-audio"


def test_random_bytes_behind_each_signature_neither_crash_nor_hang(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    signatures = [
        b"RIFF\x00\x10\x00\x00WAVEfmt ", b"fLaC", b"OggS", b"FORM\x00\x00\x10\x00AIFFCOMM",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"\x00\x00\x00\x20ftypM4A ", b"\x1a\x45\xdf\xa3",
        b"wvpk", b"MAC ", b"TTA1", b"#!AMR", b"\x0b\x77", b"caff", b".snd",
    ]  # fmt: skip
    for signature in signatures:
        data = signature + rng.bytes(200_000)
        with pytest.raises(errors.AudioError) as caught:
            load(data, timeout=20)
        assert caught.value.code in {"corrupt", "unsupported", "too-short", "silent"}


def test_too_short(song) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, song[: int(0.2 * 44100)], 44100, format="WAV")
    with pytest.raises(errors.TooShortError, match=r"0\.2 s") as caught:
        load(buffer)
    assert caught.value.code == "too-short"


@pytest.mark.parametrize("level", [0.0, 0.25, 1e-6])
def test_silent(level: float) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.full((88200, 2), level), 44100, "FLOAT", format="WAV")
    with pytest.raises(errors.SilentError) as caught:
        load(buffer)
    assert caught.value.code == "silent"


def test_not_allowed_to_read(tmp_path: Path, song_files: dict[str, Path]) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(song_files["wav"].read_bytes())
    secret.chmod(0)
    with as_nobody(), pytest.raises(errors.UnreadableError, match="not allowed") as caught:
        load(secret)
    assert caught.value.code == "unreadable"


def test_dangling_link_folder_pipe_and_absent(tmp_path: Path) -> None:
    (tmp_path / "link.mp3").symlink_to(tmp_path / "gone.mp3")
    os.mkfifo(tmp_path / "pipe.mp3")
    cases = {"link.mp3": "link", "pipe.mp3": "regular", "absent.mp3": "no such", ".": "folder"}
    for name, message in cases.items():
        with pytest.raises(errors.UnreadableError, match=message):
            load(tmp_path / name)
    with pytest.raises(errors.UnreadableError):
        load("bad\0name.mp3")


def test_copy_protected(song_files: dict[str, Path], tmp_path: Path) -> None:
    data = song_files["m4a"].read_bytes()
    assert data.count(b"mp4a") >= 1
    with pytest.raises(errors.UnsupportedError, match="copy-protected") as caught:
        load(data.replace(b"mp4a", b"drms", 1))
    assert caught.value.code == "unsupported"
    # An empty "content encryption" object joins the header of a WMA file.
    asf = song_files["wma"].read_bytes()
    secret = bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e") + (24).to_bytes(8, "little")
    size = int.from_bytes(asf[16:24], "little") + len(secret)
    count = int.from_bytes(asf[24:28], "little") + 1
    header = asf[:16] + size.to_bytes(8, "little") + count.to_bytes(4, "little") + asf[28:30]
    with pytest.raises(errors.UnsupportedError, match="copy-protected"):
        load(header + secret + asf[30:])


def test_time_out(song_files: dict[str, Path]) -> None:
    for name in ("wav", "m4a"):
        with pytest.raises(errors.TimeOutError) as caught:
            load(song_files[name], timeout=0)
        assert caught.value.code == "time-out"


def test_absurd_headers_are_unsupported(song) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, song, 44100, format="WAV")
    data = bytearray(buffer.getvalue())
    data[24:28] = (1).to_bytes(4, "little")  # one sample a second
    with pytest.raises(errors.UnsupportedError, match="1 Hz"):
        load(bytes(data), sample_rate=16000)


# --- what is damaged but can be used ------------------------------------------------------


def lost_seconds(audio: Audio) -> float:
    assert len(audio.warnings) == 1
    return float(audio.warnings[0].split(": ")[1].split(" s ")[0])


@pytest.fixture(scope="module")
def long_files(tmp_path_factory: pytest.TempPathFactory, song) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("long")
    long = np.tile(song, (4, 1))
    files = {}
    for name in ("mp3", "flac", "wav", "ogg", "aiff"):
        files[name] = folder / f"long.{name}"
        soundfile.write(files[name], long, 44100)
    return files


@pytest.mark.parametrize("name", ["mp3", "flac", "wav", "aiff"])
def test_truncated_file_is_used_and_its_loss_told(long_files: dict[str, Path], name: str) -> None:
    data = long_files[name].read_bytes()
    audio = load(data[: len(data) // 2], timeout=30)
    assert 10 < audio.duration < 22
    assert lost_seconds(audio) == pytest.approx(32 - audio.duration, abs=0.11)
    assert "of 32.0 s" in audio.warnings[0]


def test_truncated_ogg_is_used_with_a_warning(long_files: dict[str, Path]) -> None:
    data = long_files["ogg"].read_bytes()
    audio = load(data[: len(data) // 2])
    assert 10 < audio.duration < 22
    assert "damaged" in audio.warnings[0]


@pytest.mark.parametrize("fill", ["zeros", "cut", "random"])
def test_mp3_with_a_hole(long_files: dict[str, Path], fill: str) -> None:
    data = long_files["mp3"].read_bytes()
    middle = len(data) // 3
    filling = {
        "zeros": bytes(50_000), "cut": b"", "random": np.random.default_rng(0).bytes(50_000)
    }[fill]  # fmt: skip
    audio = load(data[:middle] + filling + data[middle + 50_000 :], timeout=30)
    assert audio.duration > 26
    assert np.abs(audio.samples).max() <= 4
    assert 0.5 < lost_seconds(audio) < 6


def test_bit_flips_never_reach_the_samples(long_files: dict[str, Path]) -> None:
    data = bytearray(long_files["mp3"].read_bytes())
    rng = np.random.default_rng(0)
    for position in rng.integers(3000, len(data), 400):
        data[position] ^= 1 << int(rng.integers(8))
    audio = load(bytes(data), timeout=30)
    assert audio.duration > 20
    assert np.isfinite(audio.samples).all()
    assert np.abs(audio.samples).max() <= 4
    assert audio.warnings


def test_flac_with_a_hole(long_files: dict[str, Path]) -> None:
    data = bytearray(long_files["flac"].read_bytes())
    data[len(data) // 3 : len(data) // 3 + 10_000] = bytes(10_000)
    audio = load(bytes(data), timeout=30)
    assert audio.duration > 30
    assert lost_seconds(audio) < 2


def test_nan_and_absurd_samples_become_silence(song) -> None:
    broken = song.copy()
    broken[50_000] = np.nan
    broken[150_000, 1] = np.inf
    broken[250_000, 0] = -1e5
    buffer = io.BytesIO()
    soundfile.write(buffer, broken, 44100, "FLOAT", format="WAV")
    audio = load(buffer)
    assert np.isfinite(audio.samples).all()
    assert np.abs(audio.samples).max() <= 4
    assert lost_seconds(audio) == pytest.approx(3 * 1152 / 44100, abs=0.05)
    untouched = slice(160_000, 240_000)
    np.testing.assert_array_equal(audio.samples[:, untouched], song.T[:, untouched])


def test_nothing_usable_is_corrupt(song_files: dict[str, Path]) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.full(88200, np.nan), 44100, "FLOAT", format="WAV")
    with pytest.raises(errors.CorruptError) as caught:
        load(buffer)
    assert caught.value.code == "corrupt"
    data = song_files["flac"].read_bytes()
    with pytest.raises(errors.CorruptError):
        load(data[:5000])
    with pytest.raises(errors.CorruptError):
        load(song_files["m4a"].read_bytes()[:20_000])


@pytest.mark.parametrize(("rate", "channels"), [(192000, 2), (44100, 8), (8000, 1), (11025, 3)])
def test_unusual_rates_and_channels(tmp_path: Path, rate: int, channels: int) -> None:
    samples = make_song(duration=2, sample_rate=rate, channels=channels)
    soundfile.write(tmp_path / "song.wav", samples, rate, "PCM_24")
    audio = load(tmp_path / "song.wav")
    assert audio.samples.shape == (channels, 2 * rate)
    mono = load(tmp_path / "song.wav", sample_rate=16000, mono=True)
    assert mono.samples.shape == (1, 32000)


def test_names_with_emoji_and_newlines(tmp_path: Path, song_files: dict[str, Path]) -> None:
    for name in ("m4a", "mp3"):
        path = tmp_path / f"🎵 a\nb “c”.{name}"
        path.write_bytes(song_files[name].read_bytes())
        assert load(path).name == str(path)


def test_a_name_cannot_name_an_address(
    tmp_path: Path, song_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("concat:a.m4a|b.m4a").write_bytes(song_files["m4a"].read_bytes())
    assert load("concat:a.m4a|b.m4a").duration == pytest.approx(8, abs=0.06)


@pytest.mark.parametrize("seconds", [0.7, 3, 60])
def test_pieces_are_the_whole_in_order(song_files: dict[str, Path], seconds: float) -> None:
    whole = load(song_files["flac"])
    with stream(song_files["flac"]) as blocks:
        pieces = list(blocks.pieces(seconds))
    assert np.array_equal(
        np.concatenate([piece.samples for piece in pieces], axis=1), whole.samples
    )
    assert {piece.duration for piece in pieces[:-1]} <= {seconds}
    assert 0 < pieces[-1].duration <= seconds


@pytest.mark.parametrize("name", ["wav", "flac", "mp3", "ogg", "alac"])
def test_taps_have_stretches_of_the_sound_as_the_track_holds_it(
    song_files: dict[str, Path], name: str
) -> None:
    whole = load(song_files[name])
    stretches = [(4.5, 2.0), (0.5, None), (1.25, 3.3), (0.5, 1.0), (6.5, 1.0)]
    found: list[list[Audio]] = [[] for _ in stretches]
    with stream(song_files[name], sample_rate=16_000, mono=True, start=0.5) as blocks:
        assert blocks.holds(0.5, None)
        assert not blocks.holds(0.0, 2.0)
        for (start, duration), pieces in zip(stretches, found, strict=True):
            blocks.tap(pieces.append, seconds=1.5, start=start, duration=duration)
        mono = np.concatenate(list(blocks), axis=1)
    assert np.array_equal(mono, load(song_files[name], sample_rate=16_000, mono=True,
                                     start=0.5).samples)  # fmt: skip
    for (start, duration), pieces in zip(stretches, found, strict=True):
        first = round(start * 44100)
        end = None if duration is None else first + round(duration * 44100)
        tapped = np.concatenate([piece.samples for piece in pieces], axis=1)
        np.testing.assert_allclose(tapped, whole.samples[:, first:end], atol=1e-6)
        assert all(piece.duration == pytest.approx(1.5, abs=1e-4) for piece in pieces[:-1])


def test_pieces_of_many_channels_stay_small() -> None:
    audio = Audio(np.ones((600, 40000), np.float32) * make_song(sample_rate=8000)[:40000, 0], 8000)
    with stream(audio) as blocks:
        assert all(piece.samples.nbytes <= 64 * 2**20 for piece in blocks.pieces(180))


def test_titles_in_an_old_code_stop_nobody(song_files: dict[str, Path]) -> None:
    data = song_files["m4a"].read_bytes()
    assert data.count(b"SoundHandler") == 1  # a text that every MP4 holds
    assert load(data.replace(b"SoundHandler", b"B\xe9ranger \xff\xfe!")).duration > 7


def test_blocks_join_without_a_glitch(song_files: dict[str, Path]) -> None:
    with song_files["mp3"].open("rb") as file, open_libsndfile(file) as decoder:
        whole = np.concatenate(list(decoder.blocks(0, 10**7)))
    for size in (1000, 44100, 3 * 1152):
        with song_files["mp3"].open("rb") as file, open_libsndfile(file) as decoder:
            np.testing.assert_array_equal(np.concatenate(list(decoder.blocks(0, size))), whole)
    # FFmpeg is a witness that these are the right samples.
    with song_files["mp3"].open("rb") as file, open_ffmpeg(file) as decoder:
        np.testing.assert_allclose(np.concatenate(list(decoder.blocks(0, 1000))), whole, atol=1e-4)


def test_reading_stops_where_asked(song_files: dict[str, Path]) -> None:
    with stream(song_files["wav"], duration=1.5) as blocks:
        assert sum(block.shape[1] for block in blocks) == round(1.5 * 44100)
        assert blocks.decoded == 1.5
        assert blocks.warnings == ()


@pytest.mark.parametrize("name", FORMATS)
def test_parts_are_what_loading_them_alone_gives(song_files: dict[str, Path], name: str) -> None:
    path = song_files[name]
    with stream(path) as blocks:
        for start, duration in ((4.0, 2.0), (0.0, 3.0), (5.5, 1.5), (1.0, 2.0), (0.0, None)):
            part = blocks.part(start, duration)
            alone = load(path, start=start, duration=duration)
            np.testing.assert_array_equal(part.read().samples, alone.samples)
            assert part.warnings == alone.warnings
        with pytest.raises(errors.TooShortError):
            blocks.part(60.0)


@pytest.mark.parametrize("name", ["wav", "flac", "mp3", "ogg"])
def test_parts_need_no_opening(
    song_files: dict[str, Path], name: str, decoding: DecodingCounter
) -> None:
    with stream(song_files[name]) as blocks:
        for start in (4.0, 2.0, 6.0):
            blocks.part(start, 1.5).read()
    assert decoding.opened == 1
    assert decoding.seconds <= 6.2
