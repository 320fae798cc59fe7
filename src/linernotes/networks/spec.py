"""What a network is, as data: what it hears, what it tells, whose it is and where it comes from.

A spec is a TOML file::

    name = "clap"
    title = "LAION CLAP, unfused"
    good_for = "search by any words"
    licence = "Apache-2.0"
    free = true
    source = "https://huggingface.co/laion/clap-htsat-unfused"

    [front_end]
    kind = "mel"                      # or "raw"
    sample_rate = 48000
    window_length = 1024
    hop_length = 480
    n_mels = 64

    [input]
    name = "input_features"
    shape = ["batch", "1", "frames", "mels"]
    window = 10.0                     # seconds

    [[outputs]]
    name = "audio_embeds"
    kind = "embedding"                # or "tags", "numbers"
    size = 512

    [text]                            # of a network that hears words as well
    output = "text_embeds"

    [[files]]
    name = "network.onnx"
    url = "https://…"
    sha256 = "…"

Where torch weights are published instead, ``network.onnx`` is made of them::

    architecture = "cnn14"

    [[weights]]
    name = "Cnn14_mAP=0.431.pth"
    url = "https://…"
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from linernotes.errors import LinernotesError
from linernotes.networks.front_ends import FrontEnd, MelFrontEnd, RawFrontEnd

T = TypeVar("T")

#: What the files of a network are called where it is installed.
GRAPH, TEXT_GRAPH, TOKENIZER, SPEC = "network.onnx", "text.onnx", "tokenizer.json", "spec.toml"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[\w=()-][\w.=()-]{0,99}")
_AXES = ("batch", "1", "frames", "mels", "samples")
_LARGEST_SPEC = 1 << 20
_MOST_TAGS = 10_000
_MOST_SECONDS = 120.0
_MOST_NUMBERS = 1 << 22


class NetworkError(LinernotesError):
    """A network cannot be used: its spec or its file is wrong, or it is not installed."""

    code = "network"


@dataclass(frozen=True)
class NetworkInput:
    """The input of a network, and how a track is cut for it.

    Parameters
    ----------
    name
        Of the graph's input.
    shape
        Its axes in order: ``"batch"``, ``"1"``, ``"frames"``, ``"mels"``, ``"samples"``.
    window
        Seconds of a window.
    hop
        Seconds from one window to the next; the window's if not given.
    short
        A track that is shorter than a window is repeated and then followed by silence, followed by
        silence, or given as it is.
    frames
        Frames of a window, if the network wants so many exactly: those beyond are left out, those
        missing are 0.
    """

    name: str
    shape: tuple[str, ...]
    window: float
    hop: float | None = None
    short: Literal["repeat", "silence", "as-is"] = "silence"
    frames: int | None = None


@dataclass(frozen=True)
class NetworkOutput:
    """Something that a network tells of each window.

    Parameters
    ----------
    name
        Of the graph's output.
    kind
        ``"embedding"``, ``"tags"`` with probabilities, or ``"numbers"`` from 0 to 1.
    size
        How many values there are.
    names
        Of the values; embeddings have none.
    sigmoid
        Names of the values that come before their logistic function; ``("*",)`` for all.
    mean_over_time
        Whether it has an axis of time, second to last, that the mean is taken over.
    unit_length
        Whether it is divided by its length, as embeddings are that stand beside those of words.
    """

    name: str
    kind: Literal["embedding", "tags", "numbers"]
    size: int
    names: tuple[str, ...] = ()
    sigmoid: tuple[str, ...] = ()
    mean_over_time: bool = False
    unit_length: bool = False


@dataclass(frozen=True)
class TextTower:
    """The part of a network that puts words where it puts their sound.

    Parameters
    ----------
    output
        Of its graph, in the space of the first embedding.
    tokens, mask
        Names of its inputs; the mask may be missing.
    longest
        Tokens that it hears at most.
    prompt
        What words are put into; ``{}`` stands for them.
    scale
        What similarities of words and sounds are multiplied by, before they become probabilities.
    """

    output: str
    tokens: str = "input_ids"
    mask: str | None = "attention_mask"
    longest: int = 77
    prompt: str = "{}"
    scale: float = 14.3


@dataclass(frozen=True)
class NetworkFile:
    """A file of a network, and where it comes from.

    Parameters
    ----------
    name
        What it is called where the network is installed.
    url
        Where it can be fetched; there may be no such place.
    sha256
        Its checksum, if it is known; otherwise that of the first one is kept and told.
    megabytes
        Its size, roughly.
    member
        Its path within the archive that is fetched or given (a zip file, a wheel).
    """

    name: str
    url: str | None = None
    sha256: str | None = None
    megabytes: float | None = None
    member: str | None = None


@dataclass(frozen=True)
class NetworkSpec:
    """A pretrained network, as data.

    Parameters
    ----------
    name
        By which it is asked for.
    title
        By which people know it.
    good_for
        What it hears better than others, in a phrase.
    licence
        Of its weights.
    free
        Whether that licence is a free one: others have to be agreed to.
    source
        A page about it.
    front_end, input, outputs
        What it hears and tells.
    files
        What it consists of.
    text
        How it hears words, if it does.
    citation
        The paper to cite.
    conversion
        What to do where its files can be neither fetched as they are needed nor made here.
    architecture
        Of which torch weights are published, where its ONNX file is made of them.
    weights
        These files.
    """

    name: str
    title: str
    good_for: str
    licence: str
    free: bool
    source: str
    front_end: FrontEnd
    input: NetworkInput
    outputs: tuple[NetworkOutput, ...]
    files: tuple[NetworkFile, ...]
    text: TextTower | None = None
    citation: str = ""
    conversion: str = ""
    architecture: Literal["", "cnn14", "mert", "mobilenet", "musicfm"] = ""
    weights: tuple[NetworkFile, ...] = ()

    front_ends: ClassVar[Mapping[str, type[MelFrontEnd] | type[RawFrontEnd]]] = {
        "mel": MelFrontEnd,
        "raw": RawFrontEnd,
    }

    @property
    def embedding(self) -> NetworkOutput | None:
        """The output that says what sounds alike."""
        return next((output for output in self.outputs if output.kind == "embedding"), None)


def read_spec(data: bytes) -> NetworkSpec:
    """Read the spec of a network.

    Parameters
    ----------
    data
        A TOML file.

    Returns
    -------
    NetworkSpec
        It fits itself; whether its graph fits it shows when it runs.

    Raises
    ------
    NetworkError
        Something is missing, unknown or out of its range.
    """
    if len(data) > _LARGEST_SPEC:
        raise NetworkError("the spec of the network is longer than any spec")
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NetworkError(f"the spec of the network is no TOML file ({error})") from error
    front_end = content.pop("front_end", {})
    if not isinstance(front_end, dict):
        raise NetworkError("the spec of the network has a front_end that is no table")
    kind = NetworkSpec.front_ends.get(str(front_end.pop("kind", "")))
    if kind is None:
        raise NetworkError('the spec of the network has no front_end of kind "mel" or "raw"')
    made = _read(NetworkSpec, content, "", front_end=_read(kind, front_end, "front_end."))
    _check(made)
    return made


def _read(kind: type[T], table: Any, place: str, **ready: Any) -> T:
    """Make a dataclass of a table whose keys are its fields."""
    if not isinstance(table, dict):
        raise NetworkError(f"the spec of the network has no table {place.rstrip('.')}")
    hints = typing.get_type_hints(kind)
    values = dict(ready)
    known = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for name, value in table.items():
        if name not in known or name in ready:
            raise NetworkError(f"the spec of the network has an unknown key {place}{name[:40]}")
        values[name] = _value(hints[name], value, f"{place}{name}")
    for name, field in known.items():
        if name not in values and field.default is dataclasses.MISSING:
            raise NetworkError(f"the spec of the network has no {place}{name}")
    return kind(**values)


def _value(hint: Any, value: Any, place: str) -> Any:
    """Return a value if it has the type that a field is declared with."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        hint = next(each for each in arguments if each is not type(None))
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        if value in arguments and type(value) in map(type, arguments):
            return value
    elif origin is tuple and isinstance(value, list):
        return tuple(_value(arguments[0], each, place) for each in value)
    elif dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _read(hint, value, f"{place}.")
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif hint in (str, int, bool) and type(value) is hint:
        return value
    raise NetworkError(f"the spec of the network has a {place} that is not understood")


def _check(spec: NetworkSpec) -> None:
    """Refuse what no network can be."""

    def demand(fits: bool, problem: str) -> None:
        if not fits:
            raise NetworkError(f"the spec of the network {spec.name!r:.70} has {problem}")

    demand(_NAME.fullmatch(spec.name) is not None, "a name that is none: a-z, 0-9, - and _")
    demand(spec.name not in ("all", "musicnn"), "a name that is taken")
    end, heard = spec.front_end, spec.input
    demand(8_000 <= end.sample_rate <= 96_000, "a sample rate beyond 8,000 to 96,000 Hz")
    demand(0.1 <= heard.window <= _MOST_SECONDS, f"a window beyond 0.1 to {_MOST_SECONDS:.0f} s")
    demand(heard.hop is None or 0.05 <= heard.hop <= heard.window, "a hop beyond its window")
    demand(0 < len(heard.shape) <= 4 and set(heard.shape) <= set(_AXES), "an unknown shape")
    axes = ["batch", "frames", "mels"] if isinstance(end, MelFrontEnd) else ["batch", "samples"]
    demand(sorted(axis for axis in heard.shape if axis != "1") == axes, f"a shape without {axes}")
    demand(heard.shape[0] == "batch", "a shape that does not begin with batch")
    if isinstance(end, MelFrontEnd):
        _check_mel(end, heard, demand)
    demand(0 < len(spec.outputs) <= 20, "no outputs, or too many")
    demand(len({each.name for each in spec.outputs}) == len(spec.outputs), "an output twice")
    for output in spec.outputs:
        demand(1 <= output.size <= _MOST_TAGS, f"an output of {output.size} values")
        named = output.kind != "embedding"
        demand(len(output.names) == (output.size if named else 0), f"an output of {output.size} "
               f"values and {len(output.names)} names")  # fmt: skip
        demand(len(set(output.names)) == len(output.names), "a name twice")
        demand(set(output.sigmoid) <= {"*", *output.names}, "a sigmoid of an unknown name")
    demand(spec.text is None or spec.embedding is not None, "words, and no embedding beside them")
    demand(spec.text is None or spec.text.prompt.count("{}") == 1, "a prompt without {}")
    demand(spec.text is None or 0 < spec.text.scale < 1e4, "a scale that is none")
    demand(spec.text is None or 1 <= spec.text.longest <= 10_000, "a text of no length")
    wanted = [GRAPH] if spec.text is None else [GRAPH, TEXT_GRAPH, TOKENIZER]
    demand(sorted(each.name for each in spec.files) == sorted(wanted), f"not the files {wanted}")
    made = bool(spec.weights)
    demand((spec.architecture != "") is made, "weights without their architecture, or it alone")
    demand(not made or spec.text is None, "words, and weights that tell none")
    names = [file.name for file in spec.weights]
    demand(len(set(names)) == len(names) <= 10, "weights twice, or too many")
    demand(all(map(_FILE_NAME.fullmatch, names)), "weights of no file's name")
    for file in (*spec.files, *spec.weights):
        demand(file.url is None or file.url.startswith("https://"), "an address without https")
        demand(file.sha256 is None or _SHA256.fullmatch(file.sha256) is not None, "no checksum")


def _check_mel(end: MelFrontEnd, heard: NetworkInput, demand: Any) -> None:
    n_fft = end.n_fft or end.window_length
    demand(16 <= end.window_length <= n_fft <= 65_536, "a window or transform out of range")
    demand(1 <= end.hop_length <= 65_536, "a hop_length out of range")
    demand(1 <= end.n_mels <= 1_024, "n_mels out of range")
    highest = end.maximum_frequency or end.sample_rate / 2
    demand(0 <= end.minimum_frequency < highest <= end.sample_rate / 2, "frequencies out of range")
    demand(end.floor > 0 and end.scale != 0, "a floor or scale of 0")
    frames = heard.window * end.sample_rate / end.hop_length
    demand(frames * end.n_mels <= _MOST_NUMBERS, "windows of too many numbers")
    demand(heard.frames is None or 1 <= heard.frames <= 2 * frames + 100, "frames out of range")
