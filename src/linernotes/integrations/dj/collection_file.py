"""Collections of DJ programs, which are XML: read without trust, and replaced as a whole."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from linernotes.errors import LinernotesError
from linernotes.files import write_atomically

_LARGEST = 512 << 20
_DEEPEST = 64
_MOST_ELEMENTS = 20_000_000


class DjFileError(LinernotesError):
    """A collection of a DJ program cannot be read or written."""

    code = "dj-file"


def read_collection_file(path: Path, root: str) -> ElementTree.Element | None:
    """Read a collection that is there, with its comments.

    Parameters
    ----------
    path
        The file.
    root
        What its outermost element is called.

    Returns
    -------
    Element or None
        ``None`` where there is no file.

    Raises
    ------
    DjFileError
        It is damaged, another kind of file, absurdly large, or declares types or entities, which
        no DJ program writes.
    """
    try:
        if not path.exists():
            return None
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise DjFileError(f"{path}: this is no collection: name another file")
        data = path.read_bytes()
    except OSError as error:
        raise DjFileError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        _check(data)
        builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
        parser = ElementTree.XMLParser(target=builder)  # noqa: S314 - see `_check`
        parser.feed(data)
        found: ElementTree.Element = parser.close()
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
        raise DjFileError(
            f"{path}: this is no collection that can be read ({error}): it was left as it is"
        ) from error
    if found.tag != root:
        raise DjFileError(f"{path}: this is no collection: it begins with {found.tag[:40]!r}")
    return found


def write_collection_file(path: Path, root: ElementTree.Element) -> None:
    """Write a collection, whole or not at all.

    Raises
    ------
    DjFileError
        It cannot be written.
    """
    ElementTree.indent(root)
    data = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    try:
        write_atomically(path, data + b"\n")
    except OSError as error:
        raise DjFileError(f"{path}: cannot be written: {error.strerror}") from error


def part(parent: ElementTree.Element, name: str, *, first: bool = False) -> ElementTree.Element:
    """Return an element inside of another, which is made if there is none."""
    found = parent.find(name)
    if found is None:
        found = ElementTree.Element(name)
        parent.insert(0 if first else len(parent), found)
    return found


def sayable(text: str | None) -> str:
    """Return text without what XML cannot hold."""
    return "".join(
        letter
        for letter in text or ""
        if letter in "\t\n\r" or " " <= letter < "\ud800" or "\ue000" <= letter <= "\ufffd"
        or letter > "\uffff"
    )  # fmt: skip


def _check(data: bytes) -> None:
    """Raise what is wrong with a file that nobody should build a tree of."""
    depth = elements = 0

    def refuse(*_: object) -> None:
        raise ValueError("it declares document types or entities")

    def begin(*_: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > _DEEPEST or elements > _MOST_ELEMENTS:
            raise ValueError("it is nested too deeply, or has too many elements")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.Parse(data, True)
