"""The certificate of this machine: for whom it is good, how long, and who can read its key."""

from __future__ import annotations

import datetime
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
from support import LONG

from linernotes.web.certificates import HouseCertificate, house_certificate

NAMES = ("music-box", "music-box.local", "192.168.1.5")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("https") / "keys"


@pytest.fixture(scope="module")
def made(folder: Path) -> HouseCertificate:
    return house_certificate(folder, NAMES)


def shake_hands(made: HouseCertificate, name: str) -> str:
    """Meet a server as one does who trusts its authority alone; returns the name of who signed."""
    trusting = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(made.authority))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()
    ours.settimeout(LONG)
    theirs.settimeout(LONG)

    def serve() -> None:
        try:
            with made.context().wrap_socket(ours, server_side=True) as served:
                served.recv(1)
        except OSError:
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with trusting.wrap_socket(theirs, server_hostname=name) as met:
            issuer = dict(pair[0] for pair in met.getpeercert()["issuer"])
            return issuer["organizationName"]
    finally:
        theirs.close()
        thread.join()


@pytest.mark.parametrize("name", [*NAMES, "localhost", "127.0.0.1", "::1"])
def test_who_trusts_the_authority_trusts_the_server(made: HouseCertificate, name: str) -> None:
    assert shake_hands(made, name) == "linernotes"


def test_it_is_not_good_for_other_names(made: HouseCertificate) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(made, "bank.example")


def test_a_stolen_key_opens_no_other_site(made: HouseCertificate, folder: Path) -> None:
    """The authority can vouch for the house alone, whatever is signed with it."""
    from linernotes.web import certificates

    authority = certificates._read(folder / "authority.pem")
    assert authority is not None
    now = datetime.datetime.now(datetime.UTC)
    forged = certificates._make_certificate(["bank.example"], authority, now)
    file = folder / "forged.pem"
    certificates._write(file, *forged, authority[1])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(HouseCertificate(file, "", made.authority, ""), "bank.example")


def test_the_keys_are_their_owners_alone(made: HouseCertificate, folder: Path) -> None:
    for name in ("authority.pem", "certificate.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_is_kept_until_its_end_is_near(made: HouseCertificate, folder: Path) -> None:
    again = house_certificate(folder, NAMES)
    assert (again.fingerprint, again.authority) == (made.fingerprint, made.authority)
    late = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=397 - 29)
    renewed = house_certificate(folder, NAMES, now=late)
    assert renewed.fingerprint != made.fingerprint
    assert renewed.authority == made.authority  # nobody has to install it again
    house_certificate(folder, NAMES)  # its beginning lies ahead: a clock was wrong
    assert shake_hands(house_certificate(folder, NAMES), "localhost") == "linernotes"


def test_another_address_gives_another_certificate_of_the_same_authority(tmp_path: Path) -> None:
    one = house_certificate(tmp_path, ["192.168.1.5"])
    moved = house_certificate(tmp_path, ["10.0.0.7"])
    assert moved.fingerprint != one.fingerprint
    assert moved.authority == one.authority
    assert shake_hands(moved, "10.0.0.7") == "linernotes"
    # A name beyond the house has to be allowed for, which takes a new authority.
    named = house_certificate(tmp_path, ["music.example.org", "10.0.0.7"])
    assert named.authority != one.authority
    assert shake_hands(named, "music.example.org") == "linernotes"


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_damaged_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    house_certificate(tmp_path, NAMES)
    for name in ("authority.pem", "certificate.pem"):
        (tmp_path / name).write_bytes(damage)
    assert shake_hands(house_certificate(tmp_path, NAMES), "music-box") == "linernotes"
