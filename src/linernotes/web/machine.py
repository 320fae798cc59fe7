"""Names and addresses of this machine, by which others in the house reach it."""

from __future__ import annotations

import ipaddress
import socket

import psutil


def own_names() -> list[str]:
    """Return what others call this machine: its name, and the one that it has in the house."""
    name = socket.gethostname()
    return list(dict.fromkeys([name, f"{name.partition('.')[0]}.local"]))


def own_addresses() -> list[str]:
    """Return the addresses that others may reach it by: those of the house first, IPv4 first.

    Addresses of the link alone, which need a zone, are left out.
    """
    try:
        cards = psutil.net_if_addrs()
    except OSError:
        return []
    found = []
    for card in cards.values():
        for entry in card:
            if entry.family not in (socket.AF_INET, socket.AF_INET6) or "%" in entry.address:
                continue
            address = ipaddress.ip_address(entry.address)
            if not (address.is_loopback or address.is_link_local or address.is_unspecified):
                found.append(address)
    found.sort(key=lambda address: (not address.is_private, address.version))
    return [str(address) for address in dict.fromkeys(found)]
