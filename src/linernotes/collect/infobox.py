"""Reading the infobox of an album or a song from the text of its Wikipedia page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Pages longer than that are lists, and the box stands at the beginning.
_LONGEST = 200_000
_LONGEST_FIELD = 4000
_BOX = re.compile(r"\{\{\s*infobox\s+(album|song|single|musical composition)\b", re.IGNORECASE)
# Bounded, or a page of nothing but beginnings would take its square.
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_NOTE = re.compile(
    r"<ref[^<>]{0,300}/>|<ref[^<>]{0,300}>.{0,2000}?</ref>", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_LIST = re.compile(r"\{\{\s*(?:hlist|flatlist|plainlist|ubl|unbulleted list|plain list)\s*\|",
                   re.IGNORECASE)  # fmt: skip
_TEMPLATE = re.compile(r"\{\{[^{}|]*\|?([^{}]*)\}\}")
_JOB = re.compile(r"\(([^()]*)\)")
_SEPARATOR = re.compile(r"\s*(?:[\n*•·;]|,(?!\s*(?:jr|sr)\b)|\s/\s)\s*", re.IGNORECASE)
_JOBS = (("exec", "executive producer"), ("add", "additional producer"),
         ("assoc", "associate producer"), ("assist", "assistant producer"),
         ("co", "co-producer"), ("voc", "vocal producer"))  # fmt: skip


@dataclass(frozen=True)
class Infobox:
    """The infobox of an album or a song.

    Parameters
    ----------
    name, artist
        Of the work.
    producers
        Names and jobs.
    is_song
        Whether the work is a song rather than an album.
    """

    name: str = ""
    artist: str = ""
    producers: tuple[tuple[str, str], ...] = ()
    is_song: bool = False


def read_infobox(page: str) -> Infobox | None:
    """Read the first infobox of a page; ``None`` if it has none.

    Examples
    --------
    >>> box = read_infobox('''{{Infobox album | name = Low | artist = [[David Bowie]]
    ... | producer = {{hlist|David Bowie|[[Tony Visconti|Visconti]] (co.)}} }}''')
    >>> box.artist, box.producers
    ('David Bowie', (('David Bowie', 'producer'), ('Visconti', 'co-producer')))
    """
    page = _NOTE.sub("", _COMMENT.sub("", page[:_LONGEST]))
    begin = _BOX.search(page)
    if begin is None:
        return None
    fields = dict(_fields(page[begin.start() :]))
    producers = dict.fromkeys(_producers(fields.get("producer", "")))
    return Infobox(
        _plain(fields.get("name", "")),
        _plain(fields.get("artist", "")),
        tuple(producers),
        is_song=begin[1].casefold() != "album",
    )


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Split a template at the bars of its own level, up to where it closes."""
    depth, parts, since = 0, [], 0
    for sign in re.finditer(r"\{\{|\}\}|\[\[|\]\]|\|", text):
        if sign[0] in ("{{", "[["):
            depth += 1
        elif sign[0] in ("}}", "]]"):
            depth -= 1
            if depth == 0:
                parts.append(text[since : sign.start()])
                break
        elif depth == 1:
            parts.append(text[since : sign.start()])
            since = sign.end()
    for part in parts[1:]:
        name, _, value = part.partition("=")
        yield name.strip().casefold(), value.strip()[:_LONGEST_FIELD]


def _producers(text: str) -> Iterator[tuple[str, str]]:
    # Lists are templates whose bars separate; links may hold bars of their own.
    text = _LINK.sub(r"\1", _BREAK.sub("\n", text))
    is_list = _LIST.search(text) is not None
    text = _LIST.sub("\n", text)
    text = _TEMPLATE.sub(r"\1", text).replace("}}", "\n")
    if is_list:
        text = text.replace("|", "\n")
    for part in _SEPARATOR.split(_TAG.sub("", text.replace("&nbsp;", " "))):
        told = " ".join(_JOB.findall(part)).casefold()
        job = next((job for sign, job in _JOBS if sign in told), "producer")
        for name in re.split(r"\s+and\s+|\s+with\s+", _JOB.sub("", part)):
            plain = _plain(name)
            if plain and len(plain) < 80 and not plain.startswith(("class=", "style=")):
                yield plain, job


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", _BREAK.sub(" ", text))
    text = _TAG.sub("", _TEMPLATE.sub(r"\1", text)).replace("'''", "").replace("''", "")
    return " ".join(text.replace("&nbsp;", " ").replace("&amp;", "&").split()).strip(" ,|*{}")
