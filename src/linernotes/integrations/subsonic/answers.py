"""Answers as the protocol spells them: JSON and XML from one tree.

A tree is a dictionary. In XML numbers and texts become attributes, dictionaries and the entries of
lists elements; what is called ``value`` becomes the text of its element.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import linernotes
from linernotes.errors import LinernotesError
from linernotes.integrations.subsonic.errors import SubsonicError

Tree = dict[str, Any]

VERSION = "1.16.1"
"""Of the protocol."""

JSON, XML = "application/json", "application/xml"

# What XML 1.0 cannot hold, and halves of characters, which JSON's readers refuse.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAKS = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def spell(tree: Mapping[str, Any], form: str) -> tuple[bytes, str]:
    """Return the answer to a request that was fulfilled.

    Parameters
    ----------
    tree
        What is told, by the protocol's names.
    form
        What was asked for as ``f``: ``"json"`` or ``"xml"``.

    Returns
    -------
    bytes
        The answer.
    str
        Its media type.

    Examples
    --------
    >>> spell({"license": {"valid": True}}, "xml")[0].decode()[-43:]
    '<license valid="true"/></subsonic-response>'
    """
    return _spell("ok", tree, form)


def spell_error(error: LinernotesError, form: str) -> tuple[bytes, str]:
    """Return the answer to a request that cannot be fulfilled.

    Parameters
    ----------
    error
        Why.
    form
        As in `spell`.

    Returns
    -------
    bytes
        The answer.
    str
        Its media type.
    """
    number = error.number if isinstance(error, SubsonicError) else 0
    message = getattr(error, "message", str(error))
    return _spell("failed", {"error": {"code": number, "message": message}}, form)


def sayable(text: str) -> str:
    r"""Return text without what neither XML nor JSON can hold.

    Examples
    --------
    >>> sayable("Sinner\x00man\udc80")
    'Sinner\ufffdman\ufffd'
    """
    return _UNSAYABLE.sub("\ufffd", text)


def _spell(status: str, tree: Mapping[str, Any], form: str) -> tuple[bytes, str]:
    whole: Tree = {
        "status": status,
        "version": VERSION,
        "type": "linernotes",
        "serverVersion": linernotes.__version__,
        "openSubsonic": True,
        **tree,
    }
    if form in ("json", "jsonp"):
        text = json.dumps({"subsonic-response": _clean(whole)}, separators=(",", ":"))
        return text.encode("ascii"), JSON
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _element(parts, "subsonic-response", {"xmlns": "http://subsonic.org/restapi", **whole})
    return "".join(parts).encode(), XML


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return sayable(value)
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value


def _element(parts: list[str], name: str, value: Any) -> None:
    if not isinstance(value, dict):
        parts.append(f"<{name}>{_text(value)}</{name}>")
        return
    parts.append(f"<{name}")
    children: list[tuple[str, Any]] = []
    text = ""
    for key, each in value.items():
        if each is None:
            continue
        if key == "value":
            text = _text(each)
        elif isinstance(each, dict):
            children.append((key, each))
        elif isinstance(each, list | tuple):
            children += [(key, one) for one in each]
        else:
            parts.append(f" {key}={_attribute(each)}")
    if not (children or text):
        parts.append("/>")
        return
    parts.append(f">{text}")
    for key, each in children:
        _element(parts, key, each)
    parts.append(f"</{name}>")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return sayable(str(value))


def _text(value: Any) -> str:
    return escape(_plain(value), {"\r": "&#13;"})


def _attribute(value: Any) -> str:
    return quoteattr(_plain(value), _BREAKS)
