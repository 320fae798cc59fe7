"""Networks installed from files and from a server that misbehaves; what is let in, and what not."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from collect.servers.base import Reply, StandIn, as_file, cut, endless, html, redirect, status
from networks_support import N_MELS, SPEC, TEXT, audio_graph, graph, write_joint_network
from onnx import TensorProto, helper

from linernotes.collect.http import ServiceError
from linernotes.networks import (
    LicenceNotAcceptedError,
    NetworkError,
    find_installed,
    install,
    list_installed,
    open_network,
    remove,
)

URL = "https://huggingface.co/somebody/toy/resolve/main/network.onnx"
FETCHED = SPEC + f'url = "{URL}"\nmegabytes = 0.01\n'


class Hub(StandIn):
    """Hands out one network."""

    content = audio_graph()

    def answer(self, asked):
        if asked.path == "/mirror/somebody/toy/resolve/main/network.onnx":
            return as_file(asked, self.content, "application/octet-stream")
        return Reply(b"no", "text/plain", 404)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    with Hub() as server:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[services.huggingface]\nurl = "{server.url}/mirror"\nrequests = 1000\n'
            "[manners]\nretries = 1\nbackoff = 0.01\nconnect = 5\nread = 5\n"
        )
        monkeypatch.setenv("LINERNOTES_CONFIG", str(config))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        yield server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "networks"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "some.onnx"
    path.write_bytes(audio_graph())
    return path


def left(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_installed_found_and_removed(folder, file):
    network = install(SPEC.encode(), files=file, folder=folder)
    assert network.receipt.pinned == ("network.onnx",)
    assert network.receipt.seconds > 0
    assert [each.spec.name for each in list_installed(folder)] == ["toy"]
    assert open_network(network).get_inputs()[0].name == "mel"
    remove("toy", folder)
    assert left(folder) == []
    with pytest.raises(NetworkError, match="not installed"):
        find_installed("toy", folder)


def test_archives_and_folders_are_taken_as_well(folder, tmp_path):
    files = write_joint_network(tmp_path / "joint")
    assert install((SPEC + TEXT).encode(), files=files, folder=folder).spec.text is not None
    with zipfile.ZipFile(tmp_path / "toy.zip", "w") as archive:
        archive.writestr("deep/inside.onnx", audio_graph())
    inside = SPEC + 'member = "deep/inside.onnx"\n'
    install(inside.encode(), files=tmp_path / "toy.zip", folder=folder)
    with pytest.raises(NetworkError, match=r"holds no network\.onnx"):
        install(SPEC.encode(), files=tmp_path / "toy.zip", folder=folder)
    with pytest.raises(NetworkError, match="consists of"):
        install((SPEC + TEXT).encode(), files=files / "network.onnx", folder=folder)


def test_a_known_checksum_has_to_be_the_files(folder, file):
    wrong = SPEC + f'sha256 = "{"0" * 64}"\n'
    with pytest.raises(NetworkError, match="checksum differs"):
        install(wrong.encode(), files=file, folder=folder)
    assert left(folder) == []


def test_what_is_not_free_has_to_be_agreed_to(folder, file):
    restricted = SPEC.replace('"MIT"', '"CC-BY-NC-4.0"').replace("free = true", "free = false")
    for said in (None, "yes", "MIT"):
        with pytest.raises(LicenceNotAcceptedError, match=r"--accept-licence CC-BY-NC-4\.0"):
            install(restricted.encode(), files=file, folder=folder, accepted_licence=said)
    network = install(
        restricted.encode(), files=file, folder=folder, accepted_licence="CC-BY-NC-4.0"
    )
    assert network.receipt.licence == "CC-BY-NC-4.0"


def test_a_network_that_was_changed_afterwards_is_not_run(folder, file):
    network = install(SPEC.encode(), files=file, folder=folder)
    (network.folder / "network.onnx").write_bytes(audio_graph(np.ones((N_MELS, 2), np.float32)))
    with pytest.raises(NetworkError, match="not what was installed"):
        open_network(network)
    (network.folder / "receipt.json").write_text("[]")
    assert list_installed(folder) == ()
    with pytest.raises(NetworkError, match="damaged"):
        find_installed("toy", folder)


def test_a_name_is_no_path(folder, file):
    install(SPEC.encode(), files=file, folder=folder)
    for name in ("../networks/toy", "/etc", "", ".", "toy/../toy", "a" * 5000, "\0"):
        with pytest.raises(NetworkError, match="not installed"):
            find_installed(name, folder)
        with pytest.raises(NetworkError, match="not installed"):
            remove(name, folder)


def looped():
    body = helper.make_graph([], "body", [], [])
    return helper.make_node("Loop", ["mel"], ["more"], body=body)


HOSTILE = {
    "nothing": (b"", "not let in"),
    "a page": (b"<!DOCTYPE html><html></html>", "not let in"),
    "a pickle": (b"\x80\x04cos\nsystem\n.", "not let in"),
    "a loop": (audio_graph(None, looped()), "Loop"),
    "an own operation": (
        audio_graph(None, helper.make_node("Evil", ["mel"], ["more"], domain="evil")),
        "not standard",
    ),
    "an eater of memory": (
        graph(
            [
                helper.make_node("ReduceMean", ["mel"], ["mean"], axes=[1], keepdims=0),
                helper.make_node("ConstantOfShape", ["shape"], ["huge"]),
                helper.make_node("ReduceSum", ["huge"], ["sum"], keepdims=0),
                helper.make_node("Add", ["mean", "sum"], ["embedding"]),
            ],
            {"mel": (TensorProto.FLOAT, ["batch", "frames", N_MELS])},
            {"embedding": ["batch", N_MELS]},
            {"shape": np.array([1 << 17, 1 << 17], np.int64)},
        ),
        "toy does not run|does not run",
    ),
    "other inputs": (
        graph(
            [helper.make_node("Identity", ["sound"], ["embedding"])],
            {"sound": (TensorProto.FLOAT, ["batch", 2])},
            {"embedding": ["batch", 2]},
        ),
        "other inputs",
    ),
    "no such output": (
        graph(
            [helper.make_node("Identity", ["mel"], ["other"])],
            {"mel": (TensorProto.FLOAT, ["batch", "frames", N_MELS])},
            {"other": ["batch", "frames", N_MELS]},
        ),
        "no output",
    ),
    "no numbers": (audio_graph(np.full((N_MELS, 2), np.nan, np.float32)), "no numbers"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_graphs_are_refused_and_leave_what_was_there(folder, file, tmp_path, kind):
    before = install(SPEC.encode(), files=file, folder=folder)
    content, says = HOSTILE[kind]
    hostile = tmp_path / "hostile.onnx"
    hostile.write_bytes(content)
    with pytest.raises(NetworkError, match=says):
        install(SPEC.encode(), files=hostile, folder=folder)
    assert left(folder) == ["toy"]
    assert find_installed("toy", folder).receipt == before.receipt


def test_a_network_is_fetched_from_a_mirror(hub, folder):
    seen = []
    network = install(FETCHED.encode(), folder=folder, progress=lambda *told: seen.append(told))
    assert network.spec.name == "toy"
    assert seen[-1] == ("network.onnx", len(Hub.content), len(Hub.content))
    assert left(folder) == ["toy"]


def test_a_fetch_that_broke_off_goes_on(hub, folder):
    hub.fault("network.onnx", cut(after=300))
    hub.fault("network.onnx", status(404))
    with pytest.raises(ServiceError):
        install(FETCHED.encode(), folder=folder)
    assert left(folder) == [".toy.partial"]
    assert install(FETCHED.encode(), folder=folder).spec.name == "toy"
    assert any("range" in asked.headers for asked in hub.asked)
    assert left(folder) == ["toy"]


@pytest.mark.parametrize(
    "fault",
    [html(), endless(), redirect("http://10.0.0.1/x"), redirect("file:///etc/passwd"), status(404)],
    ids=["html", "endless", "private", "file", "missing"],
)
def test_what_a_server_should_not_send_is_not_installed(hub, folder, fault):
    hub.fault("network.onnx", fault, times=5)
    with pytest.raises(ServiceError):
        install(FETCHED.encode(), folder=folder)
    assert "toy" not in left(folder)


def test_a_wrong_file_from_a_server_is_not_installed(hub, folder):
    wrong = FETCHED + f'sha256 = "{"0" * 64}"\n'
    with pytest.raises(ServiceError, match="checksum"):
        install(wrong.encode(), folder=folder)
    assert "toy" not in left(folder)


def test_the_command_line(folder, file, tmp_path, monkeypatch, capsys):
    from linernotes.cli import networks

    monkeypatch.setattr("linernotes.networks.installed.default_folder", lambda: folder)
    monkeypatch.setattr("linernotes.networks.installing.default_folder", lambda: folder)
    spec = tmp_path / "toy.toml"
    spec.write_text(SPEC)
    networks.install_network("toy", files=file, spec=spec, accepted_licence=None)
    out, err = capsys.readouterr()
    assert "A toy is installed" in out
    assert "nobody had told its checksum" in err
    networks.list_networks(as_json=True)
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert rows["toy"]["installed"]
    assert not rows["clap"]["installed"]
    networks.list_networks()
    assert "not free" in capsys.readouterr().out
    for name in ("toy", "clap", "mert"):
        networks.show_network(name)
        assert "licence" in capsys.readouterr().out
    networks.test_network("toy", track=None, as_json=False)
    assert "toy runs" in capsys.readouterr().out
    with pytest.raises(NetworkError, match="of the network 'toy'"):
        networks.install_network("other", files=file, spec=spec, accepted_licence=None)
    networks.remove_network("toy")
    assert left(folder) == []
