"""The page about an evaluation: what is in it, and how it behaves in a browser."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from evaluation_support import GENRES, HOSTILE, make_evaluation
from learning_support import RIDGE, make_numbers, numbered_examples
from support import be_patient, wait_on

from linernotes.evaluation import evaluate
from linernotes.evaluation.report import ReportError, render_report, write_report
from linernotes.evaluation.result import Evaluation
from linernotes.learning.input_spec import InputSpec

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")


def test_same_evaluation_same_page() -> None:
    assert render_report(make_evaluation()) == render_report(make_evaluation())


def test_a_name_never_becomes_html_and_nothing_is_fetched() -> None:
    page = render_report(make_evaluation(classes=("<b>rock</b>", "jazz & blues")))
    assert "<b>rock" not in page
    assert "jazz &amp; blues" in page
    assert 'alert("1")' not in page
    assert "\u202e" not in page
    assert not re.search(r"(?:src|href)=.?https?:", page)


@pytest.mark.parametrize("split", ["grouped", "random"])
def test_every_figure_is_stamped_with_its_split(split: str) -> None:
    made = make_evaluation(split=split)
    page = render_report(made)
    figures = page.count("</figcaption>") + page.count('<p class="caption">')
    assert page.count(f">{made.predictions.brief}</span>") == figures + 1  # and the headline
    assert ('class="stamp alert"' in page) == (split == "random")
    assert "The class pop has 3 artists." in page


def test_figures_of_the_headline() -> None:
    made = make_evaluation()
    page = render_report(made)
    scores = made.predictions.scores
    assert f"{100 * scores.accuracy:.1f}\u00a0%" in page
    assert f"{scores.macro_f1:.3f}" in page
    assert "train minus test" in page
    assert sum(map(sum, scores.confusion)) == len(made.predictions.truth)


def test_without_details_and_without_mistakes() -> None:
    made = make_evaluation(diagnostics=False)
    page = render_report(made)
    assert "Would more tracks help?" not in page
    assert 'id="dots"' not in page
    predictions = dataclasses.replace(
        made.predictions,
        probabilities=np.eye(len(GENRES))[made.predictions.truth],
        train_accuracy=None,
    )
    page = render_report(
        dataclasses.replace(made, predictions=predictions, beside=None, diagnose=None)
    )
    assert "Every answer was right" in page


def test_many_classes_stay_readable() -> None:
    many = tuple(f"class {i}" for i in range(90))
    page = render_report(make_evaluation(classes=many, tracks=600))
    assert "30 classes with fewer mistakes are not shown" in page
    assert "other classes" in page


@pytest.mark.parametrize("name", ["page.pdf", "absent/page.html", "folder.html"])
def test_where_no_page_can_be_written_that_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(ReportError, match=r"page|folder"):
        write_report(make_evaluation(tracks=20), tmp_path / name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip("no Chromium or Chrome on this machine")
    quiet = (
        "--no-sandbox --no-first-run --disable-background-networking --disable-sync --mute-audio"
    )
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=executable,
            args=[*quiet.split(), "--disable-gpu", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    folder: Path = tmp_path_factory.mktemp("music")
    time = np.arange(44100) / 44100
    soundfile.write(folder / "tone #1.wav", 0.1 * np.sin(2500 * time), 44100)
    made = make_evaluation(folder=folder)
    # Its first track is the worst mistake, so that it is among those with players.
    probabilities = made.predictions.probabilities.copy()
    probabilities[:4] = 0.001
    wrong = (made.predictions.truth[:4] + 1) % len(GENRES)
    probabilities[np.arange(4), wrong] = [0.991, 0.9909, 0.9908, 0.9907]
    return dataclasses.replace(
        made, predictions=dataclasses.replace(made.predictions, probabilities=probabilities)
    )


@pytest.fixture(scope="module")
def address(made: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> str:
    page: Path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(made, page)
    return page.as_uri()


Visit = Callable[..., Any]


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    contexts, complaints = [], []

    def heed(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            complaints.append(request.url)

    def go(**options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = be_patient(context.new_page())
        page.on(
            "console",
            # A file that is gone is told on the page.
            lambda m: "ERR_FILE_NOT_FOUND" in m.text or complaints.append(m.text),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", heed)
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []  # neither errors, nor breaches of the policy, nor requests elsewhere


def test_the_matrix_is_read_with_mouse_and_keyboard(visit: Visit, made: Evaluation) -> None:
    page = visit(viewport={"width": 1200, "height": 900})
    table = made.predictions.scores.confusion
    page.locator("#matrix tbody tr").nth(2).locator("td").nth(2).hover()
    said = page.locator("#cell").inner_text()
    assert said.startswith(f"{table[2][2]} of {sum(table[2])} country tracks are found")
    page.locator("#matrix").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    n = table[3][0] if "disco" in page.locator("#cell").inner_text() else table[2][0]
    assert f"{n} of" in page.locator("#cell").inner_text()
    assert "taken for blues" in page.locator("#cell").inner_text()
    assert page.locator("td.here").count() == 1
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")  # beyond the last column is nothing
    assert "taken for rock" in page.locator("#cell").inner_text()


def test_mistakes_play_where_they_are_found(visit: Visit) -> None:
    page = visit()
    first = page.locator(".mistakes li").first
    assert first.locator(".title").inner_text().startswith("tone #1")
    first.locator("audio").evaluate("sound => sound.play()")
    sound = first.locator("audio")
    wait_on(page, lambda: sound.evaluate("sound => sound.currentTime") > 0)
    gone = page.locator(".mistakes li").nth(2)
    gone.locator("audio").evaluate("sound => { sound.play().catch(() => {}) }")
    gone.get_by_text("not found from here").wait_for()
    assert page.locator(".mistakes li").nth(3).get_by_text("not on this machine").count() == 1


def test_points_are_named_chosen_and_filtered(visit: Visit, made: Evaluation) -> None:
    page = visit(viewport={"width": 1200, "height": 900})
    # The track that is farthest from all others, which no other one hides.
    coordinates = made.diagnostics.coordinates
    far = ((coordinates[:, np.newaxis] - coordinates) ** 2).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    lonely = int(far[4:].min(axis=1).argmax()) + 4
    dot = page.locator("#dots circle").nth(lonely)
    dot.scroll_into_view_if_needed()
    dot.hover()
    assert page.locator("#tip").inner_text().startswith(f"Title {lonely}\n")
    dot.click()
    assert page.locator("#chosen-title").inner_text() == f"Title {lonely}"
    truth = made.predictions.classes[made.predictions.truth[lonely]]
    assert truth in page.locator("#chosen-answer").inner_text()
    page.locator("#silent", has_text="not found from here").wait_for()
    jazz = page.locator("#legend button", has_text="jazz")
    jazz.click()
    away = page.locator("#dots circle.away").count()
    assert away == sum(made.predictions.classes[i] != "jazz" for i in made.predictions.truth)
    jazz.click()
    assert page.locator("#dots circle.away").count() == 0
    page.locator("#legend button", has_text="wrong answers").click()
    shown = 200 - page.locator("#dots circle.away").count()
    assert shown == (made.predictions.answer != made.predictions.truth).sum()


def test_the_keyboard_walks_the_map(visit: Visit) -> None:
    page = visit(viewport={"width": 1000, "height": 700})
    page.locator("#dots").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator("#chosen-title").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#chosen-title").inner_text() != first
    assert page.locator("#tip").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()


def test_hostile_names_are_only_names(visit: Visit) -> None:
    page = visit()
    title = page.locator(".mistakes li").nth(1).locator(".title").inner_text()
    assert title.startswith("<_script><script>")
    assert HOSTILE not in page.content()


@pytest.mark.parametrize("width", [320, 390, 768, 1400])
def test_nothing_sticks_out(visit: Visit, width: int) -> None:
    page = visit(viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.slow
def test_all_text_can_be_read(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    # Every shade of the matrix, whatever these answers happen to need.
    worst = page.evaluate(
        """() => {
          const row = document.querySelector("#matrix tbody tr");
          for (const kind of "rw") for (let i = 0; i <= 10; i++) {
            const cell = row.insertCell(); cell.className = kind + i; cell.textContent = "8"; }
          const pen = document.createElement("canvas")
            .getContext("2d", { willReadFrequently: true });
          const rgb = (text) => { pen.fillStyle = text; pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data]; };
          const channel = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
          const light = (text) => { const [r, g, b] = rgb(text);
            return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
          const clear = (c) => c === "transparent" || /, 0\\)$/.test(c);
          const behind = (e) => { for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor; if (!clear(c)) return c; }
            return getComputedStyle(document.body).backgroundColor; };
          let worst = [21, ""];
          for (const e of document.querySelectorAll(
              "h1,h2,h3,p,dt,dd,small,b,bdi,td,th,li,figcaption,summary,span,button,i")) {
            if (!e.getClientRects().length || !e.textContent.trim()) continue;
            const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < worst[0]) worst = [ratio, e.className + ": " + e.textContent];
          }
          return worst; }"""
    )
    assert worst[0] >= 4.5, worst


def test_pages_about_numbers_say_which_files_do_not_play(browser: Any, tmp_path: Path) -> None:
    material, numbers = make_numbers(1, 60)
    examples = dataclasses.replace(
        numbered_examples(numbers, {"extracted": material.values}),
        path=tuple(f"{tmp_path}/gone {i}.mp3" for i in range(60)),
    )
    quick = dataclasses.replace(RIDGE, input_spec=InputSpec(("extracted",)))
    found = evaluate(quick, examples, split="random", n_splits=2, beside=False)
    write_report(found, tmp_path / "page.html")
    page = be_patient(browser.new_page())
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    page.locator(".mistakes audio").first.evaluate("player => { player.play().catch(() => {}) }")
    page.locator(".mistakes p", has_text="not found from here").first.wait_for()
    assert errors == []
    page.close()
