"""What has to be said of what is found, where a network under a licence not free finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.networks import licence_notice

if TYPE_CHECKING:
    from linernotes.explore.explorer import Explorer


def notice_of(explorer: Explorer) -> str | None:
    """Return what is said in playlists, maps and tables of what is found.

    Parameters
    ----------
    explorer
        That finds it.

    Returns
    -------
    str or None
        See `linernotes.networks.licence_notice`.
    """
    return None if explorer.networks is None else licence_notice(explorer.networks.networks)
