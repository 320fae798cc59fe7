"""Who is let in: by a token, a password or a key; and how the secret is kept."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from linernotes.integrations.subsonic.authentication import (
    AppPassword,
    Attempts,
    PasswordFile,
    check,
)
from linernotes.integrations.subsonic.errors import SubsonicError

KNOWN = AppPassword("linernotes", "abcd-efgh", "key-of-an-app")


def token(salt: str, password: str = KNOWN.password) -> dict[str, str]:
    return {"t": hashlib.md5((password + salt).encode()).hexdigest(), "s": salt}


@pytest.mark.parametrize(
    "shown",
    [
        {"u": "linernotes", **token("c19b2d")}, {"u": "linernotes", "p": KNOWN.password},
        {"u": "linernotes", "p": "enc:" + KNOWN.password.encode().hex()},
        {"apiKey": KNOWN.api_key},
        {"u": "linernotes", "t": token("x")["t"].upper(), "s": "x"},
    ],
)  # fmt: skip
def test_who_knows_it_is_let_in(shown: dict[str, str]) -> None:
    check(shown, KNOWN)


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ({}, 10), ({"u": "linernotes"}, 10), ({"u": "linernotes", "t": "1"}, 10),
        ({"p": "abcd-efgh"}, 10), ({"u": "linernotes", "p": ""}, 40),
        ({"u": "linernotes", "p": "wrong"}, 40), ({"u": "linernotes", "p": "enc:zz"}, 40),
        ({"u": "other", **token("1")}, 40), ({"u": "linernotes", **token("1", "wrong")}, 40),
        ({"u": "linernotes", "t": token("1")["t"], "s": "2"}, 40),
        ({"u": "linernotes", "t": "é" * 9999, "s": "x" * 9999}, 40),
        ({"u": "linernotes", "p": KNOWN.password, **token("1")}, 43),
        ({"u": "linernotes", "apiKey": KNOWN.api_key}, 43),
        ({"apiKey": KNOWN.api_key, **token("1")}, 43), ({"apiKey": "wrong"}, 44),
        ({"apiKey": ""}, 44), ({"u": "linernotes", "p": KNOWN.api_key}, 40),
        ({"apiKey": KNOWN.password}, 44), ({"u": "linernotes", "p": "\ud800"}, 40),
    ],
)  # fmt: skip
def test_others_are_told_why_not(shown: dict[str, str], number: int) -> None:
    with pytest.raises(SubsonicError) as caught:
        check(shown, KNOWN)
    assert caught.value.number == number
    assert KNOWN.password not in str(caught.value)


def test_the_secret_is_its_owners_alone_and_never_shown_by_accident(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path / "new" / "subsonic.json")
    assert file.read() is None
    made = file.renew()
    assert file.read() == made
    assert made.password not in repr(made)
    assert made.api_key not in repr(made)
    assert len(made.password) == 24
    if os.name == "posix":
        assert file.path.stat().st_mode & 0o777 == 0o600
        file.path.chmod(0o644)
        os.utime(file.path)
        assert file.read() == made
        assert file.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.path.parent.iterdir()] == ["subsonic.json"]


def test_a_password_that_was_replaced_is_good_no_longer(tmp_path: Path) -> None:
    server, owner = (PasswordFile(tmp_path / "subsonic.json") for _ in range(2))
    old = owner.renew()
    assert server.read() == old
    new = owner.renew()
    assert server.read() == new
    assert {old.password, old.api_key}.isdisjoint({new.password, new.api_key})


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"user": 1, "password": 2, "api_key": 3}',
                                  '{"user": "a", "password": "", "api_key": "b"}'])  # fmt: skip
def test_a_broken_file_lets_nobody_in(tmp_path: Path, text: str) -> None:
    file = PasswordFile(tmp_path / "subsonic.json")
    file.path.write_text(text)
    with pytest.raises(SubsonicError, match="--renew"):
        file.read()
    file.renew()
    assert json.loads(file.path.read_bytes())["user"] == "linernotes"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SubsonicError, match="cannot be written"):
        PasswordFile(tmp_path / "file" / "subsonic.json").renew()


def test_addresses_wait_after_many_failures_each_by_itself() -> None:
    attempts = Attempts(most=3)
    for _ in range(3):
        assert not attempts.are_too_many("192.0.2.1")
        attempts.failed("192.0.2.1")
    assert attempts.are_too_many("192.0.2.1")
    assert attempts.are_too_many("::ffff:192.0.2.1")
    assert not attempts.are_too_many("192.0.2.2")
    for i in range(3):
        attempts.failed(f"2001:db8::{i:x}")
    assert attempts.are_too_many("2001:db8::ffff")
    assert not attempts.are_too_many("2001:db8:1::1")
    for i in range(5000):
        attempts.failed(f"10.0.{i // 256}.{i % 256}")
    assert not attempts.are_too_many("192.0.2.1")  # bounded: the oldest are forgotten
