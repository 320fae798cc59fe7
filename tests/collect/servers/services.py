"""All stand-ins together, and the settings that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from collect.servers.deezer import Deezer, DeezerPreviews
from collect.servers.itunes import Itunes
from collect.servers.listenbrainz import ListenBrainz
from collect.servers.musicbrainz import MusicBrainz
from collect.servers.wikidata import Wikidata
from collect.servers.wikipedia import Wikipedia
from collect.servers.world import World


@dataclass(frozen=True)
class Services:
    world: World
    musicbrainz: MusicBrainz
    wikidata: Wikidata
    wikipedia: Wikipedia
    deezer: Deezer
    previews: DeezerPreviews
    itunes: Itunes
    listenbrainz: ListenBrainz

    def write_settings(self, path: Path, cache: Path) -> Path:
        """Settings that lead here, at a pace for machines."""
        places = {
            "musicbrainz": f"{self.musicbrainz.url}/ws/2",
            "wikidata": f"{self.wikidata.url}/sparql",
            "wikipedia": f"{self.wikipedia.url}/w/api.php",
            "deezer": self.deezer.url,
            "itunes": self.itunes.url,
            "listenbrainz": self.listenbrainz.url,
        }
        lines = ['contact = "test@example.org"', f'cache = "{cache.as_posix()}"', "[manners]",
                 "backoff = 0.01", "connect = 5", "read = 5", "total = 10", "retries = 4",
                 "patience = 5"]  # fmt: skip
        for name, url in places.items():
            lines += [f"[services.{name}]", f'url = "{url}"', "requests = 100000"]
            if name == "deezer":
                lines.append(f'hosts = ["{self.previews.place}"]')
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)
        return path

    def asked(self) -> int:
        """How many requests all of them have seen."""
        servers = (self.musicbrainz, self.wikidata, self.wikipedia, self.deezer, self.previews,
                   self.itunes, self.listenbrainz)  # fmt: skip
        return sum(len(server.asked) for server in servers)


@contextmanager
def serving(world: World) -> Iterator[Services]:
    with ExitStack() as stack:
        previews = stack.enter_context(DeezerPreviews())
        yield Services(
            world,
            stack.enter_context(MusicBrainz(world)),
            stack.enter_context(Wikidata(world)),
            stack.enter_context(Wikipedia(world)),
            stack.enter_context(Deezer(world, previews)),
            previews,
            stack.enter_context(Itunes(world)),
            stack.enter_context(ListenBrainz(world)),
        )
