"""Pages that are one file each: how they are filled."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from linernotes.pages.bundling import bundle, find_files


def fill_page(package: str, **values: Any) -> str:
    """Return a page with its style and its script in it, the only ones that it lets run.

    Parameters
    ----------
    package
        Its folder ``page`` holds ``page.html``, which extends ``frame.html``, ``page.css`` and, if
        the page has a script, ``page.js``.
    **values
        What the template asks for besides; the same values give the same page, to the byte.

    Returns
    -------
    str
        The whole page, HTML.
    """
    import jinja2
    from markupsafe import Markup

    from linernotes import __version__  # here, since the package imports its rooms

    known = find_files(package)
    style = bundle("page.css", known)
    script = ""
    if "page.js" in known:
        script = f'"use strict";\n(async () => {{\n{bundle("page.js", known)}}})();\n'
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: known[name].read_text(encoding="utf-8")),
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "sort_keys": True}
    return environment.get_template("page.html").render(
        version=__version__,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
        **values,
    )


def _csp_hash(text: str) -> str:
    """Return by what a Content-Security-Policy lets a style or script run."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
