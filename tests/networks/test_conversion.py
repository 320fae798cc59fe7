"""Networks as transformers saves them, with random weights, become ONNX files that answer alike."""

from __future__ import annotations

import numpy as np
import pytest
from networks_support import RATE, high, tokeniser

from linernotes.audio import Audio
from linernotes.networks import NetworkError, embed_words, hear_track, install, spec_file
from linernotes.networks.conversion import convert_folder

pytestmark = [
    pytest.mark.slow,
    # The extractors of transformers warn of filters that hear nothing.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture(scope="module")
def transformers(torch):
    return pytest.importorskip("transformers", reason="transformers is not installed")


def close(ours, theirs):
    theirs = theirs / np.linalg.norm(theirs)
    assert np.abs(ours / np.linalg.norm(ours) - theirs).max() < 1e-3


def test_clap_is_heard_as_transformers_hear_it(torch, transformers, tmp_path):
    torch.manual_seed(1)
    config = transformers.ClapConfig(
        text_config={"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
                     "intermediate_size": 37, "vocab_size": 99, "max_position_embeddings": 100},
        audio_config={"patch_embeds_hidden_size": 16, "hidden_size": 32, "depths": [1, 1],
                      "num_hidden_layers": 2, "num_attention_heads": [1, 2],
                      "enable_fusion": False},
        projection_dim=16,
    )  # fmt: skip
    model = transformers.ClapModel(config).eval()
    model.save_pretrained(tmp_path / "clap")
    (tmp_path / "clap" / "tokenizer.json").write_bytes(tokeniser())
    spec = spec_file("clap").decode().replace('"clap"', '"tiny"').replace("size = 512", "size = 16")
    network = install(spec.encode(), files=tmp_path / "clap", folder=tmp_path / "networks")
    assert sorted(path.name for path in network.folder.iterdir()) == [
        "network.onnx", "receipt.json", "spec.toml", "text.onnx", "tokenizer.json",
    ]  # fmt: skip
    rng = np.random.default_rng(0)
    sound = (0.1 * rng.standard_normal(48000 * 4)).astype(np.float32)
    extractor = transformers.ClapFeatureExtractor(truncation="rand_trunc")
    mel = extractor(sound, sampling_rate=48000, truncation="rand_trunc", return_tensors="pt")
    with torch.no_grad():
        audio = model.get_audio_features(input_features=mel["input_features"])
        text = model.get_text_features(torch.tensor([[1, 4]]), torch.ones(1, 2, dtype=torch.long))
    audio, text = (getattr(told, "pooler_output", told)[0].numpy() for told in (audio, text))
    close(hear_track(network, Audio(sound[None], 48000)).mean("audio_embeds"), audio)
    close(embed_words(network, ["low sound"])[0], text)


AST = """
name = "tiny-ast"
title = "A tiny transformer"
good_for = "tests"
licence = "MIT"
free = true
source = "https://example.org/ast"

[front_end]
kind = "mel"
sample_rate = 16000
window_length = 400
hop_length = 160
n_fft = 512
n_mels = 128
minimum_frequency = 20
mel_scale = "kaldi"
slaney_norm = false
triangles_in_mel = true
symmetric_window = true
preemphasis = 0.97
remove_mean = true
logarithm = "ln"
floor = 1.192092955078125e-07
mean = -4.2677393
scale = 9.1379948

[input]
name = "input_values"
shape = ["batch", "frames", "mels"]
window = 10.24
short = "as-is"
frames = 1024

[[outputs]]
name = "logits"
kind = "tags"
size = 3
names = ["rock", "jazz", "folk"]
sigmoid = ["*"]

[[files]]
name = "network.onnx"
"""


def test_a_spectrogram_transformer_is_heard_as_transformers_hear_it(torch, transformers, tmp_path):
    torch.manual_seed(2)
    config = transformers.ASTConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=37,
        num_labels=3,
    )  # fmt: skip
    model = transformers.ASTForAudioClassification(config).eval()
    model.save_pretrained(tmp_path / "ast")
    network = install(AST.encode(), files=tmp_path / "ast", folder=tmp_path / "networks")
    sound = high(5.0) * 0.1
    given = transformers.ASTFeatureExtractor()(sound, sampling_rate=RATE, return_tensors="pt")
    with torch.no_grad():
        theirs = torch.sigmoid(model(given["input_values"]).logits)[0].numpy()
    ours = hear_track(network, Audio(sound[None], RATE)).mean("logits")
    assert np.abs(ours - theirs).max() < 1e-3


RAW = """
name = "tiny-raw"
title = "A tiny network of samples"
good_for = "tests"
licence = "MIT"
free = true
source = "https://example.org/raw"

[front_end]
kind = "raw"
sample_rate = 16000
normalise = true

[input]
name = "input_values"
shape = ["batch", "samples"]
window = 5.0
short = "as-is"

[[outputs]]
name = "last_hidden_state"
kind = "embedding"
size = 32
mean_over_time = true

[[files]]
name = "network.onnx"
"""


def test_a_network_of_samples_is_heard_as_transformers_hear_it(torch, transformers, tmp_path):
    torch.manual_seed(3)
    config = transformers.Wav2Vec2Config(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=37,
        conv_dim=(16,) * 7,
    )  # fmt: skip
    model = transformers.Wav2Vec2Model(config).eval()
    model.save_pretrained(tmp_path / "raw")
    network = install(RAW.encode(), files=tmp_path / "raw", folder=tmp_path / "networks")
    sound = high(3.0) * 0.1
    given = transformers.Wav2Vec2FeatureExtractor()(sound, sampling_rate=RATE, return_tensors="pt")
    with torch.no_grad():
        theirs = model(given["input_values"]).last_hidden_state[0].mean(dim=0).numpy()
    close(hear_track(network, Audio(sound[None], RATE)).mean("last_hidden_state"), theirs)


def test_what_cannot_be_converted_says_so(torch, transformers, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    (folder / "model.safetensors").write_bytes(b"\x80\x04no tensors")
    with pytest.raises(NetworkError, match="'gpt2' cannot be converted"):
        convert_folder(folder, tmp_path / "out")
    (folder / "config.json").write_text('{"model_type": "wav2vec2"}')
    with pytest.raises(NetworkError, match="cannot be converted"):
        install(RAW.encode(), files=folder, folder=tmp_path / "networks")
    assert list((tmp_path / "networks").iterdir()) == []
