"""The HTTP layer against a server that misbehaves in every way that real ones do."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest
from collect.servers.base import (
    LONGEST,
    Asked,
    Reply,
    StandIn,
    as_file,
    as_json,
    cut,
    drip,
    endless,
    hang,
    html,
    instead,
    redirect,
    status,
    truncated,
)
from support import LONG

from linernotes.collect.http import (
    AnswerError,
    BusyError,
    Manners,
    NotFoundError,
    OfflineError,
    RefusedError,
    ResponseTooLargeError,
    Service,
    ServiceError,
    Session,
    Settings,
    SettingsError,
    UnreachableError,
    read_settings,
)
from linernotes.collect.http.guard import check_address, check_place
from linernotes.collect.http.pace import Pace
from linernotes.errors import SourceError

CONTENT = bytes(range(256)) * 2000
MANNERS = Manners(connect=2, read=2, total=5, retries=3, backoff=0.01, patience=3)


class Files(StandIn):
    """A service that has one file, and echoes everything else."""

    def answer(self, asked: Asked) -> Reply:
        if asked.path.startswith("/file"):
            return as_file(asked, CONTENT, "audio/mpeg")
        return as_json({"path": asked.path, "params": asked.params})


@pytest.fixture
def server() -> Iterator[Files]:
    with Files() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(contact="test@example.org", manners=MANNERS, cache=tmp_path / "cache")


@pytest.fixture
def service(server: Files) -> Service:
    return Service("stand", "Stand-in", server.url, requests=10_000, trusted=True)


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    with Session(settings=settings) as session:
        yield session


def test_an_answer_is_asked_for_once(server: Files, service: Service, session: Session) -> None:
    first = session.get_json(service, "/a", params={"q": "björk & שלום"})
    again = session.get_json(service, "/a", params={"q": "björk & שלום"})
    assert first == again == {"path": "/a", "params": {"q": "björk & שלום"}}
    assert server.paths() == ["/a"]
    assert session.requests == {"stand": 1}
    session.get_json(service, "/a", params={"q": "else"})
    session.get_json(service, "/a", params={"q": "else"}, fresh=True)
    assert session.requests == {"stand": 3}


def test_it_says_who_is_asking(server: Files, service: Service, session: Session) -> None:
    session.get_json(service, "/a")
    agent = server.asked[0].headers["user-agent"]
    assert agent.startswith("linernotes/")
    assert agent.endswith(" ( test@example.org )")


def test_where_answers_cannot_be_kept_nobody_is_asked(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="--cache"):
        Session(settings=replace(settings, cache=tmp_path / "file"))


def test_nobody_is_asked_anonymously(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="--contact"):
        Session(settings=replace(settings, contact=None))


def test_offline_kept_answers_are_given_and_nothing_is_sent(
    server: Files, service: Service, settings: Settings
) -> None:
    with Session(settings=settings) as session:
        session.get_json(service, "/a", expires=0)
    with Session(settings=replace(settings, contact=None), offline=True) as session:
        assert session.get_json(service, "/a", expires=0)["path"] == "/a"
        with pytest.raises(OfflineError, match="without --offline"):
            session.get_json(service, "/b")
    assert server.paths() == ["/a"]


def test_kept_answers_expire(server: Files, service: Service, session: Session) -> None:
    session.get_json(service, "/a")
    time.sleep(0.02)
    session.get_json(service, "/a", expires=0.01)
    assert server.paths() == ["/a", "/a"]


def test_a_damaged_entry_is_asked_for_again(
    server: Files, service: Service, session: Session
) -> None:
    session.get_json(service, "/a")
    (entry,) = (path for path in session.cache.folder.rglob("answers/stand/*/*"))
    entry.write_bytes(entry.read_bytes()[:-3])
    assert session.get_json(service, "/a")["path"] == "/a"
    assert server.paths() == ["/a", "/a"]


def test_that_there_is_nothing_is_kept_as_well(
    server: Files, service: Service, session: Session
) -> None:
    server.fault("/a", status(404))
    for _ in range(2):
        with pytest.raises(NotFoundError):
            session.get_json(service, "/a")
    assert server.paths() == ["/a"]


def test_a_service_may_say_in_its_own_way_that_there_is_nothing(
    server: Files, service: Service, session: Session
) -> None:
    def check(data: object) -> None:
        raise NotFoundError("Stand-in", "no data")

    for _ in range(2):
        with pytest.raises(NotFoundError):
            session.get_json(service, "/a", check=check)
    assert server.paths() == ["/a"]


def test_a_burst_of_503_is_sat_out(server: Files, service: Service, session: Session) -> None:
    server.fault("/a", status(503), times=3)
    assert session.get_json(service, "/a")["path"] == "/a"
    assert len(server.asked) == 4
    waits = [b.time - a.time for a, b in zip(server.asked, server.asked[1:], strict=False)]
    assert waits[0] >= 0.005
    assert waits[1] >= 0.01
    assert waits[2] >= 0.02


def test_a_service_that_stays_busy_is_left_alone(
    server: Files, service: Service, session: Session
) -> None:
    server.fault("/a", status(503), times=99)
    with pytest.raises(BusyError, match="again later") as caught:
        session.get_json(service, "/a")
    assert caught.value.code == "service-busy"
    assert len(server.asked) == 4
    server.fault("/a", status(503), times=0)


@pytest.mark.parametrize("kind", ["seconds", "date"])
def test_retry_after_is_honoured(
    kind: str, server: Files, service: Service, session: Session
) -> None:
    # A date has whole seconds: one to two of them from now.
    date = int(time.time() + 2)
    after = "1" if kind == "seconds" else formatdate(date, usegmt=True)
    server.fault("/a", status(429, Retry_After=after))
    session.get_json(service, "/a")
    first, second = server.asked
    arrived = second.time + time.time() - time.monotonic()
    assert second.time - first.time > 0.9 if kind == "seconds" else arrived > date - 0.1
    assert second.time - first.time < LONG


def test_nobody_waits_for_hours(server: Files, service: Service, session: Session) -> None:
    server.fault("/a", status(429, Retry_After="7200"))
    with pytest.raises(BusyError, match="120 minutes"):
        session.get_json(service, "/a")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (html(), AnswerError),
        (truncated(), AnswerError),
        (instead(b""), AnswerError),
        (instead(b"\xff\xfe{}"), AnswerError),
        (instead(b"[" * 100_000), AnswerError),
        (instead(b'{"a": NaN}'), AnswerError),
        (cut(after=5), UnreachableError),
        (status(502), UnreachableError),
        (hang(), UnreachableError),
    ],
)
def test_a_bad_answer_is_asked_for_again_and_never_kept(
    fault: object, expected: type[ServiceError], server: Files, service: Service, settings: Settings
) -> None:
    quick = replace(settings, manners=replace(MANNERS, retries=1, read=0.2))
    with Session(settings=quick) as session:
        server.fault("/a", fault, times=1)  # type: ignore[arg-type]
        assert session.get_json(service, "/a")["path"] == "/a"
        server.fault("/b", fault, times=2)  # type: ignore[arg-type]
        with pytest.raises(expected):
            session.get_json(service, "/b")
        assert session.get_json(service, "/b")["path"] == "/b"


@pytest.mark.parametrize("fault", [drip(), drip(head=True)], ids=["body", "head"])
def test_a_drip_is_broken_off(
    fault: object, server: Files, service: Service, settings: Settings
) -> None:
    quick = replace(settings, manners=replace(MANNERS, retries=1, total=0.3))
    with Session(settings=quick) as session:
        session.get_json(service, "/open")  # so that the dripping one comes over a kept connection
        server.fault("/a", fault, times=2)  # type: ignore[arg-type]
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="took too long"):
            session.get_json(service, "/a")
        assert time.monotonic() - began < LONGEST / 2


def test_a_body_without_end_is_broken_off(
    server: Files, service: Service, settings: Settings
) -> None:
    small = replace(settings, manners=replace(MANNERS, largest=100_000))
    with Session(settings=small) as session:
        server.fault("/a", endless())
        with pytest.raises(ResponseTooLargeError, match=r"0\.1 MiB"):
            session.get_json(service, "/a")
    assert len(server.asked) == 1  # a second time it would be no smaller


def test_nobody_listens(service: Service, session: Session) -> None:
    with pytest.raises(UnreachableError, match="cannot be reached"):
        session.get_json(replace(service, url="http://127.0.0.1:9"), "/a")


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest", "http://[::1]/", "https://elsewhere.example/x",
        "http://127.0.0.1:1/", "http://user:word@127.0.0.1/", "file:///etc/passwd", "http://[",
    ],
)  # fmt: skip
def test_it_is_not_led_elsewhere(
    place: str, server: Files, service: Service, session: Session
) -> None:
    server.fault("/a", redirect(place))
    with pytest.raises(RefusedError, match="led to"):
        session.get_json(service, "/a")
    assert len(server.asked) == 1


def test_it_may_be_led_on_at_home_and_to_known_hosts(
    server: Files, service: Service, session: Session
) -> None:
    server.fault("/a", redirect("/b"))
    assert session.get_json(service, "/a")["path"] == "/b"
    with Files() as other:
        known = replace(service, hosts=(other.place,))
        server.fault("/c", redirect(f"{other.url}/d"))
        headers = {"Authorization": "token secret-key"}
        assert session.get_json(known, "/c", headers=headers)["path"] == "/d"
        assert server.asked[-1].headers["authorization"] == "token secret-key"
        assert "authorization" not in other.asked[0].headers
    server.fault("/round", redirect("/round"), times=99)
    with pytest.raises(RefusedError, match="without end"):
        session.get_json(service, "/round")


def test_known_hosts() -> None:
    deezer = Service("deezer", "Deezer", "https://api.deezer.com", hosts=(".dzcdn.net",))
    check_place(deezer, "https://api.deezer.com/track/1")
    check_place(deezer, "https://cdnt-preview.dzcdn.net/api/1/1/a.mp3?hdnea=exp=1")
    for url in (
        "http://api.deezer.com/track/1", "https://api.deezer.com:8443/", "https://dzcdn.net.evil/",
        "https://evildzcdn.net/", "https://dzcdn.net@evil.example/", "https://127.0.0.1/",
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            check_place(deezer, url)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0",
                "::ffff:10.0.0.1", "100.64.0.1", "0.0.0.0"],
)  # fmt: skip
def test_names_that_stand_for_private_addresses(address: str) -> None:
    deezer = Service("deezer", "Deezer", "https://api.deezer.com")
    with pytest.raises(RefusedError, match="private"):
        check_address(deezer, "api.deezer.com", address)
    check_address(deezer, "api.deezer.com", "93.184.216.34")
    check_address(replace(deezer, trusted=True), "localhost", address)


def test_a_name_that_stands_for_this_machine_is_not_asked(
    server: Files, service: Service, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the service's name led here: its place is right, its address is not.
    monkeypatch.setattr("linernotes.collect.http.connection.check_place", lambda *_: None)
    with pytest.raises(RefusedError, match="private address; nothing was sent"):
        session.get_json(replace(service, trusted=False), "/a")
    assert server.asked == []


def test_keys_are_not_shown_logged_or_kept(
    server: Files,
    service: Service,
    session: Session,
    caplog: pytest.LogCaptureFixture,
) -> None:
    key = "s3cret+key/="
    with caplog.at_level(logging.DEBUG):
        session.get_json(
            service, "/a", secrets={"token": key}, headers={"Authorization": "Discogs token=other7"}
        )
        server.fault("/b", redirect(f"https://elsewhere.example/?token={key}"))
        with pytest.raises(RefusedError) as caught:
            session.get_json(service, "/b", secrets={"token": key})
    assert server.asked[0].params["token"] == key  # and the stand-in repeats it in its answer
    assert server.asked[0].headers["authorization"] == "Discogs token=other7"
    kept = b"".join(path.read_bytes() for path in session.cache.folder.rglob("*") if path.is_file())
    for form in (key, "s3cret%2Bkey%2F%3D", "other7"):
        assert form not in caplog.text
        assert form.encode() not in kept
        assert form not in str(caught.value)
    assert "GET" in caplog.text


def test_requests_keep_their_distance(server: Files, service: Service, session: Session) -> None:
    slow = replace(service, requests=20)
    began = time.monotonic()
    for index in range(5):
        session.get_json(slow, f"/{index}")
    assert server.asked[-1].time - began >= 4 / 20


_ASK_TEN = """
import sys, time
from pathlib import Path
from linernotes.collect.http import Service
from linernotes.collect.http.pace import Pace
pace = Pace(Service("stand", "Stand-in", "http://x", requests=50), Path(sys.argv[1]))
print(flush=True)
sys.stdin.readline()
for _ in range(10):
    pace.wait()
    print(time.time(), flush=True)
"""


def test_the_distance_holds_across_processes(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK_TEN, str(tmp_path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    began = time.time()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=LONG)[0] for process in processes]
    times = sorted(float(line) for told in said for line in told.split())
    assert len(times) == 30
    # 29 distances of 20 ms; a late wake-up may make two look close, never the whole.
    assert times[-1] - began >= 28 * 0.02


def test_a_clock_that_was_set_back_keeps_nobody_waiting(tmp_path: Path) -> None:
    service = Service("stand", "Stand-in", "http://x", requests=1000)
    (tmp_path / "stand.next").write_text(str(time.time() + 10**6))
    assert Pace(service, tmp_path).wait() < 0.1
    (tmp_path / "stand.next").write_text("nonsense")
    assert Pace(service, tmp_path).wait() < 0.1


def test_a_file_is_fetched_once(
    server: Files, service: Service, session: Session, tmp_path: Path
) -> None:
    for _ in range(2):
        session.download(service, f"{server.url}/file", tmp_path / "a.mp3", largest=10**6)
    assert (tmp_path / "a.mp3").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.mp3"]
    assert len(server.asked) == 1


def test_a_file_goes_on_where_it_broke_off(
    server: Files, service: Service, session: Session, tmp_path: Path
) -> None:
    for after in (100_000, 200_000, 50_000):
        server.fault("/file", cut(after=after))
    session.download(service, f"{server.url}/file", tmp_path / "a", largest=10**6, resume=True)
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert [asked.headers.get("range") for asked in server.asked] == [
        None, "bytes=100000-", "bytes=300000-", "bytes=350000-",
    ]  # fmt: skip


def test_a_file_that_changed_meanwhile_begins_anew(
    server: Files, service: Service, settings: Settings, tmp_path: Path
) -> None:
    with Session(settings=replace(settings, manners=replace(MANNERS, retries=0))) as session:
        server.fault("/file", cut(after=1000))
        url = f"{server.url}/file"
        with pytest.raises(UnreachableError):
            session.download(service, url, tmp_path / "a", largest=10**6, resume=True)
        note = tmp_path / "a.partial.json"
        note.write_text(note.read_text().replace("512000", "1"))
        session.download(service, url, tmp_path / "a", largest=10**6, resume=True)
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (endless(), ResponseTooLargeError),
        (status(200, b"x" * 10), AnswerError),
        (html(), AnswerError),
        (cut(after=9), UnreachableError),
        (redirect("http://10.0.0.1/file"), RefusedError),
    ],
)
def test_what_is_no_such_file_leaves_nothing_behind(
    fault: object, expected: type[SourceError], server: Files, service: Service,
    settings: Settings, tmp_path: Path,
) -> None:  # fmt: skip
    server.fault("/file", fault, times=9)  # type: ignore[arg-type]
    with (
        Session(settings=replace(settings, manners=replace(MANNERS, retries=1))) as session,
        pytest.raises(expected),
    ):
        session.download(
            service, f"{server.url}/file", tmp_path / "a", largest=10**6, accept=("audio/",),
            check=_see_that_it_is_ours,
        )  # fmt: skip
    assert not (tmp_path / "a").exists()


def _see_that_it_is_ours(path: Path) -> None:
    if path.read_bytes() != CONTENT:
        raise AnswerError("Stand-in", "this is not our file")


def test_a_wrong_checksum_is_not_taken(
    server: Files, service: Service, session: Session, tmp_path: Path
) -> None:
    with pytest.raises(AnswerError, match="checksum"):
        session.download(
            service, f"{server.url}/file", tmp_path / "a", largest=10**6, sha256="00" * 32,
            resume=True,
        )  # fmt: skip
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("LINERNOTES_CONFIG", str(path))
    with pytest.raises(SettingsError, match="no settings"):
        read_settings()
    path.write_text(
        'contact = "me@example.org"\ncache = "/c"\n[keys]\ndiscogs_token = "abcdef"\n'
        '[manners]\nretries = 8\n[services.deezer]\nurl = "http://127.0.0.1:1/"\nrequests = 9\n'
    )
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_settings()
    path.chmod(0o600)
    settings = read_settings()
    assert (settings.contact, settings.manners.retries) == ("me@example.org", 8)
    assert settings.key("discogs_token") == "abcdef"
    assert "abcdef" not in repr(settings)
    monkeypatch.setenv("LINERNOTES_DISCOGS_TOKEN", "other")
    assert settings.key("discogs_token") == "other"
    mirror = settings.service(Service("deezer", "Deezer", "https://api.deezer.com"))
    assert (mirror.url, mirror.requests, mirror.trusted) == ("http://127.0.0.1:1", 9, True)
    assert read_settings(contact="https://example.org").contact == "https://example.org"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("contact = 3", "text in quotes"),
        ('contact = "a\\r\\nX-Evil: 1"', "address of mail"),
        ("contact", "cannot be read"),
        ("[manners]\nspeed = 3", "'speed'"),
        ("[manners]\nretries = -1", "less than nothing"),
        ("[services.deezer]\nurl = 'ftp://x'", "none of them"),
        ("[services.deezer]\nrequests = 0", "more than nothing"),
        ("keys = 3", "table"),
    ],
)
def test_settings_that_make_no_sense(
    content: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(content)
    path.chmod(0o600)
    monkeypatch.setenv("LINERNOTES_CONFIG", str(path))
    with pytest.raises(SettingsError, match=sentence):
        read_settings()
