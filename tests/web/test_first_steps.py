"""What somebody meets who has just begun: no library, no folder, an address that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_support import PHONE, Visit, assert_accessible
from support import wait_on

from linernotes.explore import Library
from linernotes.web import create_app


@pytest.fixture
def home(
    served: Any, tmp_path: Path, song_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A server without a library, and a home with one song two folders deep."""
    folder = tmp_path / "home"
    (folder / "Tunes" / "Jazz").mkdir(parents=True)
    (folder / ".secret").mkdir()
    (folder / "Tunes" / "Jazz" / "a.ogg").write_bytes(song_files["ogg"].read_bytes())
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with served(create_app(Library(tmp_path / "library"), workers=1, state=tmp_path)) as found:
        yield found


def test_a_folder_is_looked_for_chosen_and_scanned(visit: Visit, home: Any, tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit("/library", at=home.address, wait=False, bypass_csp=True, **PHONE)
    page.locator(".empty", has_text="The library is empty").wait_for()
    assert "what sounds alike" in page.locator(".empty").inner_text()
    assert_accessible(axe, page)
    page.get_by_role("link", name="Choose your music").click()
    page.locator("#welcome").wait_for()
    # The keyboard is enough: the roots are shown, Enter goes into a folder.
    page.locator("#browse-list button").first.focus()
    for name in ("Tunes", "Jazz"):
        page.keyboard.press("Enter")
        page.get_by_role("button", name=name, exact=True).wait_for()
        assert page.get_by_role("button", name=".secret").count() == 0
        page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("#browse-at", has_text="1 file of music").wait_for()
    assert_accessible(axe, page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#browse-take").focus()
    page.keyboard.press("Enter")
    jazz = str(tmp_path / "home" / "Tunes" / "Jazz")
    page.locator("#folders-list", has_text=jazz).wait_for()
    wait_on(page, lambda: page.evaluate("document.activeElement.id") == "go")
    page.keyboard.press("Enter")
    page.locator("#outcome", has_text="1 file: 1 added").wait_for()
    page.reload()
    page.locator("#folders-list", has_text=jazz).wait_for()
    assert page.locator("#welcome").is_hidden()


def test_a_folder_is_typed_and_forgotten(visit: Visit, home: Any) -> None:
    page = visit("/library/scan", at=home.address, wait=False)
    page.locator("#folders-list", has_text="None yet").wait_for()
    typed = page.locator("#place-typed")
    for wrong in ("/etc", "../..", "~/.secret", "~/nothing"):
        typed.fill(wrong)
        typed.press("Enter")
        page.locator("#browse-trouble [role=alert]", has_text="no such folder").wait_for()
    assert page.locator("#go").is_disabled()
    typed.fill("~/Tunes")
    typed.press("Enter")
    page.locator("#folders-list li", has_text="Tunes").wait_for()
    page.get_by_role("button", name="Forget").click()
    page.locator("#folders-list", has_text="None yet").wait_for()


def test_an_address_where_there_is_nothing_has_a_page(visit: Visit, house: Any) -> None:
    page = visit("/albums/of/<b>mine</b>?x=1", wait=False)
    page.locator("#address", has_text="/albums/of").wait_for()
    page.get_by_role("link", name="Look in the library").click()
    page.wait_for_selector("table.tracks")
    with house.client() as client:
        lost = client.get("/nowhere")
        assert (lost.status_code, "Nothing here" in lost.text) == (404, True)
        for path in ("/api/v1/nowhere", "/api/nowhere", "/static/nowhere.js"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-there")
        assert client.post("/nowhere").json()["error"]["code"] == "not-there"
        assert client.get("/api/v1/scans").status_code == 405
        moved = client.get("/scan")
        assert (moved.status_code, moved.headers["location"]) == (308, "/library/scan")


def test_pages_can_be_installed(visit: Visit, house: Any) -> None:
    import io

    from PIL import Image

    with house.client() as client:
        manifest = client.get("/static/manifest.webmanifest")
        assert manifest.headers["content-type"] == "application/manifest+json"
        told = manifest.json()
        sizes = set()
        for icon in told["icons"]:
            found = client.get(icon["src"])
            assert found.headers["content-type"] == icon["type"]
            if icon["type"] == "image/png":
                width, height = Image.open(io.BytesIO(found.content)).size
                assert icon["sizes"] == f"{width}x{height}"
                sizes.add((width, icon.get("purpose", "any")))
    assert sizes >= {(192, "any"), (512, "any"), (512, "maskable")}
    page = visit("/")
    # What Chromium itself misses before it offers to install a page.
    browser = page.context.new_cdp_session(page)
    assert browser.send("Page.getAppManifest")["errors"] == []
    missing = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # Windows of tests are private ones.
    assert [each for each in missing if each["errorId"] != "in-incognito"] == []
