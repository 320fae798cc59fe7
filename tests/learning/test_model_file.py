from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support import as_nobody

from linernotes.errors import ModelFileError
from linernotes.learning import load_model, save_model
from linernotes.learning.catalogue import read_model
from linernotes.learning.model_file import FORMAT_VERSION

REMOVED = object()


@pytest.fixture
def good(tmp_path, window_model) -> Path:
    save_model(window_model, tmp_path / "good.linernotes")
    return tmp_path / "good.linernotes"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def edited(good: Path, where: tuple[str | int, ...], value: object) -> Path:
    """Write the model again with one value of its JSON changed."""
    parts = members(good)
    contents = json.loads(parts["model.json"])
    inner = contents
    for key in where[:-1]:
        inner = inner[key]
    if value is REMOVED:
        del inner[where[-1]]
    else:
        inner[where[-1]] = value
    parts["model.json"] = json.dumps(contents).encode()
    return pack(good.with_name("edited.linernotes"), parts)


def refused(path: Path, says: str) -> None:
    with pytest.raises(ModelFileError, match=says) as caught:
        load_model(path)
    message = str(caught.value)
    assert path.name in message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_saved_model_comes_back(good, window_model, fake_taggram):
    back = load_model(good)
    assert back.as_dict() == window_model.as_dict()
    assert back.card == window_model.card
    tags = fake_taggram(np.full((3, 50), 0.1, np.float32))
    np.testing.assert_array_equal(
        back.predict(tags).probabilities, window_model.predict(tags).probabilities
    )


def test_the_same_model_gives_the_same_bytes(tmp_path, good, window_model):
    save_model(window_model, tmp_path / "again.linernotes")
    assert (tmp_path / "again.linernotes").read_bytes() == good.read_bytes()


def test_saving_replaces_the_file_and_leaves_nothing_behind(good, window_model):
    save_model(replace(window_model, version="2"), good)
    assert load_model(good).version == "2"
    assert [p.name for p in good.parent.iterdir()] == [good.name]


def test_a_model_that_could_not_be_read_is_not_saved(good, window_model):
    before = good.read_bytes()
    with pytest.raises(ModelFileError, match="not let in"):
        save_model(replace(window_model, estimator=b"no graph"), good)
    assert good.read_bytes() == before
    assert [p.name for p in good.parent.iterdir()] == [good.name]


def test_empty_missing_and_foreign_files(tmp_path):
    for name, data in (("empty", b""), ("text", b"hello"), ("png", b"\x89PNG\r\n" + b"\0" * 99)):
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, "damaged or no model file")


def test_a_file_that_is_not_ours_to_read(good):
    good.chmod(0)
    with as_nobody(), pytest.raises(ModelFileError, match="cannot be opened"):
        read_model(good)


def test_a_pickle_is_not_opened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was loaded",))

    bomb = pickle.dumps(Bomb())
    (tmp_path / "model.pkl").write_bytes(bomb)
    refused(tmp_path / "model.pkl", "no model file")
    refused(pack(tmp_path / "m", {"model.json": bomb, "estimator.onnx": bomb}), "no proper JSON")


def test_a_pickle_in_place_of_the_estimator_is_not_opened(good):
    parts = members(good)
    parts["estimator.onnx"] = pickle.dumps({"a": 1})
    contents = json.loads(parts["model.json"])
    contents["sha256"]["estimator.onnx"] = hashlib.sha256(parts["estimator.onnx"]).hexdigest()
    parts["model.json"] = json.dumps(contents).encode()
    refused(pack(good, parts), "not let in")


@pytest.mark.parametrize(
    "name",
    ["../escape", "/etc/evil", "..\\escape", "sub/estimator.onnx", "weights.pkl", "model.json/"],
)
def test_members_that_do_not_belong_are_refused_and_never_unpacked(good, name):
    inside = set(good.parent.parent.rglob("*"))
    refused(pack(good, {**members(good), name: b"evil"}), "nothing else")
    assert set(good.parent.parent.rglob("*")) == inside


def test_a_member_renamed_to_a_path_outside(good):
    parts = members(good)
    parts["../estimator.onnx"] = parts.pop("estimator.onnx")
    refused(pack(good, parts), "nothing else")


@pytest.mark.parametrize("name", ["model.json", "estimator.onnx"])
def test_missing_members_are_refused(good, name):
    parts = members(good)
    del parts[name]
    refused(pack(good, parts), "nothing else")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(good):
    with zipfile.ZipFile(good, "a") as archive:
        archive.writestr("model.json", b"{}")
    refused(good, "nothing else")


def test_a_zip_bomb_is_not_unpacked(good):
    for name in ("model.json", "estimator.onnx"):
        refused(pack(good, {**members(good), name: bytes(64 << 20)}), "more than a model may hold")


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked(good):
    pack(good, {**members(good), "estimator.onnx": bytes(64 << 20)})
    claim = struct.pack("<L", 64 << 20)
    good.write_bytes(good.read_bytes().replace(claim, struct.pack("<L", 1000)))
    refused(good, "damaged|more than a model may hold")


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(10 << 30)
    refused(tmp_path / "huge", "too large")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(good, compression):
    refused(pack(good, members(good), compression), "packed in a way")


def test_an_encrypted_member_is_refused(good):
    data = bytearray(good.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    good.write_bytes(data)
    refused(good, "packed in a way|damaged")


def test_a_truncated_file_is_refused(good):
    data = good.read_bytes()
    for length in range(1, len(data), len(data) // 40):
        good.write_bytes(data[:length])
        refused(good, "damaged or no model file")


def test_flipped_bits_are_refused_or_harmless(good, window_model):
    data = good.read_bytes()
    random = np.random.default_rng(0)
    found = 0
    for at in random.choice(len(data), 300, replace=False):
        flipped = bytearray(data)
        flipped[at] ^= 1 << int(random.integers(8))
        good.write_bytes(flipped)
        try:
            model = load_model(good)
        except ModelFileError:
            found += 1
        else:  # a time stamp, say: nothing that is part of the model
            assert model.as_dict() == window_model.as_dict()
            assert model.estimator == window_model.estimator
    assert found > 250


def test_another_estimator_does_not_fit_the_check_sum(good, window_model):
    parts = members(good)
    parts["estimator.onnx"] = window_model.estimator[:-1] + bytes([window_model.estimator[-1] ^ 1])
    refused(pack(good, parts), "check sum")


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 99, "1", None, True, 0])
def test_another_format_version_says_which_and_what_to_do(good, version):
    refused(
        edited(good, ("format_version",), version),
        f"version {str(version)[:20]!r}.* reads versions 1 to {FORMAT_VERSION}: upgrade linernotes",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'"linernotes-model"',
        b"{" * 10,
        b"[" * 200_000,
        b"\xff\xfe{}",
        b'{"format": NaN}',
        b'{"format": Infinity}',
        b'{"format": 1e999}',
        b'{"format": ' + b"9" * 6000 + b"}",
        b'{"format": "linernotes-model", "format": "linernotes-model"}',
        b'{"format": "something-else", "format_version": 1}',
    ],
)
def test_json_that_describes_no_model_is_refused(good, data):
    refused(pack(good, {**members(good), "model.json": data}), "model.json")


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("name",), REMOVED),
        (("surprise",), 1),
        (("name",), 5),
        (("name",), ""),
        (("name",), "red \x1b[31m text"),
        (("name",), "two\nlines"),
        (("label",), None),
        (("version",), 1),
        (("written_by",), []),
        (("classes",), "rock"),
        (("classes",), ["rock"]),
        (("classes",), ["rock"] * 10),
        (("classes",), ["a", "b"]),
        (("classes",), [f"class {i}" for i in range(2000)]),
        (("classes", 0), 3),
        (("classes", 0), "x" * 5000),
        (("input",), "MSD_musicnn"),
        (("input", "tags"), "50"),
        (("input", "tags"), True),
        (("input", "tags"), -1),
        (("input", "tags"), 50.0),
        (("sha256",), {}),
        (("card",), None),
        (("card", "summary"), REMOVED),
        (("card", "data"), "text"),
        (("card", "test_looks"), 1.5),
        (("card", "scores"), {}),
        (("card", "scores", 0, "accuracy"), "0.8"),
        (("card", "scores", 0, "accuracy"), 1.2),
        (("card", "scores", 0, "accuracy"), True),
        (("card", "scores", 0, "interval"), [0.1]),
        (("card", "scores", 0, "recall"), [0.5]),
        (("card", "scores", 0, "recall"), [[0.5]] * 10),
        (("card", "scores", 0, "confusion"), [[1, 2], [3, 4]]),
        (("card", "scores", 0, "confusion", 0), []),
        (("card", "scores", 0, "confusion", 0, 0), -1),
    ],
)
def test_json_of_other_types_or_ranges_is_refused(good, where, value):
    refused(edited(good, where, value), "does not fit")


def test_a_nan_among_the_figures_is_refused(good):
    refused(edited(good, ("card", "scores", 0, "log_loss"), float("nan")), "no proper JSON")


def test_another_check_sum_is_refused(good):
    refused(edited(good, ("sha256", "estimator.onnx"), "0" * 64), "check sum")
    refused(edited(good, ("sha256", "estimator.onnx"), 7), "check sum")


def test_junk_of_all_kinds_raises_nothing_else(good):
    random = np.random.default_rng(0)
    data = good.read_bytes()
    for _ in range(200):
        broken = bytearray(data)
        at = int(random.integers(len(data)))
        broken[at : at + 20] = random.bytes(20)
        good.write_bytes(broken)
        with contextlib.suppress(ModelFileError):
            load_model(good)
