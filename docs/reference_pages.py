"""Pages that are written when the site is built: a page a room, and the commands' help."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from textwrap import indent
from types import GenericAlias, UnionType
from typing import Any

from public_names import ROOT, PublicName, exported, public_names, public_rooms


def write_reference(folder: Path) -> None:
    """Write a page for each room and one for all of them."""
    folder.mkdir(exist_ok=True)
    names = public_names()
    rooms = public_rooms()
    for old in folder.glob("*.rst"):
        old.unlink()
    for room in rooms:
        page = _room_page(room, names)
        (folder / f"{room}.rst").write_text(page, encoding="utf-8")
    listed = "\n".join(f"   {room}" for room in rooms)
    (folder / "index.rst").write_text(
        f"{_heading('Python reference')}\nA page for each room of the package, the outermost "
        f"first.\n\n.. toctree::\n   :maxdepth: 1\n\n{listed}\n",
        encoding="utf-8",
    )


_KINDS = {"Functions": "function", "Classes": "class", "Types": "type", "Constants": "data"}


def _room_page(room: str, names: list[PublicName]) -> str:
    own = [name for name in names if name.room == room]
    elsewhere = [name for name in _shown(room, names) if name.room != room]
    parts = [_heading(room), f".. py:module:: {room}", inspect.getdoc(_module(room)) or ""]
    for title, kind in _KINDS.items():
        listed = [name for name in own if _kind(name.value) == kind]
        if listed:
            parts += [_heading(title, "-"), *(_entry(name, kind) for name in listed)]
    if elsewhere:
        lines = [f"- :py:obj:`{name.name} <{name.path}>`" for name in elsewhere]
        parts += [_heading("Also here", "-"), "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _shown(room: str, names: list[PublicName]) -> list[PublicName]:
    """Return what a room shows, wherever that belongs."""
    module = _module(room)
    listed = set(exported(room))
    return [n for n in names if n.name in listed and getattr(module, n.name) is n.value]


def _entry(name: PublicName, kind: str) -> str:
    if kind == "class":
        told = [base.__name__ for base in name.value.__mro__[1:] if _is_told_elsewhere(base)]
        options = f"   :members:\n   :inherited-members: {', '.join(told)}"
        return f".. autoclass:: {name.path}\n{options}"
    if kind == "type":
        return f".. py:type:: {name.path}\n   :canonical: {name.value}"
    if kind == "data":
        return f".. autodata:: {name.path}\n   :no-value:"
    return f".. autofunction:: {name.path}"


def _is_told_elsewhere(base: type) -> bool:
    """Whether a class is another library's, or has an entry of its own."""
    return not base.__module__.startswith(ROOT) or any(n.value is base for n in public_names())


def _kind(value: object) -> str:
    if isinstance(value, GenericAlias | UnionType):
        return "type"
    if inspect.isclass(value):
        return "class"
    return "function" if inspect.isroutine(value) else "data"


def _module(room: str) -> Any:
    return importlib.import_module(room)


def _heading(text: str, line: str = "=") -> str:
    return f"{text}\n{line * len(text)}"


def write_commands(file: Path) -> None:
    """Write what ``--help`` says of each command."""
    import typer.main

    from linernotes.cli.app import app

    parts = [_heading("Commands"), "What ``linernotes COMMAND --help`` says."]
    parts += _help_of(typer.main.get_command(app), ROOT, None)
    file.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _help_of(command: Any, name: str, parent: Any) -> list[str]:
    command.rich_markup_mode = None  # plain text, without frames
    context = command.context_class(command, info_name=name, parent=parent, terminal_width=88)
    context.max_content_width = 88
    text = command.get_help(context).strip()
    block = [_heading(context.command_path, "-"), f".. code-block:: text\n\n{indent(text, '   ')}"]
    inner = getattr(command, "commands", {})
    shown = [(key, inner[key]) for key in inner if not inner[key].hidden]
    return block + [part for key, sub in shown for part in _help_of(sub, key, context)]
