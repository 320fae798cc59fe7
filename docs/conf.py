"""How Sphinx builds the site; ``make docs`` calls it."""

from __future__ import annotations

import builtins
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

from public_names import all_names, public_names  # noqa: E402
from reference_pages import write_commands, write_reference  # noqa: E402

import linernotes  # noqa: E402

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
exclude_patterns = ["_build", "gallery", "**/GALLERY_HEADER.rst"]
default_role = "py:obj"
nitpicky = True
# An annotation names a class as its module does. Of two classes of one name the first is led to.
suppress_warnings = ["ref.python"]
myst_heading_anchors = 3
# Addresses in text stay text: the site leads elsewhere only where somebody wrote a link.
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 88
numpydoc_show_class_members = False

_PUBLIC = {name.name: name.path for name in reversed(public_names())}
_KNOWN = all_names()

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "examples",
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"__init__\.py",
    "reset_modules": ("gallery_setup.reset_gallery",),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "write_computation_times": False,
    "show_signature": False,
    "remove_config_comments": True,
    "min_reported_time": 1e9,
    "within_subsection_order": "FileNameSortKey",
    "capture_repr": (),
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

# What annotations name of other libraries has no page here, and is not looked for on the network.
_FOREIGN = re.compile(
    r"(numpy|np|scipy|sklearn|pandas|pyarrow|pa|onnx|onnxruntime|fastapi|starlette|collections|os|"
    r"pathlib|typing|datetime|http|httpx|concurrent|enum|abc|joblib|time|dataclasses|InferenceSession)(\.|$)"
)


def resolve_name(app: Sphinx, env: Any, node: nodes.Element, contnode: nodes.Element) -> Any:
    """Lead from a name to where the reference has it; show what is not public as text.

    A name that nobody knows stays unresolved, which is a warning and ends the build.
    """
    if node.get("refdomain") != "py":
        return None
    target = str(node.get("reftarget", ""))
    parts = target.split(".")
    for first in range(len(parts)):
        path = _PUBLIC.get(parts[first])
        if path is not None:
            full = ".".join([path, *parts[first + 1 :]])
            domain = env.get_domain("py")
            found = domain.get_objects()
            if any(name == full for name, *_ in found):
                return domain.resolve_xref(
                    env, node["refdoc"], app.builder, "obj", full, node, contnode
                )
    known = parts[-1] in _KNOWN or _FOREIGN.match(target) or hasattr(builtins, target)
    return contnode if known else None


def setup(app: Sphinx) -> None:
    """Write the generated pages, and let short names lead somewhere."""
    write_reference(HERE / "api")
    write_commands(HERE / "commands.rst")
    app.connect("missing-reference", resolve_name)
