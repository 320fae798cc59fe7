from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import shutil
import struct
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import be_patient, wait_on

import linernotes
from linernotes.identification.report import render_report, write_report
from linernotes.identification.result import Identification, IdentificationFailure
from linernotes.learning import Estimate, Prediction, Target
from linernotes.networks.musicnn import Tags

GENRES = tuple("blues classical country disco hiphop jazz metal pop reggae rock".split())
MOODS = ("calm", "happy", "sad", "tense")
TAGS = tuple(
    "guitar,rock,instrumental,piano,classical,strings,violin,female voice,slow,singing,electronic,"
    "drums,ambient,jazz,progressive rock,male voice,beat,quiet,alternative rock,pop".split(",")
)
HOSTILE = '</script><script>alert("1")</script>\n\u202egpj.mp3'
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")


def curves(rng: np.random.Generator, windows: int, wide: int) -> np.ndarray:
    turns = np.linspace(0, 6, windows)[:, np.newaxis] * rng.uniform(0.5, 2, wide)
    return np.sin(turns + rng.uniform(0, 6, wide)) + rng.normal(0, 0.3, (windows, wide))


def predict(
    timeline: np.ndarray, *, name: str = "genre", classes: tuple[str, ...] = GENRES, hop: float = 3
) -> Prediction:
    start = np.arange(len(timeline)) * hop
    return Prediction(
        model=name,
        label=name,
        classes=classes,
        probabilities=timeline.mean(axis=0).astype(np.float32)
        if len(timeline)
        else np.full(len(classes), 1 / len(classes), np.float32),
        start=start,
        end=start + 3.0,
        timeline=timeline.astype(np.float32),
    )


def track(
    file: str | None = "Music/Kind of Blue/So What.flac",
    *,
    random_state: int = 0,
    windows: int = 60,
    warnings: tuple[str, ...] = (),
    models: tuple[tuple[str, tuple[str, ...]], ...] = (("genre", GENRES),),
    predictions: tuple[Prediction, ...] | None = None,
) -> Identification:
    rng = np.random.default_rng(random_state)
    if predictions is None:
        made = []
        for name, classes in models:
            odds = np.exp(2 * curves(rng, windows, len(classes)))
            timeline = odds / odds.sum(axis=1, keepdims=True)
            made.append(predict(timeline, name=name, classes=classes))
        predictions = tuple(made)
    heard = 1 / (1 + np.exp(2 - curves(rng, windows, len(TAGS)))) if windows else np.zeros((0, 20))
    means = heard.mean(axis=0) if windows else np.zeros(len(TAGS))
    order = np.argsort(-means, kind="stable")
    start = np.arange(windows) * 3.0
    loud = rng.uniform(0.2, 0.8, min(1000, 150 * windows))
    return Identification(
        file=file,
        duration=3.0 * windows,
        start=0.0,
        warnings=warnings,
        tags=Tags(
            names=tuple(TAGS[i] for i in order),
            probabilities=means[order].astype(np.float32),
            start=start,
            end=start + 3.0,
            timeline=heard[:, order].astype(np.float32),
        ),
        predictions=predictions,
        waveform=np.stack([-loud, loud], axis=1).astype(np.float32),
    )


def steady(windows: int = 4, **probabilities: float) -> Identification:
    row = [probabilities.get(name, 0.0) for name in GENRES]
    return track(windows=windows, predictions=(predict(np.tile(row, (windows, 1))),))


def test_titles_stand_where_names_of_files_stood() -> None:
    named = dataclasses.replace(track("folder/01.mp3"), title="So <b>What", artist="Miles Davis")
    page = render_report([named, track("other/02.mp3")])
    assert page.count("Miles Davis - So &lt;b&gt;What") >= 2
    assert "folder/01.mp3" in page
    assert "02<span" in page
    told = named.as_dict()
    assert (told["file"], told["title"], told["artist"]) == (
        "folder/01.mp3", "So <b>What", "Miles Davis",
    )  # fmt: skip
    assert IdentificationFailure("a.mp3", "empty", "no bytes").as_dict().items() >= {
        "title": None, "artist": None,
    }.items()  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a page: its elements, and the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img", "source"):
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")
        if tag in ("td", "th"):
            self.texts["body"][0] += " "

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(self.texts["body"][0].replace("\u00a0", " ").split())

    def figures(self) -> list[dict[str, Any]]:
        scripts = zip(self.all("script"), self.texts["script"], strict=True)
        return [json.loads(text) for attrs, text in scripts if attrs.get("type")]


def values(panel: dict[str, Any]) -> np.ndarray:
    """Decode a panel's data, shape (columns, names)."""
    rows = [[int(row[i : i + 2], 36) for i in range(0, len(row), 2)] for row in panel["values"]]
    return np.array(rows).T / 1000


def pixels(uri: str | None) -> np.ndarray:
    """Decode an image of ours into levels, shape (rows, columns)."""
    assert uri is not None
    head, _, body = uri.partition(",")
    assert head == "data:image/png;base64"
    png = base64.b64decode(body)
    wide, rows = struct.unpack(">II", png[16:24])
    at = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[at - 4 : at])
    lines = np.frombuffer(zlib.decompress(png[at + 4 : at + 4 + length]), np.uint8)
    return lines.reshape(rows, wide + 1)[:, 1:]


def test_a_track_is_named_and_told() -> None:
    page = Page(render_report([steady(jazz=0.83, blues=0.12, rock=0.05)]))

    assert page.texts["h1"] == ["Liner notes"]
    assert page.texts["h2"] == ["So What.flac"]
    assert page.texts["title"] == ["Liner notes: So What.flac"]
    assert "Music/Kind of Blue" in page.text
    assert "genre jazz 83 % (likely) jazz 83 % blues 12 %" in page.text
    assert f"Written by linernotes {linernotes.__version__}" in page.text
    assert "the model genre (genre: 10 classes)" in page.text
    assert "s opinion, calibrated on other music than yours" in page.text
    assert "linernotes models show genre" in page.text


def test_a_title_is_the_heading() -> None:
    page = Page(render_report([track()], title="Sunday <b>"))
    assert page.texts["h1"] == ["Sunday <b>"]


@pytest.mark.parametrize(
    ("probabilities", "wording"),
    [
        ({"jazz": 0.6, "rock": 0.4}, "jazz 60 %"),
        ({"jazz": 0.34, "rock": 0.33, "pop": 0.33}, "not sure perhaps jazz 34 % or pop 33 %"),
        ({"jazz": 0.52, "rock": 0.48}, "not sure perhaps jazz 52 % or rock 48 %"),
    ],
)
def test_doubt_is_said(probabilities: dict[str, float], wording: str) -> None:
    assert f"genre {wording}" in Page(render_report([steady(**probabilities)])).text


@pytest.mark.parametrize(
    ("values", "rejected", "wording"),
    [
        ((0.8, 0.7), False, "mood happy energy 0.80, valence 0.70"),
        ((0.8, 0.51), False, "mood not sure energy 0.80, valence 0.51"),
        ((0.8, 0.7), True, "mood none of these"),
    ],
)
def test_a_mood_is_a_word_with_its_numbers(
    values: tuple[float, float], rejected: bool, wording: str
) -> None:
    targets = tuple(Target(name, 0.0, 1.0, 0.5, 0.1) for name in ("energy", "valence"))
    start, told = np.arange(4) * 3.0, np.array(values, np.float32)
    mood = Estimate(
        "mood", "mood", targets, told, start, start + 3, np.tile(told, (4, 1)), rejected
    )
    page = Page(render_report([dataclasses.replace(steady(jazz=1.0), predictions=(mood,))]))
    assert wording in page.text
    assert ("0.00 to 1.00" in page.text) is not rejected


def test_nothing_is_certain_or_impossible() -> None:
    text = Page(render_report([steady(jazz=1.0)])).text
    assert "jazz > 99 %" in text
    assert "blues < 1 %" in text


def test_warnings_are_shown_at_the_track_and_in_the_overview() -> None:
    warned = track("b.mp3", warnings=("the file is damaged in places <&>",))
    page = Page(render_report([track("a.mp3"), warned]))
    assert page.text.count("the file is damaged in places <&>") == 2
    assert "Warning the file is damaged" in page.text


def test_failures_are_counted_and_listed() -> None:
    failures = [
        IdentificationFailure(f"x/{i}.mp3", "corrupt", f"too damaged, part {i}") for i in range(3)
    ]
    page = Page(render_report([*failures, *(track(f"{i}.mp3") for i in range(9))]))
    assert page.text.count("3 of 12 files could not be identified") == 2
    for i in range(3):
        assert f"{i}.mp3x too damaged, part {i} corrupt" in page.text


def test_failures_alone() -> None:
    page = Page(render_report([IdentificationFailure("a.mp3", "empty", "the file holds no bytes")]))
    assert "The file could not be identified" in page.text
    assert "a.mp3" in page.text
    assert not page.all("figure")


def test_no_results() -> None:
    assert Page(render_report([])).texts["h1"] == ["Liner notes"]


def test_every_track_of_many_is_linked() -> None:
    page = Page(render_report([track(f"{i}.mp3", random_state=i, windows=5) for i in range(25)]))
    ids = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
    targets = [str(attrs["href"])[1:] for attrs in page.all("a")]
    assert len(ids) == len(set(ids))
    assert [target for target in targets if target.startswith("track")] == [
        f"track-{i}" for i in range(1, 26)
    ]
    assert set(targets) <= set(ids)


@pytest.mark.parametrize(
    ("file", "name", "folder"),
    [
        ("/m/\u202egpj\n.mp3", "⟨202E⟩gpj↵.mp3", "/m"),
        ("/موسيقى/نسم علينا.mp3", "نسم علينا.mp3", "/موسيقى"),
        ("🎷 \udcff.mp3", "🎷 \ufffd.mp3", None),
        ("C:\\Music\\a.mp3", "a.mp3", "C:\\Music"),
        ("<script>alert(1)<b>.mp3", "<script>alert(1)<b>.mp3", None),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}", None),
        (None, "untitled", None),
    ],
)
def test_names_are_harmless_and_legible(file: str | None, name: str, folder: str | None) -> None:
    html = render_report([track(file, windows=2)])
    html.encode("utf-8")
    page = Page(html)
    assert page.texts["h2"] == [name]
    assert folder is None or folder in page.text
    assert len(page.texts["script"]) == 2


def test_hostile_words_of_every_kind_stay_words() -> None:
    model = (HOSTILE, (HOSTILE, "</style><img src=x onerror=alert(1)>"))
    heard = track(HOSTILE, windows=3, warnings=(HOSTILE,), models=(model,))
    html = render_report([heard, IdentificationFailure(HOSTILE, HOSTILE, HOSTILE)], title=HOSTILE)
    page = Page(html)
    assert "<script>alert" not in html
    assert len(page.texts["script"]) == 2
    assert len(page.texts["style"]) == 1
    assert "</script><script>alert" in page.figures()[0]["panels"][0]["names"][0]


def test_a_page_is_written_of_one_track_or_many(tmp_path: Path) -> None:
    one = track("a.mp3")
    write_report(one, tmp_path / "one.html", title="Mine")
    assert Page((tmp_path / "one.html").read_text(encoding="utf-8")).texts["h1"] == ["Mine"]
    write_report([one, track("b.mp3")], tmp_path / "two.html")
    assert (tmp_path / "two.html").read_text(encoding="utf-8") == render_report(
        [one, track("b.mp3")]
    )


def test_the_same_results_give_the_same_bytes() -> None:
    results = [
        track(random_state=1),
        IdentificationFailure("a", "b", "c"),
        track(random_state=2, models=(("mood", MOODS),)),
    ]
    assert render_report(results) == render_report(results)


def test_nothing_is_loaded_and_only_our_script_runs() -> None:
    html = render_report(
        [track(random_state=1), track(random_state=2), IdentificationFailure("a", "b", "c")]
    )
    page = Page(html)
    for _, attrs in page.elements:
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        for name in ("src", "href", "srcset", "action", "poster", "data"):
            assert str(attrs.get(name, "#")).startswith(("#", "data:"))
    assert not re.search(r"url\(|@import|https?:|//\w+\.", html)
    policy = page.all("meta")[1]["content"]
    style, script = page.texts["style"][0], page.texts["script"][-1]
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_pages_are_small() -> None:
    none = len(render_report([]).encode())
    song = len(render_report([track(windows=80)]).encode())
    assert none < 40_000
    assert song - none < 30_000


def test_three_hours_are_averaged() -> None:
    heard = track(windows=3600, random_state=5)
    html = render_report([heard])
    assert len(html.encode()) - len(render_report([]).encode()) < 60_000

    (figure,) = Page(html).figures()
    assert len(figure["edges"]) == 401
    assert figure["edges"][0] == 0
    assert figure["edges"][-1] == 10800
    assert np.all(np.diff(figure["edges"]) > 0)
    panel = figure["panels"][0]
    jazz = values(panel)[:, panel["names"].index("jazz")]
    expected = heard.predictions[0].timeline[:, GENRES.index("jazz")].reshape(400, 9).mean(axis=1)
    np.testing.assert_allclose(jazz, expected, atol=6e-4)
    assert "mean of about 9 windows" in html


def test_what_is_read_out_is_what_was_heard() -> None:
    heard = track(windows=20)
    (figure,) = Page(render_report([heard])).figures()
    genre, tags = figure["panels"]
    np.testing.assert_allclose(figure["edges"], np.arange(21) * 3)
    told = heard.predictions[0].timeline
    for column, name in enumerate(genre["names"]):
        if name != "other":
            np.testing.assert_allclose(
                values(genre)[:, column], told[:, GENRES.index(name)], atol=6e-4
            )
    for column, name in enumerate(tags["names"]):
        row = heard.tags.names.index(name)
        np.testing.assert_allclose(values(tags)[:, column], heard.tags.timeline[:, row], atol=6e-4)


def test_windows_that_overlap_share_the_time_between_them() -> None:
    timeline = np.eye(10)[[5, 1, 5, 1, 5, 1, 5, 1]]
    heard = track(windows=8, predictions=(predict(timeline, hop=1.0),))
    heard = dataclasses.replace(heard, duration=10.0, tags=track(windows=3).tags)
    (figure,) = Page(render_report([heard])).figures()
    assert figure["edges"] == [0, 2, 3, 4, 5, 6, 7, 8, 10]
    genre, tags = figure["panels"]
    jazz = values(genre)[:, genre["names"].index("jazz")]
    np.testing.assert_array_equal(jazz, [1, 0, 1, 0, 1, 0, 1, 0])
    # Three windows of tags, centred at 1.5, 4.5 and 7.5 s: each moment tells the nearest.
    told = heard.tags.timeline[:, heard.tags.names.index(tags["names"][0])]
    np.testing.assert_allclose(values(tags)[:, 0], told[[0, 0, 1, 1, 1, 2, 2, 2]], atol=6e-4)


def test_the_areas_fill_the_whole_track() -> None:
    page = Page(render_report([steady(jazz=0.5, blues=0.25, rock=0.25)]))
    paths = [str(attrs["d"]) for attrs in page.all("path")][1:]
    # From the top: blues to a quarter, jazz to three; below them rock.
    assert paths == ["M0 0V150l2000 0V0z", "M0 0V50l2000 0V0z"]


def test_areas_go_from_window_to_window() -> None:
    rows = np.zeros((4, 10))
    rows[:, 0], rows[:, 1] = [0.5, 0.5, 0.25, 0.5], [0.5, 0.5, 0.75, 0.5]
    page = Page(render_report([track(windows=4, predictions=(predict(rows),))]))
    # Bends at the second, third and fourth of the windows' centres 250, 750, 1250, 1750.
    assert page.all("path")[-1]["d"] == "M0 0V100l750 0 500-50 500 50 250 0V0z"


def test_only_classes_that_matter_are_drawn_apart() -> None:
    rows = np.tile([0.04, 0.04, 0.0, 0.0, 0.0, 0.32, 0.3, 0.3, 0.0, 0.0], (10, 1))
    rows[4] = [0.0, 0.0, 0.05, 0.0, 0.0, 0.35, 0.3, 0.3, 0.0, 0.0]
    (figure,) = Page(render_report([track(windows=10, predictions=(predict(rows),))])).figures()
    panel = figure["panels"][0]
    assert panel["names"] == ["country", "jazz", "metal", "pop", "other"]
    np.testing.assert_allclose(values(panel)[0], [0, 0.32, 0.3, 0.3, 0.08], atol=1e-3)
    np.testing.assert_allclose(values(panel).sum(axis=1), 1, atol=3e-3)


def test_models_of_many_classes_show_the_strongest() -> None:
    producers = tuple(f"producer {i}" for i in range(60))
    page = Page(render_report([track(models=(("producer", producers),), random_state=3)]))
    assert len(page.figures()[0]["panels"][0]["names"]) <= 13
    assert "55 others" in page.text


def test_a_class_has_one_colour_on_the_whole_page() -> None:
    results = [track(f"{i}.mp3", random_state=i, models=(("genre", GENRES),)) for i in range(6)]
    html = render_report(results)
    entries = re.findall(r'<svg class="dot"[^>]*><rect class="(\w+)"[^>]*/></svg>([^<]+?) ?<', html)
    rows = re.findall(r'<th scope="row">(\w+)</th><td><svg.*?\n?.*?"9"/><rect class="(k\w+)"', html)
    colours: dict[str, set[str]] = {}
    for colour, name in [*entries, *((colour, name) for name, colour in rows)]:
        colours.setdefault(name.strip(), set()).add(colour)
    assert set(GENRES) <= set(colours)
    assert all(len(found) == 1 for found in colours.values())
    own = [next(iter(colours[name])) for name in GENRES]
    assert len(set(own)) == 10
    assert "other" not in own


def test_the_tag_map_shows_each_window() -> None:
    heard = track(windows=30)
    page = Page(render_report([heard]))
    (image,) = (attrs for attrs in page.all("img") if "tags along" in str(attrs["alt"]))
    levels = pixels(image["src"])
    names = page.figures()[0]["panels"][1]["names"]
    assert levels.shape == (15, 30) == (len(names), 30)
    for row, name in enumerate(names):
        told = heard.tags.timeline[:, heard.tags.names.index(name)]
        np.testing.assert_array_equal(levels[row], np.rint(np.sqrt(told.astype(float)) * 23))
    # The other colour scheme shows the same map.
    np.testing.assert_array_equal(pixels(page.all("source")[0]["srcset"]), levels)


def test_one_window() -> None:
    (figure,) = Page(render_report([track(windows=1)])).figures()
    assert figure["edges"] == [0, 3]


def test_no_windows_and_no_models() -> None:
    assert not Page(render_report([track(windows=0)])).all("figure")
    page = Page(render_report([track(predictions=())]))
    assert [panel["label"] for panel in page.figures()[0]["panels"]] == ["tags"]


def test_headings_and_pictures_are_named_for_those_who_cannot_see() -> None:
    page = Page(
        render_report([track("a.mp3"), track("b.mp3"), IdentificationFailure("c", "d", "e")])
    )
    assert len(page.all("h1")) == 1
    assert all(attrs.get("scope") in ("row", "col") for attrs in page.all("th"))
    assert all(attrs.get("alt") for attrs in page.all("img"))
    for attrs in page.all("svg"):
        assert attrs.get("aria-hidden") or attrs.get("aria-label") or "viewbox" in attrs


# What follows needs a browser.


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip("no Chromium or Chrome on this machine")
    quiet = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    arguments = [*quiet.split(), "--disable-component-update", "--disable-sync"]
    with playwright.sync_playwright() as run:
        found = run.chromium.launch(executable_path=executable, args=arguments)
        yield found
        found.close()


@pytest.fixture(scope="module")
def results() -> list[Identification | IdentificationFailure]:
    both = (("genre", GENRES), ("mood", MOODS))
    return [
        track("Music/" + "a long folder/" * 5 + "a-very-long-name-" * 8 + ".mp3", models=both),
        track("short.wav", windows=1, random_state=2, warnings=("the file is damaged in places",)),
        track("mix.flac", windows=1500, random_state=3),
        IdentificationFailure(
            "music/" + "broken" * 20 + ".mp3", "corrupt", "too damaged to be usable"
        ),
    ]


@pytest.fixture(scope="module")
def address(results: list[Identification | IdentificationFailure], tmp_path_factory: Any) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_report(results), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    contexts, complaints = [], []

    def go(**options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = be_patient(context.new_page())
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:")) or complaints.append(request.url)
            ),
        )
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []  # neither errors, nor breaches of the policy, nor requests


CONTRASTS = """() => {
  const channel = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const behind = (element) => {
    // An outline as thick as the strokes of the letters is what they stand on.
    const { stroke, strokeWidth, paintOrder } = getComputedStyle(element);
    if (element.closest("svg") && paintOrder.startsWith("stroke") && parseFloat(strokeWidth) >= 3)
      return [stroke];
    if (element.matches(".area text"))
      return [...element.parentElement.querySelectorAll("rect, path")]
        .map((shape) => getComputedStyle(shape).fill);
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return [colour];
    }
    return ["rgb(255, 255, 255)"];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let node; (node = walker.nextNode()); ) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script")) continue;
    if (!element.getClientRects().length) continue;
    seen++;
    const style = getComputedStyle(element);
    const own = light(parse(element.closest("svg") ? style.fill : style.color));
    const worst = Math.min(...behind(element).map((colour) => ratio(own, light(parse(colour)))));
    if (worst < 4.5) poor.push(`${node.data.trim().slice(0, 30)}: ${worst.toFixed(2)}`);
  }
  return [seen, poor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(visit: Any, scheme: str) -> None:
    seen, poor = visit(color_scheme=scheme).evaluate(CONTRASTS)
    assert seen > 100
    assert poor == []


def test_light_and_dark_differ_and_paper_is_light(visit: Any) -> None:
    page = visit(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    picture = "document.querySelector('.heat img').currentSrc"
    dark = page.evaluate(background), page.evaluate(picture)
    page.emulate_media(color_scheme="light")
    # The browser chooses another picture some moments after the colours.
    wait_on(page, lambda: page.evaluate(picture) != dark[1])
    light = page.evaluate(background)
    assert light != dark[0]
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(background) == light


@pytest.mark.parametrize("width", [320, 360, 768, 1400])
def test_nothing_sticks_out(visit: Any, width: int) -> None:
    page = visit(viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_all_panels_share_the_time_axis(visit: Any) -> None:
    page = visit(viewport={"width": 1000, "height": 700})
    boxes = page.evaluate(
        """[...document.querySelector(".panels").querySelectorAll(
             ":scope > .plot, .grid, .scrub, .heat img")].map((e) => {
             const box = e.getBoundingClientRect(); return [box.left, box.right]; })"""
    )
    assert len(boxes) == 8
    np.testing.assert_allclose(boxes, [boxes[0]] * len(boxes), atol=0.6)
    rows = page.evaluate(
        """[...document.querySelectorAll(".rows")].map((rows) => {
             const image = rows.parentElement.querySelector(".heat img").getBoundingClientRect();
             const first = rows.children[1].getBoundingClientRect();
             const last = rows.lastElementChild.getBoundingClientRect();
             return [first.top - image.top, last.bottom - image.bottom]; })"""
    )
    np.testing.assert_allclose(rows, 0, atol=0.6)


def readout(heard: Identification, window: int) -> str:
    """Return the beginning of what should be read at a window."""
    prediction = heard.predictions[0]
    best = int(prediction.timeline[window].argmax())
    start = 3 * window
    time = f"{start // 60}:{start % 60:02} to {(start + 3) // 60}:{(start + 3) % 60:02}"
    return f"{time} genre: {GENRES[best]} {100 * prediction.timeline[window, best]:.0f} %"


def read(page: Any) -> str:
    return " ".join(page.locator(".readout").first.inner_text().replace("\u00a0", " ").split())


def test_pointing_reads_the_moment(visit: Any, results: list[Any]) -> None:
    page = visit(viewport={"width": 1000, "height": 900})
    assert read(page).startswith("Point at the figure")
    scrub = page.locator(".scrub").first
    scrub.scroll_into_view_if_needed()
    box = scrub.bounding_box()
    for window in (0, 17, 59):
        page.mouse.move(box["x"] + box["width"] * (window + 0.5) / 60, box["y"] + 100)
        assert read(page).startswith(readout(results[0], window))
        cursor = page.locator(".cursor").first.bounding_box()
        at = (cursor["x"] + cursor["width"] / 2 - box["x"]) / box["width"]
        assert at == pytest.approx((window + 0.5) / 60, abs=0.003)
        assert cursor["height"] >= box["height"]
    best = results[0].tags.names[int(results[0].tags.timeline[59].argmax())]
    assert f"tags: {best} " in read(page)
    page.mouse.move(2, 2)
    assert read(page).startswith("Point at the figure")


def test_arrow_keys_read_the_moment(visit: Any, results: list[Any]) -> None:
    page = visit(viewport={"width": 1000, "height": 900})
    slider = page.get_by_role("slider").first
    page.keyboard.press("Tab")
    while not slider.evaluate("(e) => e === document.activeElement"):
        page.keyboard.press("Tab")
    assert slider.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"
    assert read(page).startswith(readout(results[0], 0))
    for keys, window in (
        ("ArrowRight ArrowRight", 2),
        ("ArrowLeft", 1),
        ("PageUp", 11),
        ("End", 59),
        ("ArrowRight", 59),
        ("Home", 0),
    ):
        for key in keys.split():
            page.keyboard.press(key)
        assert read(page).startswith(readout(results[0], window))
        assert slider.get_attribute("aria-valuenow") == str(window)
    assert slider.get_attribute("aria-valuemax") == "59"
    assert page.locator(".readout").first.get_attribute("aria-live") == "polite"
    page.keyboard.press("Escape")
    assert read(page).startswith("Point at the figure")


def test_without_script_all_but_the_readout_is_there(visit: Any) -> None:
    page = visit(java_script_enabled=False)
    assert page.locator(".readout").first.is_hidden()
    assert page.locator(".heat img").first.is_visible()
    assert page.locator(".scrub").count() == 0


def test_a_hostile_page_runs_nothing(browser: Any, tmp_path: Path) -> None:
    model = (HOSTILE, (HOSTILE, "<img src=x onerror=alert(1)>"))
    html = render_report([track(HOSTILE, warnings=(HOSTILE,), models=(model,))], title=HOSTILE)
    (tmp_path / "hostile.html").write_text(html, encoding="utf-8")
    page = be_patient(browser.new_page())
    complaints: list[str] = []
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((tmp_path / "hostile.html").as_uri())
    page.locator(".scrub").focus()
    assert "alert(" in page.locator(".readout").inner_text()
    assert complaints == []
    page.close()


@pytest.mark.slow
def test_an_excerpt_keeps_the_times_of_its_track() -> None:
    whole = steady(windows=20)
    moved = [
        dataclasses.replace(told, start=told.start + 60, end=told.end + 60)
        for told in (whole.tags, *whole.predictions)
    ]
    excerpt = dataclasses.replace(whole, start=60.0, tags=moved[0], predictions=tuple(moved[1:]))
    page, same = render_report([excerpt]), render_report([whole])
    assert ">1:00</text>" in page
    assert ">2:00</text>" not in page
    assert ">0:30</text>" not in page
    assert re.findall(r'd="([^"]+)"', page) == re.findall(r'd="([^"]+)"', same)
