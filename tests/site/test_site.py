"""The documentation site: it builds without a warning, and leads nowhere that is not there."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from support import LONG

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("sphinx_gallery") is None,
        reason="the extra docs is not installed: make docs",
    ),
]


class Page(HTMLParser):
    """What a page loads, where it leads, and what may be led to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.led_to: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(values[name] for name in ("id", "name") if name in values)
        sources = [values.get("src"), *(part.split()[0] for part in _set_of(values))]
        if tag == "a":
            self.led_to.append(values.get("href", ""))
        else:
            sources.append(values.get("href"))
        self.loaded += [source for source in sources if source]


def _set_of(values: dict[str, str]) -> list[str]:
    return [part for part in values.get("srcset", "").split(",") if part.strip()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site without the pictures of the gallery, which take minutes."""
    copy = tmp_path_factory.mktemp("checkout")
    generated = shutil.ignore_patterns("_build", "api", "examples", "__pycache__")
    for folder in ("docs", "tools", "benchmarks"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=generated)
    for file in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / file, copy)
    output = copy / "site"
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q",
         "-D", "plot_gallery=False", copy / "docs", output],
        capture_output=True, text=True, timeout=LONG, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return output


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path.resolve(): Page(path) for path in sorted(site.rglob("*.html"))}


def test_nothing_comes_from_another_host(site: Path, pages: dict[Path, Page]) -> None:
    outside = [
        (path.name, address)
        for path, page in pages.items()
        for address in page.loaded
        if urlsplit(address).netloc
    ]
    assert not outside
    loads = re.compile(r"(?:url\(|@import)\s*[\"']?(https?:)?//")
    assert not [path.name for path in site.rglob("*.css") if loads.search(path.read_text("utf-8"))]


def test_links_lead_somewhere(pages: dict[Path, Page]) -> None:
    broken = [
        (path.name, address)
        for path, page in pages.items()
        for address in _broken(path, page, pages)
    ]
    assert not broken


def _broken(path: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    for address in {*page.led_to, *page.loaded}:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        place, anchor = urldefrag(address)
        place = unquote(place.partition("?")[0])
        target = (path.parent / place).resolve() if place else path
        known = pages[target].anchors if target in pages else None
        if not target.exists() or (anchor and known is not None and unquote(anchor) not in known):
            yield address


def test_all_that_is_public_has_an_entry(pages: dict[Path, Page]) -> None:
    import linernotes

    listed = {anchor for page in pages.values() for anchor in page.anchors}
    lacking = [
        name
        for name in linernotes.__all__
        if not name.startswith("_")
        and not any(anchor.rpartition(".")[2] == name for anchor in listed)
    ]
    assert not lacking


def test_the_gallery_has_eight_examples(pages: dict[Path, Page]) -> None:
    examples = [path for path in pages if path.name.startswith("plot_")]
    assert len([path for path in examples if path.parent.name == "examples"]) == 8
