"""The commands and their options. What they do is imported when they are called."""

from __future__ import annotations

import gc
import sys
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperGroup

from linernotes import __version__
from linernotes.cli.collect_app import collect_app
from linernotes.cli.completion import InstallCompletion, ShowCompletion, prepare_completion
from linernotes.cli.examples import examples
from linernotes.errors import LinernotesError

# How the commands are grouped in the help.
TRACKS, LIBRARY, MODELS, HELP = "Tracks", "Library", "Models", "Help"

app = typer.Typer(
    help="Writes the liner notes of your music by listening to it.",
    epilog=examples("""
        linernotes demo
        linernotes identify song.mp3
        linernotes scan ~/Music
        linernotes similar song.mp3
    """),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class _Models(TyperGroup):
    """``models NAME|FILE`` is short for ``models show NAME|FILE``."""

    def resolve_command(self, context: Any, arguments: list[str]) -> Any:
        known = not arguments or arguments[0] in self.commands
        return super().resolve_command(context, arguments if known else ["show", *arguments])


models_app = typer.Typer(cls=_Models, subcommand_metavar="[NAME|FILE] [--json]")


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USAGE = 2
    NOTHING_DONE = 3


class MapMethod(StrEnum):
    """How a map is arranged."""

    TSNE = "tsne"
    UMAP = "umap"


class LabelKind(StrEnum):
    """What labels are taken for."""

    CLASSES = "classes"
    NUMBERS = "numbers"


class SplitMethod(StrEnum):
    """How tracks to learn from and tracks to be tested on are kept apart."""

    GROUPED = "grouped"
    OFFICIAL = "official"
    RANDOM = "random"


Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")]
InLibrary = Annotated[
    str | None,
    typer.Option("--library", help="Folder or URL of the library. (default: see status)"),
]
Model = Annotated[
    list[str] | None,
    typer.Option(
        "--model", "-m", help="Name or file of a model; repeatable. (default: genre, mood)"
    ),
]
TrackModel = Annotated[
    list[str] | None,
    typer.Option("--model", "-m", help="A trained model to ask as well; repeatable."),
]
Start = Annotated[float, typer.Option(min=0, help="Second to begin at.")]
Duration = Annotated[float | None, typer.Option(min=1, help="Seconds to listen to. (default: all)")]
SkipIntro = Annotated[
    float, typer.Option(min=0, help="Seconds to leave out of tracks at least twice as long.")
]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds after which a file is given up.")]
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="Folder with a folder for each class, CSV, library:DIR, tags:DIR, fma:DIR, gtzan:DIR.",
    ),
]
Label = Annotated[
    str | None,
    typer.Option(help="What to learn: a column, or a file tag; energy,valence for two numbers."),
]
As = Annotated[
    LabelKind | None,
    typer.Option("--as", help="What to take labels for. (default: what their values look like)"),
]
Group = Annotated[
    str, typer.Option(help="What is never on both sides: artist, album, or artist,album.")
]
HowToSplit = Annotated[
    SplitMethod | None,
    typer.Option(help="random flatters, and says so. (default: official if there is one)"),
]
Folds = Annotated[int, typer.Option(min=2, help="Trainings of a cross-validation.")]
Beside = Annotated[
    bool, typer.Option("--beside/--no-beside", help="Compare with the other way to split.")
]
Seed = Annotated[int, typer.Option(help="Of everything left to chance.")]
Full = Annotated[
    bool, typer.Option("--full/--excerpt", help="Listen to all of a track, or to 30 s of it.")
]
Gentle = Annotated[
    bool,
    typer.Option(
        "--gentle", help="Lowest priority, one processor, and pauses while others are busy."
    ),
]
Pace = Annotated[
    float,
    typer.Option(min=0.01, max=1, help="Share of the processors to use at most."),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes. (default: one a processor)")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"linernotes {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks and decoder chatter.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    install_completion: InstallCompletion = None,
    show_completion: ShowCompletion = None,
) -> None:
    context.obj = debug


@app.command(
    rich_help_panel=TRACKS,
    epilog=examples("""
        linernotes identify song.mp3
        linernotes identify ~/Music/Blue --report blue.html
        linernotes identify ~/Music --json > identified.jsonl
    """),
)
def identify(
    context: typer.Context,
    files: Files,
    model: Model = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about all of it.")
    ] = None,
    window: Annotated[float, typer.Option(min=0.5, max=60, help="Seconds heard at once.")] = 3.0,
    hop: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds between windows. (default: no overlap)")
    ] = None,
    start: Start = 0.0,
    duration: Duration = None,
    skip_intro: SkipIntro = 0.0,
    timeout: Timeout = 600.0,
    workers: Workers = None,
) -> None:
    """Tell what tracks are, how sure that is, and how it changes along them."""
    from linernotes.cli.identify import identify_files

    with_defaults = {"window": window, "hop": hop, "start": start, "duration": duration,
                     "skip_intro": skip_intro, "timeout": timeout, "workers": workers,
                     "quiet": not context.obj}  # fmt: skip
    done, failed = identify_files(
        files, models=model, as_json=json, report=report, options=with_defaults
    )
    _leave(done, failed)


@app.command(
    rich_help_panel=TRACKS,
    epilog=examples("""
        linernotes features ~/Music --output tracks.parquet
        linernotes features song.flac --set style --set production --json
        linernotes features --list
    """),
)
def features(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")
    ] = None,
    feature_set: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", help="Feature set; may be repeated. (default: descriptors)"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .csv or .parquet file. (default: CSV on stdout)"),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the sets: name, type, unit, description.")
    ] = False,
    json: Json = False,
    start: Start = 0.0,
    duration: Duration = None,
    skip_intro: SkipIntro = 0.0,
    timeout: Timeout = 600.0,
    workers: Workers = None,
) -> None:
    """Measure tracks: named numbers for your own tables and models."""
    from linernotes.cli.features import extract_files, list_features

    if list_:
        list_features(feature_set or [], as_json=json)
        return
    if not files:
        raise typer.BadParameter("name a track or a folder, or ask for --list")
    options = {"start": start, "duration": duration, "skip_intro": skip_intro,
               "timeout": timeout, "workers": workers, "quiet": not context.obj}  # fmt: skip
    sets = feature_set or ["descriptors"]
    _leave(*extract_files(files, sets=sets, output=output, as_json=json, options=options))


@app.command(
    rich_help_panel=TRACKS,
    epilog=examples("""
        linernotes inspect song.flac --output song.html
        linernotes inspect song.flac --output chorus.png --start 60 --duration 30
    """),
)
def inspect(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A track.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .html or .png file.")],
    start: Start = 0.0,
    duration: Duration = None,
    timeout: Timeout = 600.0,
) -> None:
    """Draw a track: waveform, spectrogram, chroma, MFCC, beats, loudness, stereo image."""
    from linernotes.cli.inspect import inspect_file

    inspect_file(file, output, start=start, duration=duration, timeout=timeout)


@app.command(
    rich_help_panel=TRACKS,
    epilog=examples("""
        linernotes tag ~/Music/Blue
        linernotes tag ~/Music/Blue --write
        linernotes tag --undo
    """),
)
def tag(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write it; without this nothing is.")
    ] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Take back the last run, or the last write to these files."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Change what the files already say, too.")
    ] = False,
    model: Model = None,
    library: InLibrary = None,
    genre_threshold: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="How probable a genre must be. (default: where 9 of 10 are right)"
        ),
    ] = None,
    json: Json = False,
    timeout: Timeout = 600.0,
    workers: Workers = None,
) -> None:
    """Show what would be written to the tags of files; write it, or take it back."""
    from linernotes.cli.tag import tag_files, undo_files

    if undo:
        if write:
            raise typer.BadParameter("--undo and --write exclude each other")
        done, failed = undo_files(files or [], as_json=json)
        _leave(done, failed or (0 if done else 1))
    if not files:
        raise typer.BadParameter("name a track or a folder, or ask for --undo")
    _leave(
        *tag_files(
            files,
            write=write,
            overwrite=overwrite,
            models=model,
            library=library,
            genre_threshold=genre_threshold,
            as_json=json,
            timeout=timeout,
            workers=workers,
            quiet=not context.obj,
        )
    )


@app.command(
    rich_help_panel=LIBRARY,
    epilog=examples("""
        linernotes scan ~/Music
        linernotes scan ~/Music --prune --retry-failed
        linernotes scan /mnt/music --library ~/house --full --workers 4
        linernotes scan ~/Music --gentle
    """),
)
def scan(
    context: typer.Context,
    folders: Annotated[
        list[str], typer.Argument(metavar="FOLDER...", help="Folders of tracks, or files.")
    ],
    library: InLibrary = None,
    full: Full = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed before.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Analyse everything again.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Forget files that are gone, and old versions.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="First take damaged tables back to a readable state.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds that a file may take. (default: 120, in full 900)"),
    ] = None,
    workers: Workers = None,
    gentle: Gentle = False,
    pace: Pace = 1.0,
    model: TrackModel = None,
    json: Json = False,
) -> None:
    """Listen to what is new in folders, and keep it in the library."""
    from linernotes.cli.library import scan_folders

    options = {"extent": "full" if full else "excerpt", "retry_failed": retry_failed,
               "force": force, "prune": prune, "repair": repair, "timeout": timeout,
               "workers": workers, "gentle": gentle, "pace": pace,
               "quiet": not context.obj}  # fmt: skip
    _leave(
        *scan_folders(folders, library=library, models=model or [], as_json=json, options=options)
    )


@app.command(
    rich_help_panel=LIBRARY,
    epilog=examples("""
        linernotes watch ~/Music
        linernotes watch ~/Music /mnt/records --pace 0.25 --json
    """),
)
def watch(
    context: typer.Context,
    folders: Annotated[list[str], typer.Argument(metavar="FOLDER...", help="Folders of tracks.")],
    library: InLibrary = None,
    full: Full = False,
    pace: Pace = 1.0,
    json: Json = False,
) -> None:
    """Keep the library up to date with folders, gently, until it is stopped."""
    from linernotes.cli.library import watch_folders

    options = {"extent": "full" if full else "excerpt", "pace": pace, "quiet": not context.obj}
    watch_folders(folders, library=library, as_json=json, options=options)


@app.command(
    rich_help_panel=LIBRARY,
    epilog=examples("""
        linernotes status
        linernotes status --library ~/house --json
    """),
)
def status(library: InLibrary = None, json: Json = False) -> None:
    """Tell what the library holds, and each file that failed."""
    from linernotes.cli.library import show_status

    show_status(library=library, as_json=json)


@app.command(
    rich_help_panel=LIBRARY,
    epilog=examples("""
        linernotes export tracks.csv
        linernotes export tracks.parquet --model mine.linernotes
    """),
)
def export(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv or .parquet file.")],
    library: InLibrary = None,
    model: TrackModel = None,
) -> None:
    """Write everything about the tracks of the library to a table."""
    from linernotes.cli.library import export_library

    export_library(output, library=library, models=model or [])


@app.command(
    rich_help_panel=LIBRARY,
    epilog=examples("""
        linernotes similar song.mp3 --why
        linernotes similar --words "mellow jazz piano" -n 40 --playlist mellow.m3u8
        linernotes similar first.mp3 --to last.mp3 --per-artist 1
    """),
)
def similar(
    tracks: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE|ID...", help="Tracks, in the library or not."),
    ] = None,
    library: InLibrary = None,
    words: Annotated[
        str | None, typer.Option(help='What is wanted, in tags: "mellow jazz piano".')
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(help="A track that is not liked; may be repeated.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Find a path to this track.")] = None,
    mix: Annotated[bool, typer.Option("--mix", help="Go on from track to track.")] = False,
    seed: Annotated[int, typer.Option(help="Of the mix.")] = 0,
    n: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 20,
    per_artist: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many of an artist, also on the path of --to."),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help='A filter on file tags: "genre=jazz"; repeatable.')
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Say what is alike.")] = False,
    playlist: Annotated[Path | None, typer.Option(help="Write an .m3u8 file as well.")] = None,
    model: TrackModel = None,
    json: Json = False,
) -> None:
    """Find what sounds like tracks, or like words; a path between two; a mix."""
    from linernotes.cli.explore import show_similar

    found = show_similar(
        tracks or [],
        library=library,
        disliked=unlike or [],
        words=words,
        to=to,
        mix=mix,
        random_state=seed,
        n=n,
        per_artist=per_artist,
        where=where or [],
        why=why,
        playlist=playlist,
        models=model or [],
        as_json=json,
    )
    _leave(found, 0 if found else 1)


@app.command(
    "map",
    rich_help_panel=LIBRARY,
    epilog=examples("""
        linernotes map
        linernotes map --output house.html --by genre --title "Our music"
    """),
)
def draw(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the page.")] = Path(
        "map.html"
    ),
    library: InLibrary = None,
    by: Annotated[
        str | None, typer.Option(help="Colour by this first: genre, cluster, tempo, …")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Heading of the page.")] = None,
    method: Annotated[
        MapMethod, typer.Option(help="How to arrange it; umap needs umap-learn.")
    ] = MapMethod.TSNE,
    seed: Annotated[int, typer.Option(help="Of the arrangement.")] = 0,
) -> None:
    """Draw the library as a map: what sounds alike lies together."""
    from linernotes.cli.explore import write_map

    drawn = write_map(
        output, library=library, by=by, title=title, method=method.value, random_state=seed
    )
    _leave(drawn, 0 if drawn else 1)


@app.command(
    rich_help_panel=LIBRARY,
    epilog=examples("""
        linernotes serve --open
        linernotes serve --host 0.0.0.0 --port 8080 --music ~/Music
    """),
)
def serve(
    library: InLibrary = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for the whole house.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="LINERNOTES_TOKEN",
            help="What visitors have to show. (default: made up where others can reach it)",
        ),
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A name that the server may be called by; repeatable.")
    ] = None,
    music: Annotated[
        list[Path] | None,
        typer.Option(help="A folder that may be scanned from the page; repeatable."),
    ] = None,
    max_upload: Annotated[int, typer.Option(min=1, help="Megabytes of an upload.")] = 200,
    open_: Annotated[bool, typer.Option("--open", help="Show the page at once.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that listen to uploads. (default: all but one)"),
    ] = None,
) -> None:
    """Serve pages: identify, library, map, models. On this machine alone, if not told otherwise."""
    from linernotes.cli.serve import serve_pages

    serve_pages(
        library=library,
        host=host,
        port=port,
        token=token,
        names=name or [],
        music=music or [],
        workers=workers,
        upload_megabytes=max_upload,
        open_browser=open_,
    )


@app.command(
    rich_help_panel=MODELS,
    epilog=examples("""
        linernotes train ~/Music/by-mood --output mood.linernotes
        linernotes train labels.csv --label genre --report genre.html
        linernotes train library: --label energy --as numbers --folds 10
    """),
)
def train(
    data: Data,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Model file; with --recipe all, a folder of them."),
    ] = None,
    label: Label = None,
    as_: As = None,
    recipe: Annotated[str, typer.Option(help="How to learn: see recipes; or all.")] = "default",
    group: Group = "artist,album",
    split: HowToSplit = None,
    folds: Folds = 5,
    test: Annotated[
        bool, typer.Option("--test/--no-test", help="Tell how good it is, which takes longer.")
    ] = True,
    name: Annotated[
        str | None, typer.Option(help="What to call the model. (default: as its file)")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about the test.")
    ] = None,
    library: InLibrary = None,
    seed: Seed = 0,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Learn a label from examples, tell how good that is, and write a model file."""
    from linernotes.cli.evaluate import ALL, How
    from linernotes.cli.train import train_on

    if recipe == ALL and (report is not None or name is not None or not test):
        raise typer.BadParameter("--report, --name and --no-test are about one recipe; name it")
    if report is not None and not test:
        raise typer.BadParameter("--report is about the test; leave out --no-test")
    how = How(_groups(group), _value(split), folds, random_state=seed, workers=workers)
    _leave(
        *train_on(
            data, recipe=recipe, output=output, label=label, numbers=_numbers(as_), name=name,
            library=library, test=test, report=report, as_json=json, how=how,
        )
    )  # fmt: skip


@app.command(
    rich_help_panel=MODELS,
    epilog=examples("""
        linernotes evaluate default ~/Music/by-genre --report default.html
        linernotes evaluate genre gtzan:/data/gtzan
        linernotes evaluate mood.linernotes labels.csv --label mood --json
    """),
)
def evaluate(
    subject: Annotated[
        str, typer.Argument(metavar="RECIPE|MODEL", help="Name of a recipe or model, a file, all.")
    ],
    data: Data,
    label: Label = None,
    as_: As = None,
    group: Group = "artist,album",
    split: HowToSplit = None,
    folds: Folds = 5,
    beside: Beside = True,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about it.")
    ] = None,
    library: InLibrary = None,
    seed: Seed = 0,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Tell how good a recipe or model is on labelled tracks, and how far to believe that."""
    from linernotes.cli.evaluate import ALL, How, evaluate_subject

    if subject == ALL and report is not None:
        raise typer.BadParameter("a report is about one recipe or model; name it instead of all")
    how = How(_groups(group), _value(split), folds, beside, seed, workers)
    _leave(
        *evaluate_subject(
            subject, data, label=label, numbers=_numbers(as_), library=library, report=report,
            as_json=json, how=how,
        )
    )  # fmt: skip


@app.command(
    rich_help_panel=MODELS,
    epilog=examples("""
        linernotes recipes
        linernotes recipes --json
    """),
)
def recipes(json: Json = False) -> None:
    """List the recipes: what each hears, its model, and what it reproduces."""
    from linernotes.cli.evaluate import show_recipes

    show_recipes(as_json=json)


@app.command(
    rich_help_panel=HELP,
    epilog=examples("""
        linernotes demo
        linernotes demo --output report.html
    """),
)
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the report.")
    ] = Path("linernotes-demo.html"),
) -> None:
    """Fetch two songs once, identify them, and write the report."""
    from linernotes.cli.demo import run_demo

    _leave(*run_demo(output))


@app.command(
    rich_help_panel=HELP,
    epilog=examples("""
        linernotes doctor
        linernotes doctor --json
    """),
)
def doctor(json: Json = False) -> None:
    """Check that everything linernotes needs is here, and say what to do where it is not."""
    from linernotes.cli.doctor import show_checks

    if not show_checks(as_json=json):
        raise typer.Exit(Exit.SOME_FAILED)


@models_app.callback(
    invoke_without_command=True,
    epilog=examples("""
        linernotes models
        linernotes models genre
        linernotes models mine.linernotes --json
    """),
)
def models(context: typer.Context, json: Json = False) -> None:
    """List the models, or show what one is worth."""
    from linernotes.cli.models import list_models

    if context.invoked_subcommand is None:
        list_models(as_json=json)


@models_app.command(
    "show",
    epilog=examples("""
        linernotes models show genre
        linernotes models show mine.linernotes --json
    """),
)
def show_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE")],
    json: Json = False,
) -> None:
    """Show a model's card: its data, its figures, and what it is not for."""
    from linernotes.cli.models import show_model

    above = {} if context.parent is None else context.parent.params
    show_model(name, as_json=json or bool(above.get("json")))


app.add_typer(models_app, name="models", rich_help_panel=MODELS)
app.add_typer(collect_app, name="collect", rich_help_panel=MODELS)


def _groups(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names or set(names) - {"artist", "album"}:
        raise typer.BadParameter("--group is artist, album, or artist,album")
    return names


def _numbers(kind: LabelKind | None) -> bool | None:
    return None if kind is None else kind is LabelKind.NUMBERS


def _value(split: SplitMethod | None) -> Literal["grouped", "official", "random"] | None:
    return None if split is None else split.value


def _leave(done: int, failed: int) -> NoReturn:
    if not failed:
        raise typer.Exit(Exit.DONE)
    raise typer.Exit(Exit.SOME_FAILED if done else Exit.NOTHING_DONE)


def main() -> None:
    """Run the command line; errors are one sentence, tracebacks only with ``--debug``."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not a crash.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    # Python would look through the rows of a large library again and again as they are made.
    gc.set_threshold(50_000)
    prepare_completion()
    try:
        app(prog_name="linernotes")
    except LinernotesError as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(f"linernotes: {error}", err=True)
        sys.exit(_exit_of(error))
    except BrokenPipeError:
        # Whoever reads our output has read enough.
        sys.stderr.close()
        sys.exit(Exit.DONE)
    except OSError as error:
        if "--debug" in sys.argv:
            raise
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"linernotes: {place}{error.strerror or error}", err=True)
        sys.exit(Exit.NOTHING_DONE)


def _exit_of(error: LinernotesError) -> Exit:
    from linernotes.collect.http.errors import ServiceError

    # Nobody did anything wrong where a service does not answer.
    return Exit.NOTHING_DONE if isinstance(error, ServiceError) else Exit.WRONG_USAGE
