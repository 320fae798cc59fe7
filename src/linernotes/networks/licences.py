"""What has to be said where something is written that networks under a licence not free told."""

from __future__ import annotations

from collections.abc import Iterable

from linernotes.networks.installed import InstalledNetwork
from linernotes.networks.spec import NetworkSpec


def licence_notice(networks: Iterable[InstalledNetwork]) -> str | None:
    """Return what is said with what networks told, wherever it is written.

    Parameters
    ----------
    networks
        That were heard with.

    Returns
    -------
    str or None
        A line, such as "heard by MERT v1 95M (CC-BY-NC-4.0, not a free licence)"; ``None`` where
        all of them are free.

    Examples
    --------
    >>> licence_notice([]) is None
    True
    """
    specs = {network.spec.name: network.spec for network in networks}
    told = [title_of(spec) for spec in specs.values() if not spec.free]
    return f"heard by {' and '.join(told)}" if told else None


def title_of(spec: NetworkSpec) -> str:
    """Return what people call a network, with its licence if that is not free."""
    licence = "" if spec.free else f" ({spec.licence}, not a free licence)"
    return " ".join(f"{spec.title}{licence}".split())
