"""Torch weights as makers publish them become ONNX files that answer alike."""

from __future__ import annotations

import json
import os
import pickle
import zipfile

import numpy as np
import pytest
from collect.servers.base import StandIn, as_file

from linernotes.audio import Audio
from linernotes.networks import (
    NetworkError,
    find_known,
    hear_track,
    install,
    read_spec,
    spec_file,
)
from linernotes.networks.conversion import convert_weights
from linernotes.networks.hearing import prepare

torch = pytest.importorskip("torch", reason="torch is not installed")

from weights_support import (  # noqa: E402 - needs torch
    Cnn14,
    MobileNet,
    MusicFM,
    mert,
    mert_checkpoint,
    randomise,
    save,
)

from linernotes.networks.conversions.architecture import convert  # noqa: E402
from linernotes.networks.conversions.kinds import ARCHITECTURES  # noqa: E402
from linernotes.networks.conversions.weights import (  # noqa: E402
    WeightsError,
    check_weights,
    read_weights,
)


def noise(sample_rate, seconds, seed=0):
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal(round(sample_rate * seconds))).astype(np.float32)


def changed(name, **sizes):
    """Return the spec of a known network, of other sizes."""
    spec = spec_file(name).decode()
    pinned = find_known(name).weights[0].sha256
    if pinned is not None:
        spec = spec.replace(f'sha256 = "{pinned}"\n', "")
    for old, new in sizes.values():
        assert old in spec
        spec = spec.replace(old, new)
    return spec.encode()


def close(ours, theirs):
    assert np.abs(ours - theirs).max() <= 1e-4 * max(1.0, np.abs(theirs).max())


def run_as(name, weights, given):
    """Return what our function of the weights tells."""
    architecture = ARCHITECTURES[name]
    checked = check_weights(
        weights, shapes=architecture.shapes, title=architecture.title, unused=architecture.unused
    )
    with torch.no_grad():
        return list(architecture.run(checked, given).values())


def test_cnn14_is_the_network_of_its_paper():
    model = randomise(Cnn14(), 1)
    given = 20 * torch.randn(2, 1, 70, 64) - 40
    with torch.no_grad():
        theirs = model(given)
    for ours, told in zip(run_as("cnn14", model.checkpoint()["model"], given), theirs, strict=True):
        close(ours.numpy(), told.numpy())


@pytest.mark.parametrize("width", [0.5, 1.0])
def test_mobilenet_is_the_network_of_its_paper(width):
    model = randomise(MobileNet(width), 2)
    given = torch.randn(2, 1, 128, 64)
    with torch.no_grad():
        theirs = model(given)
    for ours, told in zip(run_as("mobilenet", model.state_dict(), given), theirs, strict=True):
        close(ours.numpy(), told.numpy())


def test_mert_is_the_network_that_transformers_has():
    pytest.importorskip("transformers", reason="transformers is not installed")
    model = mert()
    given = torch.randn(2, 5000)
    with torch.no_grad():
        theirs = model(given).last_hidden_state
    (ours,) = run_as("mert", mert_checkpoint(model), given)
    close(ours.numpy(), theirs.numpy())


def test_musicfm_is_the_network_that_transformers_has():
    pytest.importorskip("transformers", reason="transformers is not installed")
    model = randomise(MusicFM(), 5)
    numbers = ARCHITECTURES["musicfm"].numbers
    numbers = {name: torch.tensor(model.statistics()[name]) for name in numbers}
    given = 20 * torch.randn(2, 128, 61) - 10
    with torch.no_grad():
        theirs = model(given)
    (ours,) = run_as("musicfm", model.checkpoint()["state_dict"] | numbers, given)
    close(ours.numpy(), theirs.numpy())


def test_published_sizes_are_known():
    """As many arrays as the published files have, by those who have read them."""
    for name in ("panns-cnn14", "efficientat"):
        tags = find_known(name).outputs[1]
        assert (tags.size, tags.names[0], tags.names[137], tags.names[-1]) == (
            527, "Speech", "Music", "Field recording",
        )  # fmt: skip
    assert len(MobileNet(1.0, 527).state_dict()) == 312
    spec = find_known("efficientat")
    assert spec.embedding.size == MobileNet(1.0).features[-1][0].out_channels


@pytest.mark.slow
def test_cnn14_is_fetched_converted_and_heard(tmp_path, monkeypatch):
    model = randomise(Cnn14(), 3)
    content = save(model.checkpoint(), tmp_path / "old.pth", old=True).read_bytes()

    class Zenodo(StandIn):
        def answer(self, asked):
            return as_file(asked, content, "application/octet-stream")

    with Zenodo() as zenodo:
        config = tmp_path / "config.toml"
        config.write_text(f'[services.zenodo]\nurl = "{zenodo.url}"\nrequests = 1000\n')
        monkeypatch.setenv("LINERNOTES_CONFIG", str(config))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        spec = changed("panns-cnn14", size=("size = 2048", "size = 64"))
        network = install(spec, folder=tmp_path / "networks")
    assert len(zenodo.asked) == 1
    assert zenodo.asked[0].path.startswith("/records/3987831/files/Cnn14_mAP")
    assert sorted(network.receipt.sha256) == ["Cnn14_mAP=0.431.pth", "network.onnx"]
    assert network.receipt.pinned == ("Cnn14_mAP=0.431.pth",)
    assert not list(network.folder.glob("*.pth"))
    sound = noise(32000, 10)
    with torch.no_grad():
        embedding, tags = model(torch.from_numpy(prepare(network.spec, sound)))
    ours = hear_track(network, Audio(sound[None], 32000))
    close(ours.mean("embedding"), embedding[0].numpy())
    close(ours.mean("tags"), tags[0].numpy())


def heard(name, weights, tmp_path, numbers=None, **sizes):
    """Return what a network tells of noise that is made of a file of weights in this process."""
    files = find_known(name).weights
    (tmp_path / "published").mkdir()
    save(weights, tmp_path / "published" / files[0].name)
    if numbers is not None:
        (tmp_path / "published" / files[1].name).write_text(json.dumps(numbers))
    (tmp_path / "made").mkdir()
    architecture = ARCHITECTURES[find_known(name).architecture]
    convert(architecture, tmp_path / "published", tmp_path / "made")
    licence = find_known(name).licence
    network = install(
        changed(name, **sizes),
        files=tmp_path / "made",
        folder=tmp_path / "networks",
        accepted_licence=licence,
    )
    assert network.receipt.pinned == ("network.onnx",)
    rate = network.spec.front_end.sample_rate
    sound = noise(rate, network.spec.input.window)
    return sound, hear_track(network, Audio(sound[None], rate)).mean(network.spec.embedding.name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_efficientat_is_heard_as_torch_does(tmp_path):
    model = randomise(MobileNet(0.5), 4)
    sizes = ("size = 960", "size = 480")
    sound, ours = heard("efficientat", model.state_dict(), tmp_path, size=sizes)
    with torch.no_grad():
        given = torch.from_numpy(prepare(find_known("efficientat"), sound))
        close(ours, model(given)[0][0].numpy())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_mert_is_heard_as_transformers_do(tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    model = mert()
    sound, ours = heard("mert", mert_checkpoint(model), tmp_path, size=("size = 768", "size = 128"))
    extractor = transformers.Wav2Vec2FeatureExtractor(sampling_rate=24000)
    given = extractor(sound, sampling_rate=24000, return_tensors="pt")["input_values"]
    with torch.no_grad():
        close(ours, model(given).last_hidden_state[0].mean(dim=0).numpy())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_musicfm_is_heard_as_torch_does(tmp_path):
    pytest.importorskip("transformers", reason="transformers is not installed")
    model = randomise(MusicFM(), 6)
    sizes = {
        "size": ("size = 1024", "size = 128"),
        "window": ("30.0\nframes = 3", "3.0\nframes = 3"),
    }
    sizes["frames"] = ("frames = 3000", "frames = 300")
    sound, ours = heard("musicfm", model.checkpoint(), tmp_path, model.statistics(), **sizes)
    given = torch.from_numpy(prepare(read_spec(changed("musicfm", **sizes)), sound))
    assert given.shape == (1, 128, 300)
    with torch.no_grad():
        close(ours, model(given)[0].mean(dim=0).numpy())


def test_what_is_published_beside_weights_is_needed(tmp_path):
    pytest.importorskip("transformers", reason="transformers is not installed")
    for name, content, says in (
        ("pretrained_fma.pt", None, "no melspec_2048_mean"),
        ("fma_stats.json", b"[1, 2]", "no numbers by name"),
        ("fma_stats.json", b'{"melspec_2048_mean": [1]}', "no numbers by name"),
        ("fma_stats.json", b"[" * 100_000, "no numbers by name"),
        ("fma_stats.json", b" " * (1 << 21), "larger than"),
    ):
        if content is None:
            save(MusicFM().checkpoint(), tmp_path / name)
        else:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(WeightsError, match=says):
            convert(ARCHITECTURES["musicfm"], tmp_path, tmp_path)
    with pytest.raises(NetworkError, match=r"is made of pretrained_fma\.pt, fma_stats\.json"):
        install(spec_file("musicfm"), files=tmp_path / "pretrained_fma.pt", folder=tmp_path)


class Evil:
    def __reduce__(self):
        return (os.system, ("touch /tmp/linernotes-was-here",))


def _without(name):
    return lambda weights: weights.pop(name)


WRONG = {
    "missing": (_without("conv_block3.conv1.weight"), "no conv_block3.conv1.weight"),
    "no first": (_without("bn0.weight"), r"no bn0\.weight: they are not those of PANNs CNN14"),
    "more": (lambda w: w.update(extra=torch.zeros(3)), "'extra'.* does not have"),
    "another shape": (
        lambda w: w.update({"fc1.weight": torch.zeros(64, 65)}), "fc1.weight .* shape .*64, 65.*",
    ),
    "of another rate": (
        lambda w: w.update({"logmel_extractor.melW": torch.zeros(257, 64)}), "melW .*257, 64",
    ),
    "no axes": (lambda w: w.update({"bn0.weight": torch.tensor(1.0)}), "shapes that .* cannot"),
    "no numbers": (
        lambda w: w.update({"fc1.bias": torch.full((64,), torch.nan)}), "no numbers",
    ),
    "whole numbers": (
        lambda w: w.update({"fc1.bias": torch.zeros(64, dtype=torch.int64)}), "plain array",
    ),
    "a list": (lambda w: w.update({"fc1.bias": [0.0] * 64}), "no array"),
    "huge by a trick": (
        lambda w: w.update({"fc1.weight": torch.zeros(1).expand(1 << 20, 1 << 20)}),
        "has the shape",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_other_weights_are_refused(kind):
    change, says = WRONG[kind]
    weights = Cnn14().checkpoint()["model"]
    change(weights)
    with pytest.raises(WeightsError, match=says):
        run_as("cnn14", weights, torch.zeros(1, 1, 64, 64))


@pytest.mark.parametrize("name", ["cnn14", "mert", "mobilenet", "musicfm"])
def test_weights_of_another_network_are_refused(name):
    with pytest.raises(WeightsError, match="they are not those of"):
        run_as(name, {"layer.weight": torch.zeros(2, 2)}, torch.zeros(1))


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_files_that_are_no_weights_are_refused(tmp_path):
    whole = save(Cnn14().checkpoint(), tmp_path / "whole.pth").read_bytes()
    old = save(Cnn14().checkpoint(), tmp_path / "old.pth", old=True).read_bytes()
    (tmp_path / "evil.pkl").write_bytes(pickle.dumps({"model": Evil()}))
    save({"model": {"weight": Evil()}}, tmp_path / "evil.pth")
    save([1, 2], tmp_path / "list.pth")
    with zipfile.ZipFile(tmp_path / "zip.pth", "w") as archive:
        archive.writestr("a/data.pkl", b"no pickle")
    for name, content in {
        "cut.pth": whole[: len(whole) // 2], "old-cut.pth": old[: len(old) // 2],
        "empty.pth": b"", "page.pth": b"<!DOCTYPE html><html></html>",
        "noise.pth": b"\x80\x02" * 99,
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "packed.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        for member in (whole := zipfile.ZipFile(tmp_path / "whole.pth")).infolist():
            archive.writestr(member.filename, whole.read(member))
    with pytest.raises(WeightsError, match=r"packed\.pth is packed"):
        read_weights(tmp_path / "packed.pth")
    for name in ("evil.pkl", "evil.pth"):
        with pytest.raises(WeightsError, match="more than numbers"):
            read_weights(tmp_path / name)
    for name in ("cut", "old-cut", "empty", "page", "noise", "zip", "list"):
        with pytest.raises(WeightsError, match=rf"{name}\.pth"):
            read_weights(tmp_path / f"{name}.pth")
    assert not os.path.exists("/tmp/linernotes-was-here")  # noqa: PTH110


@pytest.mark.slow
def test_what_goes_wrong_in_the_process_is_a_sentence(tmp_path):
    save({"model": {"weight": Evil()}}, tmp_path / "Cnn14_mAP=0.431.pth")
    with pytest.raises(NetworkError, match=r"cannot be converted: .*more than numbers"):
        install(changed("panns-cnn14"), files=tmp_path, folder=tmp_path / "networks")
    assert list((tmp_path / "networks").iterdir()) == []


def test_weights_without_an_architecture_are_refused(tmp_path):
    from networks_support import SPEC

    file = save({}, tmp_path / "some.pth")
    with pytest.raises(NetworkError, match=r"does not say what some\.pth is weights of"):
        install(SPEC.encode(), files=file, folder=tmp_path / "networks")
    with pytest.raises(NetworkError, match="cannot be read"):
        install(changed("panns-cnn14"), files=tmp_path, folder=tmp_path / "networks")


def test_nothing_is_fetched_where_torch_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NetworkError, match=r"linernotes\[conversion\]"):
        install(changed("panns-cnn14"), folder=tmp_path / "networks")
    with pytest.raises(NetworkError, match=r"linernotes\[conversion\]"):
        convert_weights(tmp_path / "x.pth", tmp_path, architecture="cnn14")
