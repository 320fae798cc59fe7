"""How the package hangs together: no circles, no long modules, no name that means two things."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import linernotes

ROOT = Path(linernotes.__file__).parent
HERE = Path(__file__).parent.parent
LONGEST = 450


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {name_of(path): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}


def for_types_alone(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def imports_in(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield what is imported when a module runs, at its beginning or within its functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not for_types_alone(child):
            yield from imports_in(child)


def shown_by(package: str) -> dict[str, str]:
    """Return which modules the names come from that a package shows without importing them."""
    stub = ROOT.parent / package.replace(".", "/") / "__init__.pyi"
    tree = ast.parse(stub.read_text(encoding="utf-8")) if stub.exists() else ast.parse("")
    return {
        alias.asname or alias.name: f"{package}.{node.module}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


SHOWN = {name: shown_by(name) for name in TREES}


def needed_by(name: str) -> set[str]:
    """Return the modules of the package that a module imports, whenever it does."""
    needed: set[str] = set()
    for node in imports_in(TREES[name]):
        if isinstance(node, ast.Import):
            needed |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{name} imports relatively"
            module = node.module or ""
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                shown = SHOWN.get(module, {}).get(alias.name, module)
                needed.add(whole if whole in TREES else shown)
    return needed & TREES.keys() - {name}


def circles_in(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """Return the sets of modules that need one another (strongly connected components)."""

    def reached_from(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += graph[name]
        return seen

    reached = {name: reached_from(name) for name in graph}
    found = {
        frozenset(other for other in reached[name] if name in reached[other]) for name in graph
    }
    return {circle for circle in found if circle}


def test_circles_are_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"f"}, "f": {"e"}}
    assert circles_in(graph) == {frozenset("abc"), frozenset("ef")}


def test_imports_are_found_wherever_they_stand() -> None:
    assert "linernotes.engine.local" in needed_by("linernotes.features.tracks")  # by the package
    assert "linernotes.features._kernels" in needed_by("linernotes.features.mel")  # in a function


def test_no_module_needs_itself() -> None:
    """What is imported inside of functions counts, what is imported for types alone does not."""
    graph = {name: needed_by(name) for name in TREES}
    found = {
        frozenset(name.removeprefix("linernotes.") for name in circle)
        for circle in circles_in(graph)
    }
    assert found == set()


def test_no_module_is_long() -> None:
    lines = {name: len(source.splitlines()) for name, source in SOURCES.items()}
    long = {name.removeprefix("linernotes.") for name, count in lines.items() if count > LONGEST}
    assert long == set()


def test_no_class_is_called_like_another() -> None:
    """Private ones may: they are seen in their module alone."""
    places: dict[str, set[str]] = defaultdict(set)
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(name)
    assert not {name for name, modules in places.items() if len(modules) > 1}


def names_in(tree: ast.Module) -> set[str]:
    """Return what a module binds, wherever in it."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return bound


def test_what_others_import_is_there() -> None:
    """Pytest passes a test module by in silence if the package lacks a name that it imports."""
    bound = {name: names_in(tree) | SHOWN[name].keys() for name, tree in TREES.items()}
    missing = []
    for folder in ("tests", "tools", "benchmarks", "docs"):
        for path in sorted((HERE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    if node.module.partition(".")[0] != "linernotes":
                        continue
                    known = bound.get(node.module, set())
                    missing += [
                        f"{path.relative_to(HERE)}:{node.lineno}: {node.module}.{alias.name}"
                        for alias in node.names
                        if alias.name not in known and f"{node.module}.{alias.name}" not in TREES
                    ]
    assert missing == []
