"""What the package imports is what it declares, and nothing of it is private or under the GPL."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "linernotes"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# What the tests' environment may lack, by the name that is imported.
NOT_ALWAYS_INSTALLED = {
    "pyspark": "pyspark", "ray": "ray", "torch": "torch", "umap": "umap-learn",
    "xgboost": "xgboost-cpu",
}  # fmt: skip
# What others among them need of it, without being told.
ALSO_NEEDED = {"pandas"}
# Rooms that are reached only where their extra is installed, and may import it at once.
ROOMS_OF_EXTRAS = {
    "beets": "integrations/beets.py",
    "collect": "collect/requests_session.py",
    "conversion": "networks/conversions/",
    "mcp": "integrations/mcp.py",
    "neural": "learning/baselines/network_training.py",
    "web": ("integrations/subsonic/", "web/"),
}
# None of it may be linked with what is under the Apache licence.
FORBIDDEN = {"mutagen", "pytaglib", "eyed3", "essentia", "madmom"}
# Nobody but ourselves is asked for what begins with an underscore, but for what Python promises.
PROMISED = {"os._exit"}


@dataclass(frozen=True)
class Import:
    """A module of somebody else that is imported, and where."""

    place: str
    module: str
    names: tuple[str, ...]
    at_once: bool

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normalised(re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0]) for line in requirements}


BASE = declared(PROJECT["dependencies"])
EXTRAS = {
    extra: declared(requirements)
    for extra, requirements in PROJECT["optional-dependencies"].items()
    if extra not in ("test", "tools", "docs")
}


def imports(tree: ast.AST, place: str, *, at_once: bool = True) -> Iterator[Import]:
    """Yield what a module imports, at once or inside of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(place, alias.name, (), at_once)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield Import(place, node.module, tuple(a.name for a in node.names), at_once)
        else:
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
                name = (
                    ast.literal_eval(node.args[0]) if isinstance(node.args[0], ast.Constant) else ""
                )
                yield Import(place, name or "linernotes", (), at_once)
            later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
                isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            )
            yield from imports(node, place, at_once=at_once and not later)


@cache
def trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def foreign() -> list[Import]:
    own = {*sys.stdlib_module_names, "linernotes"}
    found = [one for place, tree in trees().items() for one in imports(tree, place)]
    return [one for one in found if one.package not in own]


@cache
def installed() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


@cache
def distributions(package: str) -> frozenset[str]:
    known = installed().get(package)
    return frozenset(map(normalised, known or [NOT_ALWAYS_INSTALLED.get(package, package)]))


def test_every_import_is_declared_in_the_base_or_in_an_extra() -> None:
    everything = BASE.union(*EXTRAS.values())
    missing = {
        f"{one.place}: {one.module}" for one in foreign()
        if not distributions(one.package) & everything
    }  # fmt: skip
    assert not missing


def test_what_an_extra_brings_is_imported_only_where_it_is_wanted() -> None:
    eager = {
        f"{one.place}: {one.module}" for one in foreign()
        if one.at_once and not distributions(one.package) & BASE
        and not any(
            one.place.startswith(room) and distributions(one.package) & EXTRAS[extra]
            for extra, room in ROOMS_OF_EXTRAS.items()
        )
    }  # fmt: skip
    assert not eager


def test_nothing_is_declared_in_vain() -> None:
    used = frozenset().union(*(distributions(one.package) for one in foreign()))
    assert BASE.union(*EXTRAS.values()) - ALSO_NEEDED <= used


def test_no_licence_of_a_dependency_binds_the_product() -> None:
    assert not {one.place for one in foreign() if one.package.lower() in FORBIDDEN}
    assert not FORBIDDEN & BASE.union(*EXTRAS.values())
    for name in BASE.union(*EXTRAS.values()):
        try:
            told = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        licences = [told.get("License-Expression") or "", *(told.get_all("Classifier") or [])]
        gpl = [text for text in licences if re.search(r"(?<!L)GPL|General Public", text)]
        assert not [text for text in gpl if "Lesser" not in text], name


def test_no_private_names_of_others_are_imported() -> None:
    private = {
        f"{one.place}: {one.module}.{name}" for one in foreign()
        for name in one.names or ("",)
        if any(part.startswith("_") for part in [*one.module.split("."), name])
    }  # fmt: skip
    assert not private


def test_no_private_attributes_of_others_are_used() -> None:
    known = {name for tree in trees().values() for name in defined(tree)}
    private = {
        f"{place}: {ast.unparse(node)}"
        for place, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and re.match(r"_[^_]", node.attr)
        and node.attr not in known
        and ast.unparse(node) not in PROMISED
    }
    assert not private


def defined(tree: ast.AST) -> Iterator[str]:
    """Yield the names of attributes that a module gives to something of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))
        if (
            isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name) and node.value.id == "self"
        ):  # fmt: skip
            yield node.attr
