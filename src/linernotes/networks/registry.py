"""Networks that are known by name, of which none comes with linernotes but musicnn."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from linernotes.networks.spec import NetworkError, NetworkSpec, read_spec


@cache
def known_networks() -> tuple[NetworkSpec, ...]:
    """Return the networks that can be asked for by name.

    Returns
    -------
    tuple of NetworkSpec
        By name.

    Examples
    --------
    >>> "clap" in [spec.name for spec in known_networks()]
    True
    """
    return tuple(read_spec(spec_file(name)) for name in sorted(_names()))


def find_known(name: str) -> NetworkSpec:
    """Return a network that can be asked for by name.

    Parameters
    ----------
    name
        Its name.

    Returns
    -------
    NetworkSpec
        What it is, and where it comes from.

    Raises
    ------
    NetworkError
        There is none of this name.
    """
    if name not in _names():
        raise NetworkError(
            f"there is no network {name!r:.70}; known: {', '.join(sorted(_names()))}. "
            "A file of your own is installed with --spec"
        )
    return read_spec(spec_file(name))


def spec_file(name: str) -> bytes:
    """Return the spec of a known network as it stands in its file.

    Parameters
    ----------
    name
        Its name.

    Returns
    -------
    bytes
        TOML.
    """
    return (files("linernotes.networks") / "registry" / f"{name}.toml").read_bytes()


@cache
def _names() -> frozenset[str]:
    folder = files("linernotes.networks") / "registry"
    return frozenset(
        file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")
    )
