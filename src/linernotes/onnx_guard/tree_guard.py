"""Looks through the trees of an ONNX graph: nothing in them may point outside of them.

A tree ensemble is a dozen parallel lists: for each node its tree, its number, what it asks of
which column, and where to go from there; for each leaf the class and the weight that it votes
with. A list that is too short, a node that leads to none, or in a circle, and onnxruntime would
read other memory or never end; what it checks itself differs from version to version.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from linernotes.onnx_guard.protobuf import bulk_fields, integers

Ints = NDArray[np.int64]
Found = int | memoryview | Ints | NDArray[np.float32]
T = TypeVar("T")

#: The operations that this module looks through, and what their votes are called.
TREES = {"TreeEnsembleClassifier": "class", "TreeEnsembleRegressor": "target"}

_MODES = frozenset(
    (b"LEAF", b"BRANCH_LEQ", b"BRANCH_LT", b"BRANCH_GTE", b"BRANCH_GT", b"BRANCH_EQ",
     b"BRANCH_NEQ")
)  # fmt: skip
_UNKNOWN = "the graph has trees in a form that is not known"
_MOST_COLUMNS = 1_000_000
_MOST_NODES = 1 << 31
_MOST_CLASSES = 100_000
# onnxruntime builds a tree by calling itself for each level of it.
_DEEPEST = 500


def check_tree(attributes: list[memoryview]) -> int:
    """Refuse a tree ensemble that points outside of itself.

    Parameters
    ----------
    attributes
        Of the node, as serialised ``AttributeProto``.

    Returns
    -------
    How many columns its input needs to have.

    Raises
    ------
    ValueError
        A list is missing, of another length, or points to what is not there.
    """
    lists = _Lists(attributes)
    trees, numbers = lists.whole("nodes_treeids"), lists.whole("nodes_nodeids")
    count = len(trees)
    modes, columns = lists.texts("nodes_modes"), lists.whole("nodes_featureids")
    yes, no = lists.whole("nodes_truenodeids"), lists.whole("nodes_falsenodeids")
    sizes = {len(x) for x in (numbers, modes, columns, yes, no)} | {lists.count("nodes_values")}
    sizes |= lists.optional("nodes_missing_value_tracks_true", "nodes_hitrates")
    if sizes != {count}:
        raise ValueError("the graph has trees with lists of different lengths")
    if not _MODES.issuperset(modes):
        raise ValueError("the graph has trees that ask what trees do not ask")
    _check_range(columns, _MOST_COLUMNS)
    place = _Places(trees, numbers)
    leaf = np.array([mode == b"LEAF" for mode in modes], np.bool_)
    _check_paths(trees, place, (yes, no), leaf)
    _check_votes(lists, place, leaf)
    return int(columns.max()) + 1


class _Places:
    """Where in the lists each node is, by its tree and number."""

    def __init__(self, trees: Ints, numbers: Ints) -> None:
        _check_range(trees, _MOST_NODES)
        _check_range(numbers, _MOST_NODES)
        keys = trees * _MOST_NODES + numbers
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        if (np.diff(self._keys) == 0).any():
            raise ValueError("the graph has trees with two nodes of one number")

    def find(self, trees: Ints, numbers: Ints) -> Ints:
        """Return the places of nodes.

        Raises
        ------
        ValueError
            There is no such node.
        """
        _check_range(trees, _MOST_NODES)
        _check_range(numbers, _MOST_NODES)
        keys = trees * _MOST_NODES + numbers
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        if not np.array_equal(self._keys[at], keys):
            raise ValueError("the graph has trees that lead nowhere")
        return self._order[at]


def _check_paths(
    trees: Ints, place: _Places, ways: tuple[Ints, Ints], leaf: NDArray[np.bool_]
) -> None:
    """See that every way from a node leads deeper into the same tree, and soon to an end."""
    inner = np.flatnonzero(~leaf)
    children = np.concatenate([place.find(trees[inner], way[inner]) for way in ways])
    if len(np.unique(children)) != len(children):
        raise ValueError("the graph has trees with two ways to one node")
    parent = np.full(len(trees), -1)
    parent[children] = np.tile(inner, 2)
    # Each tree is one run of nodes that begins with its root.
    first = np.append(True, np.diff(trees) != 0)
    if len(np.unique(trees)) != first.sum() or not np.array_equal(first, parent < 0):
        raise ValueError("the graph has trees without one root")
    depth, above = 0, parent
    while (above >= 0).any():
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("the graph has trees that are too deep, or lead in a circle")
        above = np.where(above >= 0, parent[above], -1)


def _check_votes(lists: _Lists, place: _Places, leaf: NDArray[np.bool_]) -> None:
    kinds = [kind for kind in TREES.values() if lists.has(f"{kind}_ids")]
    if len(kinds) != 1:
        raise ValueError("the graph has trees that vote for nothing")
    kind = kinds[0]
    voted, trees = lists.whole(f"{kind}_ids"), lists.whole(f"{kind}_treeids")
    nodes = lists.whole(f"{kind}_nodeids")
    if {len(trees), len(nodes), lists.count(f"{kind}_weights")} != {len(voted)} or not len(voted):
        raise ValueError("the graph has trees with lists of different lengths")
    if not leaf[place.find(trees, nodes)].all():
        raise ValueError("the graph has votes of nodes that are no leaves")
    classes = _classes(lists, kind)
    _check_range(voted, classes)
    if lists.has("base_values") and lists.count("base_values") not in (1, classes):
        raise ValueError("the graph has trees with lists of different lengths")


def _classes(lists: _Lists, kind: str) -> int:
    if kind == "class":
        if lists.has("classlabels_strings"):
            raise ValueError("the graph has trees whose classes are no numbers")
        return len(lists.whole("classlabels_int64s"))
    classes = lists.one("n_targets")
    if not 1 <= classes <= _MOST_CLASSES:
        raise ValueError("the graph has trees that vote for too much")
    return classes


def _check_range(values: Ints, end: int) -> None:
    if len(values) and not 0 <= values.min() <= values.max() < end:
        raise ValueError("the graph has trees with numbers out of range")


class _Lists:
    """The lists of a tree ensemble by their names."""

    def __init__(self, attributes: list[memoryview]) -> None:
        self._ones: dict[str, list[int]] = {}
        self._whole: dict[str, Ints] = {}
        self._counts: dict[str, int] = {}
        self._texts: dict[str, list[bytes]] = {}
        for attribute in attributes:
            self._read(attribute)

    def _read(self, attribute: memoryview) -> None:
        name, count = "", 0
        whole: list[Ints] = []
        ones: list[int] = []
        texts: list[bytes] = []
        for number, value in bulk_fields(attribute):
            if number in (5, 6, 10, 11, 22, 23):
                raise ValueError("the graph has trees of tensors or subgraphs")
            if number == 1:
                name = bytes(_of_kind(value, memoryview)).decode("utf-8", "replace")
            elif number == 3:
                ones += _whole(value).tolist()
            elif number == 7:
                count += _count(value)
            elif number == 8:
                whole.append(_whole(value))
            elif number == 9:
                texts.append(bytes(_of_kind(value, memoryview)))
        if name in self._whole:
            raise ValueError("the graph has trees with a list that is there twice")
        self._whole[name] = np.concatenate([*whole, np.empty(0, np.int64)])
        self._ones[name], self._counts[name], self._texts[name] = ones, count, texts

    def has(self, name: str) -> bool:
        return name in self._whole

    def one(self, name: str) -> int:
        found = self._ones.get(name, [])
        if len(found) != 1:
            raise ValueError(f"the graph has trees without one {name}")
        return found[0]

    def whole(self, name: str) -> Ints:
        found = self._whole.get(name)
        if found is None or not len(found):
            raise ValueError(f"the graph has trees without {name}")
        return found

    def count(self, name: str) -> int:
        return self._counts.get(name, 0)

    def texts(self, name: str) -> list[bytes]:
        return self._texts.get(name, [])

    def optional(self, *names: str) -> set[int]:
        """Return the lengths of lists that may be missing."""
        lengths = {len(self._whole[name]) for name in names if name in self._whole}
        return (lengths | {self.count(name) for name in names}) - {0}


def _whole(value: Found) -> Ints:
    if isinstance(value, memoryview):  # packed
        return np.array(integers(value), np.int64)
    if isinstance(value, np.ndarray) and value.dtype == np.int64:
        return value.astype(np.int64)
    raise ValueError(_UNKNOWN)


def _count(value: Found) -> int:
    if isinstance(value, memoryview) and len(value) % 4 == 0:  # packed
        return len(value) // 4
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        return len(value)
    raise ValueError(_UNKNOWN)


def _of_kind(value: Found, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise ValueError(_UNKNOWN)
    return value
