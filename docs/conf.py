"""How Sphinx builds the site; ``make docs`` calls it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

# Same pictures everywhere: no window, no home of the user, one thread for the numbers.
os.environ.update(MPLBACKEND="agg", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
os.environ["XDG_CACHE_HOME"] = str(HERE / "_build" / "cache")

import linernotes  # noqa: E402
from gallery_setup import reset_gallery  # noqa: E402
from public_names import public_names  # noqa: E402
from reference_pages import write_commands, write_reference  # noqa: E402

project = "linernotes"
author = "the linernotes contributors"
project_copyright = "the linernotes contributors"
version = release = linernotes.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "gallery", "**/GALLERY_HEADER.rst", "sg_execution_times.rst"]
default_role = "py:obj"
nitpicky = True
myst_heading_anchors = 3
# Addresses in text stay text: the site leads elsewhere only where somebody wrote a link.
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 88
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "examples",
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"__init__\.py",
    "reset_modules": (reset_gallery,),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
    "min_reported_time": 1e9,
    "within_subsection_order": "ExampleTitleSortKey",
    "plot_gallery": True,
    "image_srcset": ["2x"],
}

html_theme = "furo"
html_title = "linernotes"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "monokai"

_PUBLIC = {name.name: name.path for name in public_names()}
# What annotations name of other libraries has no page here, and is not looked for on the network.
_FOREIGN = re.compile(
    r"(numpy|np|npt|scipy|sklearn|pandas|pyarrow|pa|onnx|onnxruntime|onnxrt|fastapi|starlette|"
    r"collections|os|pathlib|typing|datetime|http|httpx|concurrent|enum|abc|dataclasses)(\.|$)"
)


def resolve_name(app: Sphinx, env: Any, node: nodes.Element, contnode: nodes.Element) -> Any:
    """Lead from a short name to the page of what it names; show what is not public as text."""
    target = str(node.get("reftarget", ""))
    path = _PUBLIC.get(target.split(".")[0])
    if node.get("refdomain") != "py":
        return None
    if path is not None:
        full = ".".join([path, *target.split(".")[1:]])
        domain = env.get_domain("py")
        return domain.resolve_xref(
            env, node["refdoc"], app.builder, "obj", full, node, contnode
        ) or contnode
    return contnode if _FOREIGN.match(target) or _exists(target, node) else None


def _exists(target: str, node: nodes.Element) -> bool:
    """Whether the package, the module of a docstring, or Python itself knows a name."""
    import builtins

    module = str(node.get("py:module") or "linernotes")
    return hasattr(builtins, target) or any(
        _found(place) for place in (target, f"{module}.{target}", f"linernotes.{target}")
    )


def _found(path: str) -> bool:
    from sphinx.ext.autodoc.importer import import_object
    try:
        import_object(path.rpartition(".")[0], path.split("."))
    except ImportError:
        return False
    return True


def setup(app: Sphinx) -> None:
    """Write the generated pages, and let short names lead somewhere."""
    write_reference(HERE / "api")
    write_commands(HERE / "commands.rst")
    app.connect("missing-reference", resolve_name)
