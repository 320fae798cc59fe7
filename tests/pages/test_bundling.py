"""How scripts and styles of pages are put together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linernotes.pages import bundle, find_files
from linernotes.web.pages import read_assets

#: Rooms whose pages are one file.
ROOMS = ("explore", "evaluation", "identification", "inspection")
_DEFINED = re.compile(
    r"^(?:async )?(?:function\*?|const|let|class) (?:(\w+)|\[([^\]]*)\]|\{([^}]*)\})", re.MULTILINE
)


def scripts() -> list[str]:
    return [room for room in ROOMS if "page.js" in find_files(f"linernotes.{room}")]


def files_of(folder: Path, **texts: str) -> dict[str, Path]:
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return {path.name: path for path in folder.iterdir()}


def test_what_is_imported_comes_first_and_once(tmp_path: Path) -> None:
    known = files_of(
        tmp_path,
        page='import { b } from "./b.js";\nimport {\n  a,\n} from "./a.js";\nb(a);\n',
        b='import { a } from "./a.js";\nexport const b = () => a;\n',
        a="export function a() {}\n",
    )
    assert bundle("page.js", known) == "function a() {}\nconst b = () => a;\nb(a);\n"


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    known = files_of(tmp_path, page='import { b } from "./b.js";\n')
    with pytest.raises(KeyError, match=r"b\.js"):
        bundle("page.js", known)


@pytest.mark.parametrize("room", scripts())
def test_no_two_modules_of_a_page_define_the_same_name(room: str) -> None:
    script = bundle("page.js", find_files(f"linernotes.{room}"))
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    found = [
        name
        for one in _DEFINED.finditer(script)
        for name in re.findall(r"\w+", "".join(filter(None, one.groups())))
    ]
    assert len(found) > 5
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("room", ROOMS)
def test_styles_know_the_colours_that_they_name(room: str) -> None:
    style = bundle("page.css", find_files(f"linernotes.{room}"))
    assert "@import" not in style
    assert_all_are_known(style)


def test_pages_of_the_server_know_what_they_name() -> None:
    assets = {name: asset.content.decode(errors="replace") for name, asset in read_assets().items()}
    for name, text in assets.items():
        if name.endswith(".js"):
            assert set(re.findall(r'from "\./([^"]+)"', text)) <= set(assets), name
        if name.endswith(".css") and name != "style.css":
            assert_all_are_known(assets["style.css"] + text)


def test_the_map_is_drawn_by_the_same_modules_everywhere() -> None:
    page = bundle("page.js", find_files("linernotes.explore"))
    imported = re.compile(r"^import .*\n", re.MULTILINE)
    for name in ("gestures", "legend", "marks", "nearest", "points", "scatter", "tones", "view"):
        served = read_assets()[f"{name}.js"].content.decode()
        assert imported.sub("", served).replace("\nexport ", "\n").strip() in page, name


def assert_all_are_known(style: str) -> None:
    """Every variable that is used is set somewhere."""
    used = set(re.findall(r"var\((--[\w-]+)\)", style))
    assert used <= set(re.findall(r"(--[\w-]+):", style))
