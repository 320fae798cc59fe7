"""``linernotes networks``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console

from linernotes import networks
from linernotes.display import printable

_SHIPPED = "musicnn"


def list_networks(*, as_json: bool = False) -> None:
    """Print the networks that are installed, and those that can be."""
    installed = {network.spec.name: network for network in networks.list_installed()}
    known = {spec.name: spec for spec in networks.known_networks()}
    specs = known | {name: network.spec for name, network in installed.items()}
    if as_json:
        for name, spec in sorted(specs.items()):
            told = installed[name].as_dict() if name in installed else {"name": name}
            print(json.dumps({"installed": name in installed, "licence": spec.licence, **told}))
        return
    rows = [(_SHIPPED, "comes with linernotes", "3 MB", "ISC", "tags, genre, what sounds alike")]
    for name, spec in sorted(specs.items()):
        state = f"{installed[name].receipt.seconds:.1f} s" if name in installed else "-"
        size = sum(file.megabytes or 0 for file in spec.files)
        licence = spec.licence if spec.free else f"{spec.licence} (not free)"
        rows.append((name, state, f"{size:.0f} MB", licence, spec.good_for))
    heads = ("network", "30 s take", "size", "licence", "good for")
    wide = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [f"{cell:{width}}" for cell, width in zip(row, wide, strict=True)]
        print(printable("  ".join(cells).rstrip()))
    print("\nlinernotes networks install NAME fetches one; nothing is fetched without it.")


def show_network(name: str, *, as_json: bool = False) -> None:
    """Print what is known of a network."""
    installed = {network.spec.name: network for network in networks.list_installed()}
    network = installed.get(name)
    spec = networks.find_known(name) if network is None else network.spec
    if as_json:
        print(json.dumps({**asdict(spec), "installed": network and network.as_dict()}))
        return
    end = spec.front_end
    lines = [
        ("network", f"{spec.title} ({spec.name})"),
        ("good for", spec.good_for),
        ("licence", spec.licence if spec.free else f"{spec.licence}: not a free licence"),
        (
            "hears",
            f"{_front_end(spec)} at {end.sample_rate:,} Hz, {spec.input.window:g} s at a time",
        ),
        *(("tells", _output(output)) for output in spec.outputs),
        *((("words", "says where words are among sounds"),) if spec.text else ()),
        ("from", spec.source),
        *((("cite", spec.citation),) if spec.citation else ()),
    ]
    if network is None:
        for file in spec.weights or spec.files:
            known = "known" if file.sha256 else "that of the first one fetched"
            lines.append(("file", f"{file.name}, {file.megabytes or 0:g} MB, checksum {known}"))
        if spec.weights:
            lines.append(("", "torch weights, converted here: linernotes[conversion]"))
        lines.append(("installed", "no" + (f". {spec.conversion}" if spec.conversion else "")))
    else:
        lines.append(("installed", f"{network.receipt.installed}, in {network.folder}"))
        lines.append(("30 s take", f"{network.receipt.seconds:.1f} s on one processor"))
        lines.append(("fastest", _pace(network)))
        lines += [("sha256", f"{total}  {file}") for file, total in network.receipt.sha256.items()]
    for head, text in lines:
        print(printable(f"{head:<10} {text}"))


def install_network(
    name: str, *, files: Path | None, spec: Path | None, accepted_licence: str | None
) -> None:
    """Install a network, and say what it is now."""
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    data = networks.spec_file(networks.find_known(name).name) if spec is None else spec.read_bytes()
    read = networks.read_spec(data)
    if read.name != name:
        raise networks.NetworkError(f"the spec in {spec} is of the network {read.name!r}")
    if not read.free and accepted_licence is None and sys.stdin.isatty():
        messages.print(
            f"{read.title} is under {read.licence}: its weights may not be used for everything. "
            f"{read.source} says more.",
            markup=False,
        )
        accepted_licence = typer.prompt(f"Type {read.licence} to agree", err=True)
    from linernotes.cli.bars import byte_bar

    with byte_bar(messages) as progress:
        network = networks.install(
            data, files=files, accepted_licence=accepted_licence, progress=progress
        )
    receipt = network.receipt
    print(printable(f"{network.spec.title} is installed: 30 s take {receipt.seconds:.1f} s."))
    for file in receipt.pinned:
        messages.print(
            f"{file}: nobody had told its checksum; it is {receipt.sha256[file]}, and has to be "
            "from now on",
            markup=False,
        )


def remove_network(name: str) -> None:
    """Remove a network."""
    networks.remove(name)
    print(printable(f"{name} is removed."))


def test_network(name: str, *, track: Path | None, as_json: bool) -> None:
    """See that a network runs, and print what it tells of a track."""
    network = networks.find_installed(name)
    if track is None:
        trial = networks.try_again(network)
        if as_json:
            print(json.dumps(asdict(trial)))
        else:
            print(f"{name} runs: 30 s take {trial.seconds:.1f} s on one processor.")
        return
    heard = networks.hear_track(network, track)
    told = {output.name: heard.mean(output.name) for output in network.spec.outputs}
    if as_json:
        print(json.dumps({name: values.tolist() for name, values in told.items()}))
        return
    for output in network.spec.outputs:
        values = told[output.name]
        if output.names:
            order = values.argsort(kind="stable")[::-1]
            for i in order[:20] if output.kind == "tags" else range(len(values)):
                print(printable(f"{output.names[i]:<24} {values[i]:.3f}"))
        else:
            print(f"{output.name}: {output.size} numbers, of length {(values**2).sum() ** 0.5:.3f}")


def _pace(network: networks.InstalledNetwork) -> str:
    pace = network.pace
    words = f"{pace.batch} windows together" if pace.batch > 1 else "one window at a time"
    words += f", on {pace.threads} processors" if pace.threads > 1 else ", on one processor"
    if network.receipt.pace == pace:
        return f"{words}, as measured here"
    return f"{words}; linernotes networks test {network.spec.name} measures it here"


def _front_end(spec: networks.NetworkSpec) -> str:
    end = spec.front_end
    return f"{end.n_mels} mels" if isinstance(end, networks.MelFrontEnd) else "samples"


def _output(output: networks.NetworkOutput) -> str:
    if output.kind == "embedding":
        return f"an embedding of {output.size} numbers"
    named = "; ".join(output.names[:8]) + ("; …" if output.size > 8 else "")
    return f"{output.size} {output.kind}: {named}"
