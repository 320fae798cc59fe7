"""The model file ``*.linernotes``: a zip of one JSON text and one ONNX graph.

A model file may come from anywhere, so that reading one trusts nothing: it
runs no code from it, unpacks only the two members it knows, in memory and up
to a size limit, and checks every value. Whatever is wrong, the answer is a
:class:`~linernotes.errors.ModelFileError`.

==================  ==========  ==================================================
member              at most     what
==================  ==========  ==================================================
``model.json``      4 MiB       who wrote it, names, classes, card, check sums
``estimator.onnx``  256 MiB     the trained numbers and what to do with them
==================  ==========  ==================================================

Models that listen window by window are written in format version 1, those that
`linernotes.train` makes in version 5, which also says what is heard, when the model rejects and
when it is sure, how it was trained, and by what it knows the tracks again that it was trained on.
Versions 3 and 2, which lack one and two of these, are read as well. Version 4 is a regression: it
has targets where the others have classes, and never rejects.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linernotes.errors import ModelFileError
from linernotes.learning.card import card_from_dict
from linernotes.learning.certainty import NINE_OF_TEN
from linernotes.learning.fingerprints import decode, encode
from linernotes.learning.input_spec import Clips, Input, ModelInput, TrackInput
from linernotes.learning.provenance import Training, training_from_dict
from linernotes.learning.schema import items, mapping, number, text, whole
from linernotes.learning.targets import target_from_dict
from linernotes.onnx_guard.guard import check_graph

if TYPE_CHECKING:
    from linernotes.learning.model_base import ModelBase

FORMAT = "linernotes-model"
FORMAT_VERSION = 5

_JSON, _ONNX = "model.json", "estimator.onnx"
_LARGEST = {_JSON: 4 << 20, _ONNX: 256 << 20}
_LARGEST_FILE = sum(_LARGEST.values()) + (1 << 16)
# Trained numbers do not pack well: what would unpack to so much more than its size is a bomb.
_SMALL, _MOST_PACKED = 4 << 20, 100
_KEYS = (
    "format", "format_version", "written_by", "sha256",
    "name", "label", "classes", "version", "input", "card",
)  # fmt: skip
_KEYS_SINCE = {1: _KEYS, 2: (*_KEYS, "threshold", "training")}
_KEYS_SINCE[3] = (*_KEYS_SINCE[2], "learned_from")
_REGRESSION = 4
_KEYS_SINCE[_REGRESSION] = (
    *(key for key in _KEYS if key != "classes"), "targets", "training", "learned_from",
)  # fmt: skip
_KEYS_SINCE[5] = (*_KEYS_SINCE[3], "sure_above")
_AGAIN = "get it again, or train the model anew"


def save_model(model: ModelBase, path: str | Path) -> None:
    """Write a model to a file, whole or not at all.

    The same model gives the same bytes: members have no time stamps and JSON
    keys are sorted. What was written is read back before it takes its place.

    Parameters
    ----------
    model
        The model.
    path
        Where to; an existing file is replaced.

    Raises
    ------
    ModelFileError
        If `read_fields` would refuse the file.
    OSError
        If the place cannot be written to.
    """
    from linernotes import __version__  # here, since the package imports this room

    trained = isinstance(model.input, TrackInput)
    known = model.as_dict()
    regression = "targets" in known
    contents = {
        **known,
        "format": FORMAT,
        "format_version": _REGRESSION if regression else FORMAT_VERSION if trained else 1,
        "written_by": f"linernotes {__version__}",
        "sha256": {_ONNX: hashlib.sha256(model.estimator).hexdigest()},
        **({"learned_from": encode(model.learned_from)} if trained else {}),
    }
    members = {
        _JSON: json.dumps(contents, indent=1, sort_keys=True, ensure_ascii=False).encode(),
        _ONNX: model.estimator,
    }
    path = Path(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
                for member, data in members.items():
                    info = zipfile.ZipInfo(member, date_time=(1980, 1, 1, 0, 0, 0))
                    info.create_system = 3  # or else the bytes depend on the operating system
                    info.compress_type = zipfile.ZIP_DEFLATED
                    info.external_attr = 0o644 << 16
                    archive.writestr(info, data)
            file.flush()
            os.fsync(file.fileno())
        read_fields(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_fields(path: str | Path) -> dict[str, Any]:
    """Read what a model is made of from its file, trusting nothing in it.

    Parameters
    ----------
    path
        A ``*.linernotes`` file.

    Returns
    -------
    dict
        The parameters of a `linernotes.learning.model.Model`, which has "classes", or of a
        `linernotes.learning.regression.Regression`, which has "targets".

    Raises
    ------
    ModelFileError
        If the file cannot be opened, is damaged or hostile, or is of a format
        version that this linernotes cannot read. The message says which and
        what to do.
    """
    try:
        members = _unpack(Path(path))
        contents = _parse(members[_JSON])
        return _fields(contents, members[_ONNX])
    except OSError as error:
        reason = error.strerror or "it is out of reach"
        raise ModelFileError(f"{path}: cannot be opened ({reason}).") from error
    except ValueError as error:
        raise ModelFileError(f"{path}: {error}.") from error


def _unpack(path: Path) -> dict[str, bytes]:
    """Read the members of the file into memory, each up to its limit."""
    if not path.is_file():
        raise ValueError("is no file: give the path of a *.linernotes file")
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError("is too large for a model file: check that it is one")
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            if sorted(names) != sorted(_LARGEST):
                raise ValueError(
                    f"is no model file, which holds {_JSON} and {_ONNX} and nothing else: "
                    "do not use it"
                )
            return {info.filename: _member(archive, info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, UnicodeError) as error:
        raise ValueError(f"is damaged or no model file: {_AGAIN}") from error
    except (NotImplementedError, RuntimeError) as error:  # encrypted, or an unknown compression
        raise ValueError(f"is packed in a way that models are not: {_AGAIN}") from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    limit = _LARGEST[info.filename]
    if info.file_size > max(_SMALL, _MOST_PACKED * info.compress_size):
        limit = _SMALL
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(info.compress_type)
    with archive.open(info) as member:
        # Sizes in a zip are a claim: never take more than the limit, whatever it claims.
        data = member.read(limit + 1)
    if info.file_size > limit or len(data) > limit:
        raise ValueError(f"unpacks to more than a model may hold ({info.filename}): do not use it")
    return data


def _parse(data: bytes) -> dict[str, object]:
    """Parse JSON more strictly than Python does."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        raise ValueError(f"has a {_JSON} that is no proper JSON: {_AGAIN}") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError(f"has a {_JSON} that describes no model: {_AGAIN}")
    version = value.get("format_version")
    if not isinstance(version, int) or version is True or version not in _KEYS_SINCE:
        raise ValueError(
            f"has model format version {str(version)[:20]!r}, and this linernotes reads versions "
            f"1 to {FORMAT_VERSION}: upgrade linernotes, or train the model anew"
        )
    return value


def _fields(contents: dict[str, object], estimator: bytes) -> dict[str, Any]:
    try:
        version = whole(contents["format_version"], "the format version")
        checked = mapping(contents, _JSON, keys=_KEYS_SINCE[version])
        text(checked["written_by"], "written_by")
        sums = mapping(checked["sha256"], "sha256", keys=(_ONNX,))
        common: dict[str, Any] = {
            "name": text(checked["name"], "the name"),
            "label": text(checked["label"], "the label"),
            "version": text(checked["version"], "the version"),
            "input": (_track_input if version > 1 else _window_input)(checked["input"]),
            "estimator": estimator,
            "learned_from": decode(checked.get("learned_from", "")),
        }
        if version == _REGRESSION:
            own = _regression_fields(checked)
        else:
            own = _classifier_fields(checked, trained=version > 1)
    except ValueError as error:
        raise ValueError(f"has a {_JSON} that does not fit ({error}): {_AGAIN}") from error
    if hashlib.sha256(estimator).hexdigest() != sums[_ONNX]:
        raise ValueError(f"is damaged ({_ONNX} does not fit its check sum): {_AGAIN}")
    try:
        check_graph(estimator)
    except ValueError as error:
        raise ValueError(f"has an estimator that is not let in ({error}): do not use it") from error
    return {**common, **own}


def _classifier_fields(checked: dict[str, object], *, trained: bool) -> dict[str, Any]:
    classes = items(checked["classes"], "the classes", text)
    if len(classes) < 2 or len(set(classes)) != len(classes):
        raise ValueError("the classes are fewer than two or not all different")
    return {
        "classes": classes,
        "card": card_from_dict(checked["card"], len(classes)),
        "threshold": number(checked["threshold"], "the threshold") if trained else 0.0,
        "sure_above": number(checked.get("sure_above", NINE_OF_TEN), "sure_above"),
        "training": _training(checked["training"], len(classes)) if trained else None,
    }


def _regression_fields(checked: dict[str, object]) -> dict[str, Any]:
    targets = items(checked["targets"], "the targets", target_from_dict)
    if not targets or len({target.name for target in targets}) != len(targets):
        raise ValueError("the targets are none, or not all different")
    return {
        "targets": targets,
        "card": card_from_dict(checked["card"], None),
        "training": _training(checked["training"], 1),
    }


def _window_input(value: object) -> ModelInput:
    source = mapping(value, "the input", keys=("network", "version", "tags"))
    return ModelInput(
        network=text(source["network"], "the network"),
        version=text(source["version"], "the network's version"),
        tags=whole(source["tags"], "the number of tags", low=1, high=100_000),
    )


def _track_input(value: object) -> TrackInput:
    source = mapping(value, "the input", keys=("inputs", "clips"))
    clips = source["clips"]
    inputs = items(source["inputs"], "the inputs", _input)
    if not inputs or len({each.name for each in inputs}) != len(inputs):
        raise ValueError("the inputs are none, or one is there twice")
    return TrackInput(inputs, None if clips is None else _clips(clips))


def _input(value: object, where: str) -> Input:
    source = mapping(value, where, keys=("name", "version", "columns"))
    return Input(
        text(source["name"], f"{where} name"),
        text(source["version"], f"{where} version"),
        whole(source["columns"], f"{where} columns", low=1, high=10_000_000),
    )


def _clips(value: object) -> Clips:
    source = mapping(value, "the clips", keys=("seconds", "skip_intro", "at_most"))
    at_most = source["at_most"]
    return Clips(
        seconds=number(source["seconds"], "the clips' seconds", low=0.1, high=86_400),
        skip_intro=number(source["skip_intro"], "the clips' skip_intro", high=86_400),
        at_most=None if at_most is None else whole(at_most, "the clips' at_most", low=1),
    )


def _training(value: object, classes: int) -> Training | None:
    return None if value is None else training_from_dict(value, classes)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is too large")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)
