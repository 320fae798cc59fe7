"""How much each of several networks counts in what is alike, as it was learned: a table.

``weights``
    A row each time that they are learned; of the same networks in the same versions the last one
    counts.

They can be learned again: what is damaged is as good as not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from linernotes import __version__
from linernotes.library.analyses import ANALYSES
from linernotes.library.errors import LibraryError
from linernotes.library.rows import table_name
from linernotes.library.store_errors import reading
from linernotes.networks import InstalledNetwork

if TYPE_CHECKING:
    from linernotes.library.store import Store

#: The networks that come with linernotes, with what is measured, as one name.
SHIPPED = "musicnn"

#: Changes whenever the same weights mean something else.
VERSION = 1

EvidenceKind = Literal["pairs", "artists", "genres"]

_TABLE = "weights"
_MOST_PIECES = 20


@dataclass(frozen=True)
class NetworkWeights:
    """How much networks count, and what speaks for it.

    Parameters
    ----------
    weights
        The share of each network in what is alike, by name; together 1.
    evidence
        What they were learned from: pairs of tracks, or the artists or genres of the library.
    questions
        How many tracks were asked for what is like them.
    equal, learned
        Mean average precision of the answers where all networks count the same, and where they
        count as was learned from other tracks; 1 is best.
    noise
        Standard error of the difference.
    """

    weights: Mapping[str, float]
    evidence: EvidenceKind
    questions: int
    equal: float
    learned: float
    noise: float

    @property
    def are_equal(self) -> bool:
        """Whether all networks count the same, as no other weights were better for certain."""
        return len(set(self.weights.values())) == 1

    def in_words(self) -> str:
        """Say how much each network counts, and why.

        Returns
        -------
        str
            A line.
        """
        of = {
            "pairs": "your pairs",
            "artists": "what is by the same artist",
            "genres": "what is of the same genre",
        }[self.evidence]
        if self.are_equal:
            return f"{' and '.join(self.weights)} count the same: nothing else was better at {of}"
        shares = ", ".join(f"{name} {share:.0%}" for name, share in self.weights.items())
        return f"{shares}: learned from {of}"

    def lines(self) -> dict[str, str]:
        """Return what ``linernotes index`` prints of it, by what it is called.

        Returns
        -------
        dict of str
            How much the networks count, what from, and what that is worth.
        """
        figures = (
            f"{self.learned:.3f} on what was held out, {self.equal:.3f} where all count the same, "
            f"within {2 * self.noise:.3f} by chance"
        )
        return {"weights": self.in_words(), "precision": f"{figures} ({self.questions} tracks)"}

    def as_dict(self) -> dict[str, Any]:
        """Return what ``linernotes index --json`` prints of it.

        Returns
        -------
        dict
            Of plain values.
        """
        return {
            "weights": {name: round(weight, 4) for name, weight in self.weights.items()},
            "evidence": self.evidence,
            "questions": self.questions,
            "equal": round(self.equal, 4),
            "learned": round(self.learned, 4),
            "noise": round(self.noise, 4),
        }


def write_weights(
    store: Store, networks: Sequence[InstalledNetwork], learned: NetworkWeights
) -> None:
    """Keep weights, which count from then on.

    Parameters
    ----------
    store
        The library.
    networks
        Those of them that are installed.
    learned
        Their weights.

    Raises
    ------
    LibraryError
        It cannot be written.
    """
    import pyarrow as pa

    names = list(learned.weights)
    row = pa.table({
        "networks": pa.array([_identity(names, networks)]),
        "version": pa.array([VERSION], pa.int32()),
        "made_by": pa.array([__version__]),
        "names": pa.array([names], pa.list_(pa.string())),
        "weights": pa.array([list(learned.weights.values())], pa.list_(pa.float64())),
        "evidence": pa.array([learned.evidence]),
        "questions": pa.array([learned.questions], pa.int64()),
        "equal": pa.array([learned.equal], pa.float64()),
        "learned": pa.array([learned.learned], pa.float64()),
        "noise": pa.array([learned.noise], pa.float64()),
    })  # fmt: skip
    try:
        _read_all(store)
    except LibraryError:  # damaged
        store.drop(_TABLE)
    store.add(_TABLE, row)
    store.tidy(_TABLE, most_pieces=_MOST_PIECES)


def read_weights(
    store: Store, names: Sequence[str], networks: Sequence[InstalledNetwork]
) -> NetworkWeights | None:
    """Return what was learned of some networks in their present versions, if anything.

    Parameters
    ----------
    store
        The library.
    names
        Of the networks, in any order.
    networks
        Those of them that are installed.

    Returns
    -------
    NetworkWeights or None
        By these names, in their order.
    """
    try:
        rows = _read_all(store)
    except LibraryError:
        return None
    identity = _identity(names, networks)
    for row in reversed(rows):
        if row["networks"] == identity and row["version"] == VERSION:
            weights = dict(zip(row["names"], row["weights"], strict=True))
            return NetworkWeights(
                {name: weights[name] for name in dict.fromkeys(names)},
                row["evidence"],
                row["questions"],
                row["equal"],
                row["learned"],
                row["noise"],
            )
    return None


def _read_all(store: Store) -> list[dict[str, Any]]:
    with reading(store.location):
        table = store.as_it_is(_TABLE)
        return [] if table is None else table.to_table().to_pylist()


def _identity(names: Sequence[str], networks: Sequence[InstalledNetwork]) -> str:
    """Return what tells networks in their versions from all others."""
    versions = {network.spec.name: network.version for network in networks}
    if SHIPPED in names:
        versions[SHIPPED] = " ".join(map(table_name, ANALYSES))
    return "; ".join(f"{name} {versions[name]}" for name in sorted(versions))
