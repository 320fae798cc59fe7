"""Try linernotes in environments of its own: as people install it, on each Python, at the lowest.

    python tools/environments.py wheel     the wheel alone, without extras, does the main job
    python tools/environments.py lowest    so it does with the lowest versions that are allowed
    python tools/environments.py pythons   quick tests on every other Python that is found

uv makes the environments. Packages come from where pip is told to look.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
# All that bring no gigabytes.
EXTRAS = ("boosting", "collect", "plots", "umap", "web")
# What depends most on the version of Python, and on those of packages.
ON_EACH_PYTHON = (
    "audio",
    "cli/test_help.py",
    "engine",
    "library/tagging",
    "library/tags",
    "web/test_api.py",
)
AT_THE_LOWEST = ("cli/test_help.py", "cli/test_collect_genres.py", "engine", "web/test_api.py")
# What these tests need beside what they test, in any version.
TOOLS = ("hypothesis", "mutagen", "pytest", "tinytag")


def main() -> int:
    """Do what the command line names; return how many environments failed."""
    tries = {"wheel": try_wheel, "lowest": try_lowest, "pythons": try_pythons}
    if len(sys.argv) != 2 or sys.argv[1] not in tries:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="linernotes-") as folder:
        uv = Uv(Path(folder))
        return sum(not passed for passed in tries[sys.argv[1]](uv, uv.build()))


class Uv:
    """Makes a wheel, and environments in a folder.

    Parameters
    ----------
    folder
        Where all of it lies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        beside = Path(sys.executable).with_name("uv")
        self._program = str(beside) if beside.exists() else shutil.which("uv") or "uv"
        self._environment = {**os.environ, **_places_of_pip()}
        # On another file system than the cache, files are copied, which is no fault.
        self._environment.setdefault("UV_LINK_MODE", "copy" if _far(folder) else "hardlink")

    def build(self) -> Path:
        """Return the wheel of this checkout."""
        self("build", "--wheel", "--out-dir", str(self.folder / "dist"), str(ROOT))
        (wheel,) = (self.folder / "dist").glob("*.whl")
        return wheel

    def environment(self, *packages: str, python: str) -> Path:
        """Return the folder of programs of a new environment with packages."""
        place = self.folder / f"environment-{len(list(self.folder.iterdir()))}"
        self("venv", "--python", python, str(place))
        programs = place / ("Scripts" if os.name == "nt" else "bin")
        self("pip", "install", "--python", str(programs / "python"), *packages)
        return programs

    def __call__(self, *arguments: str) -> None:
        """Run uv; what it installs is not printed, what goes wrong is."""
        command = [self._program, *arguments, "--quiet"]
        if subprocess.run(command, env=self._environment, cwd=ROOT, check=False).returncode:
            sys.exit(f"uv {' '.join(arguments)} failed")


def try_wheel(uv: Uv, wheel: Path) -> Iterator[bool]:
    """Do the main job with the wheel and what it depends on, and nothing else."""
    programs = uv.environment(str(wheel), python=sys.executable)
    yield _passes("the wheel without extras", [*_main_job(programs), "--without-extras"])


def try_lowest(uv: Uv, wheel: Path) -> Iterator[bool]:
    """Do the main job and quick tests with the lowest versions that pyproject.toml allows."""
    lowest = uv.folder / "lowest.txt"
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    # A version that has no wheel for this Python cannot be tried without compilers.
    uv(
        "pip", "compile", "pyproject.toml", *extras, "--resolution", "lowest-direct",
        "--only-binary", ":all:", "--python", sys.executable, "--output-file", str(lowest),
    )  # fmt: skip
    programs = uv.environment(
        f"{wheel}[{','.join(EXTRAS)}]", *TOOLS, "--constraint", str(lowest), python=sys.executable
    )
    yield _passes("the lowest versions", _main_job(programs))
    # Old versions may warn of what is to come.
    yield _passes(
        "the lowest versions", [*_tests(programs, AT_THE_LOWEST), "-o", "filterwarnings=default"]
    )


def try_pythons(uv: Uv, wheel: Path) -> Iterator[bool]:
    """Run quick tests on each version of Python that is here, but for the one that runs this."""
    own = "{}.{}".format(*sys.version_info)
    for version in PYTHONS:
        if version == own:
            print(f"Python {version}: make test runs all tests on it", flush=True)
        elif (python := find_python(version)) is None:
            print(f"Python {version}: not found on this machine, not tried", flush=True)
        else:
            programs = uv.environment(f"{wheel}[test,boosting]", python=python)
            yield _passes(f"Python {version}", _tests(programs, ON_EACH_PYTHON))


def find_python(version: str) -> str | None:
    """Return the path of a version of Python: on the path, or where pyenv or uv keep theirs."""
    homes = [
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local/share/uv/python")),
    ]
    kept = [
        path / "bin" / f"python{version}"
        for home in homes
        for path in sorted(home.glob(f"*{version}.*"), reverse=True)
    ]
    for python in (shutil.which(f"python{version}"), *map(str, kept)):
        # What is on the path may be a stand-in for a version that is not chosen.
        if python and _tells_its_version(python, version):
            return python
    return None


def _tells_its_version(python: str, version: str) -> bool:
    ask = "import sys, venv; print('{}.{}'.format(*sys.version_info))"
    try:
        told = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return told.stdout.strip() == version


def _places_of_pip() -> dict[str, str]:
    """Return uv's names for where pip looks for packages, unless uv is told of places itself."""
    if any(name in os.environ for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX")):
        return {}
    command = [sys.executable, "-m", "pip", "config", "list"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    settings = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    places = {}
    for name, value in settings.items():  # those of the environment come last, and count
        if name.endswith(".index-url"):
            places["UV_DEFAULT_INDEX"] = value.strip("'\"")
        elif name.endswith(".cert"):
            places["SSL_CERT_FILE"] = value.strip("'\"")
    return places


def _far(folder: Path) -> bool:
    cache = Path(os.environ.get("UV_CACHE_DIR", Path.home() / ".cache"))
    return not cache.exists() or cache.stat().st_dev != folder.stat().st_dev


def _main_job(programs: Path) -> list[str]:
    return [sys.executable, str(ROOT / "tools" / "main_job.py"), str(programs / "linernotes")]


def _tests(programs: Path, rooms: tuple[str, ...]) -> list[str]:
    places = [f"tests/{room}" for room in rooms]
    quick = ["-q", "-m", "not slow", "-p", "no:cacheprovider"]
    return [str(programs / "python"), "-m", "pytest", *quick, *places]


def _passes(what: str, command: list[str]) -> bool:
    """Run a command with what is installed, not with the sources beside it; say how it went."""
    print(f"{what}: {' '.join(command[1:])}", flush=True)
    passed = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    print(f"{what}: {'passed' if passed else 'FAILED'}", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())
