"""Pages by HTTPS in a real browser, by the name that a phone in the house would use."""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_support import BROWSERS
from support import be_patient

from linernotes.explore import Library
from linernotes.web import create_app
from linernotes.web.certificates import house_certificate
from linernotes.web.encryption import encrypted

TOKEN = "correct-horse-battery-staple"
NAME = "music-box.local"


@pytest.fixture
def phone(served: Any, library: Library, tmp_path: Path) -> Iterator[Any]:
    """A page of a browser that knows the server by its name alone, and trusts its key."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip("no Chromium or Chrome on this machine")
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509 import load_der_x509_certificate

    made = house_certificate(tmp_path / "https", [NAME])
    authority = load_der_x509_certificate(made.authority)
    key = authority.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    arguments = (
        "--no-sandbox --no-first-run --disable-background-networking --mute-audio "
        "--use-fake-ui-for-media-stream --use-fake-device-for-media-stream "
        f"--host-resolver-rules=MAP&{NAME}&127.0.0.1 "
        f"--ignore-certificate-errors-spki-list={pin} --user-data-dir={tmp_path / 'browser'}"
    )
    context = made.context()
    app = create_app(library, token=TOKEN, names=[NAME], certificate=made.authority, workers=1)
    with served(app, http=encrypted(lambda: context)) as home, playwright.sync_playwright() as run:
        browser = run.chromium.launch_persistent_context(
            str(tmp_path / "browser"),
            executable_path=executable,
            args=[argument.replace("&", " ") for argument in arguments.split()[:-1]],
            viewport={"width": 360, "height": 740},
        )
        page = be_patient(browser.new_page())
        yield page, home
        browser.close()


@pytest.mark.slow
def test_a_phone_in_the_house_records(phone: Any) -> None:
    page, home = phone
    # Somebody types the address without https.
    page.goto(f"http://{NAME}:{home.port}/#token={TOKEN}")
    page.wait_for_selector("#limits:has-text('MB')")
    assert page.url.startswith(f"https://{NAME}:{home.port}/")
    assert TOKEN not in page.url
    assert page.evaluate("isSecureContext")
    assert page.locator("#no-record").is_hidden()
    page.locator("#record").click()
    page.locator("#recorded", has_text="0:02").wait_for()
    page.locator("#stop").click()
    page.wait_for_selector("#heard .timeline")
    assert page.locator("#heard-title").inner_text().startswith("recorded at ")


def test_without_https_it_is_said_why_nothing_is_recorded(
    browser: Any, served: Any, library: Library
) -> None:
    app = create_app(library, token=TOKEN, host="0.0.0.0", workers=1)
    with served(app) as home:
        page = be_patient(browser.new_page())
        # Not a name of this machine alone: as if it came from another one.
        page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
        page.add_init_script("delete MediaDevices.prototype.getUserMedia")
        page.goto(f"{home.address}/#token={TOKEN}")
        page.locator("#no-record", has_text="serve --https").wait_for()
        assert page.locator("#record").is_hidden()
        page.close()
