"""A certificate for this machine, made on it, so that others in the house reach it by HTTPS.

Browsers let a page record only over HTTPS. Nobody gives certificates for names of a house, so an
authority of one's own signs one here. A device that is to trust it installs the authority; that
can vouch for names of the house and private addresses alone (name constraints), so that a stolen
key opens no other site.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.files import atomic_path

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, GeneralName, KeyUsage

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DAY = datetime.timedelta(days=1)
_AUTHORITY_DAYS, _DAYS = 3650, 397  # Apple's devices refuse certificates for longer
_RENEWAL_DAYS = 30
_HOUSE_NAMES = ("localhost", "local", "lan", "home", "internal", "home.arpa")
_HOUSE_NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
    "fc00::/7", "::1/128",
)  # fmt: skip
# Larger files are none of ours.
_LARGEST = 64 * 1024


@dataclass(frozen=True)
class HouseCertificate:
    """The certificate of this machine, and the authority that signed it.

    Parameters
    ----------
    file
        PEM: the private key, the certificate and the authority, readable by its owner alone.
    fingerprint
        SHA-256 of the certificate, as browsers show it.
    authority
        The authority's certificate, DER: what other devices install.
    authority_fingerprint
        SHA-256 of that.
    """

    file: Path
    fingerprint: str
    authority: bytes
    authority_fingerprint: str

    def context(self) -> ssl.SSLContext:
        """Return what a server encrypts with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.file)
        return context


def house_certificate(
    folder: Path, names: Sequence[str], *, now: datetime.datetime | None = None
) -> HouseCertificate:
    """Return a certificate for some names, made or renewed if need be.

    Parameters
    ----------
    folder
        Where the keys are kept; made if need be.
    names
        Host names and addresses. Beside these it is for localhost.
    now
        The time; it is renewed thirty days before its end.

    Returns
    -------
    HouseCertificate
        Good for a month at the least.

    Raises
    ------
    OSError
        It cannot be read or written.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    now = now or datetime.datetime.now(datetime.UTC)
    wanted = list(dict.fromkeys(["localhost", "127.0.0.1", "::1", *map(_plain, names)]))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    own, signed = folder / "authority.pem", folder / "certificate.pem"
    authority = _read(own)
    if authority is None or _ends_soon(authority[1], now) or not _allows(authority[1], wanted):
        authority = _make_authority(wanted, now)
        _write(own, *authority)
    found = _read(signed)
    if (
        found is None
        or _ends_soon(found[1], now)
        or found[1].issuer != authority[1].subject
        or not _is_signed_by(found[1], authority[1])
        or not set(wanted) <= set(_names_in(found[1]))
    ):
        found = _make_certificate(wanted, authority, now)
        _write(signed, *found, authority[1])
    return HouseCertificate(
        file=signed,
        fingerprint=found[1].fingerprint(SHA256()).hex(":").upper(),
        authority=authority[1].public_bytes(Encoding.DER),
        authority_fingerprint=authority[1].fingerprint(SHA256()).hex(":").upper(),
    )


Pair = tuple["EllipticCurvePrivateKey", "Certificate"]


def _make_authority(names: Sequence[str], now: datetime.datetime) -> Pair:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    # A serial number of its own keeps a device from mixing it up with one from before.
    serial = x509.random_serial_number()
    name = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "linernotes"),
        x509.NameAttribute(NameOID.COMMON_NAME, f"linernotes at home {serial % 16**6:06x}"),
    ])  # fmt: skip
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), serial)
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _AUTHORITY_DAYS * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return key, made.sign(key, SHA256())


def _make_certificate(names: Sequence[str], authority: Pair, now: datetime.datetime) -> Pair:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    signing, issuer = authority
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "linernotes")]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(min(now + _DAYS * _DAY, issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_general, names))), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
    )
    return key, made.sign(signing, SHA256())


def _usage(*, signs: bool) -> KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


def _permitted(names: Iterable[str]) -> list[GeneralName]:
    """Return what an authority may vouch for: the house, and names that were asked for."""
    from cryptography import x509

    networks: list[Network] = list(map(ipaddress.ip_network, _HOUSE_NETWORKS))
    hosts = list(_HOUSE_NAMES)
    for name in names:
        address = _address(name)
        if address is None:
            if not _is_below(name, hosts):
                hosts.append(name)
        elif not _is_in(address, networks):
            networks.append(ipaddress.ip_network(address))
    return [*map(x509.DNSName, hosts), *map(x509.IPAddress, networks)]


def _allows(authority: Certificate, names: Iterable[str]) -> bool:
    from cryptography import x509

    try:
        limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    permitted = limits.permitted_subtrees or []
    hosts = [each.value for each in permitted if isinstance(each, x509.DNSName)]
    networks = [each.value for each in permitted if isinstance(each, x509.IPAddress)]
    return all(
        _is_below(name, hosts) if (address := _address(name)) is None else _is_in(address, networks)
        for name in names
    )


def _is_below(name: str, hosts: Iterable[str]) -> bool:
    return any(name == host or name.endswith(f".{host}") for host in hosts)


def _is_in(address: Address, networks: Iterable[object]) -> bool:
    return any(
        isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network) and address in network
        for network in networks
    )


def _names_in(certificate: Certificate) -> list[str]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(each.value) for each in names]


def _is_signed_by(certificate: Certificate, authority: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _ends_soon(certificate: Certificate, now: datetime.datetime) -> bool:
    return not (
        certificate.not_valid_before_utc
        <= now
        < certificate.not_valid_after_utc - _RENEWAL_DAYS * _DAY
    )


def _plain(name: str) -> str:
    address = _address(name.strip("[]"))
    return str(address) if address is not None else name.casefold().rstrip(".")


def _general(name: str) -> GeneralName:
    from cryptography import x509

    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _read(file: Path) -> Pair | None:
    """Return a key and its certificate; ``None`` where there are none that can be used."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if file.stat().st_size > _LARGEST:
            return None
        data = file.read_bytes()
        key = load_pem_private_key(data, None)
        certificate = x509.load_pem_x509_certificates(data)[0]
    except (FileNotFoundError, ValueError, TypeError, IndexError):
        return None
    if not isinstance(key, EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
        return None
    return key, certificate


def _write(file: Path, key: EllipticCurvePrivateKey, *certificates: Certificate) -> None:
    """Write a key and certificates into one file, so that they fit together whenever it is read."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    data += b"".join(each.public_bytes(Encoding.PEM) for each in certificates)
    with atomic_path(file) as part:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
