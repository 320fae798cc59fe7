"""Specs: what a network may be said to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks_support import SPEC, TEXT

from linernotes.networks import MelFrontEnd, NetworkError, known_networks, read_spec

WANTED = {"clap", "clap-music", "efficientat", "panns-cnn14", "musicfm", "maest", "discogs-effnet",
          "mert", "vibenet"}  # fmt: skip


def test_a_spec_is_read():
    spec = read_spec((SPEC + TEXT).encode())
    assert isinstance(spec.front_end, MelFrontEnd)
    assert spec.front_end.n_mels == 8
    assert spec.embedding is not None
    assert spec.embedding.unit_length
    assert spec.text is not None
    assert [file.name for file in spec.files] == ["network.onnx", "text.onnx", "tokenizer.json"]


def test_the_known_networks_say_whose_they_are():
    known = {spec.name: spec for spec in known_networks()}
    assert known.keys() >= WANTED
    for spec in known.values():
        assert spec.source.startswith("https://")
        assert spec.licence
        assert spec.free is ("-NC" not in spec.licence)
        # Each can be fetched, or says how it is made.
        assert all(file.url for file in spec.files) or spec.weights or spec.conversion


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "toy"', 'name = "../toy"', "a name that is none"),
        ('name = "toy"', 'name = "musicnn"', "taken"),
        ('name = "toy"', "", "no name"),
        ('name = "toy"', 'name = "toy"\nrun = "rm"', "unknown key run"),
        ("sample_rate = 16000", "sample_rate = 16000\nsecret = 1", "front_end.secret"),
        ("sample_rate = 16000", "sample_rate = 1", "sample rate"),
        ("sample_rate = 16000", 'sample_rate = "16000"', "front_end.sample_rate"),
        ("sample_rate = 16000", "sample_rate = true", "front_end.sample_rate"),
        ('kind = "mel"', 'kind = "eval"', "front_end"),
        ("n_mels = 8", "n_mels = 100000", "n_mels"),
        ("window_length = 512", "window_length = 1_000_000", "window or transform"),
        ("hop_length = 256", "hop_length = 0", "hop_length"),
        ("window = 1.0", "window = 1e9", "window"),
        ("window = 1.0", "window = nan", "window"),
        ("window = 1.0", "window = 1.0\nhop = 2.0", "hop"),
        ('["batch", "frames", "mels"]', '["batch", "samples"]', "shape"),
        ('["batch", "frames", "mels"]', '["frames", "batch", "mels"]', "batch"),
        ('logarithm = "none"', 'logarithm = "log2"', "logarithm"),
        ("size = 2", "size = 0", "0 values"),
        ("size = 2", 'size = 2\nnames = ["a", "b"]', "2 names"),
        ('kind = "embedding"', 'kind = "tags"', "0 names"),
        ('name = "network.onnx"', 'name = "other.onnx"', "files"),
        ('name = "network.onnx"', 'name = "network.onnx"\nurl = "http://x"', "https"),
        ('name = "network.onnx"', 'name = "network.onnx"\nsha256 = "12"', "checksum"),
        ("free = true", "free = 1", "free"),
        ("free = true", "free = ", "TOML"),
    ],
)
def test_what_no_network_can_be_is_refused(old, new, says):
    assert old in SPEC
    with pytest.raises(NetworkError, match=says.replace(".", r"\.")):
        read_spec(SPEC.replace(old, new, 1).encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    with pytest.raises(NetworkError):
        read_spec(data)
    with pytest.raises(NetworkError):
        read_spec(SPEC.encode() + b"\n" + data + b"]")
