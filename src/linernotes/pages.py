"""What the pages that are one file each have in common: how they are filled, and how they speak."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from typing import Any

# Characters that show nothing themselves but rearrange or break what is around them, and
# halves of characters, by which Python stands for bytes that are no text.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def fill_page(package: str, **values: Any) -> str:
    """Return a page with its style and its script in it, the only ones that it lets run.

    Parameters
    ----------
    package
        Its folder ``page`` holds ``page.html``, ``page.css`` and ``page.js``.
    values
        What the template asks for besides; the same values give the same page, to the byte.
    """
    import jinja2
    from markupsafe import Markup

    from linernotes import __version__  # here, since the package imports its rooms

    html, style, script = (
        (files(package) / "page" / f"page.{kind}").read_text(encoding="utf-8")
        for kind in ("html", "css", "js")
    )
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "sort_keys": True}
    return environment.from_string(html).render(
        version=__version__,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
        **values,
    )


def opinion(probability: float) -> str:
    r"""Write a model's probability; nothing is certain or impossible to a model.

    Examples
    --------
    >>> opinion(0.7251), opinion(0.9999)
    ('73\xa0%', '>\xa099\xa0%')
    """
    if probability > 0.995:
        return ">\u00a099\u00a0%"
    if probability < 0.005:
        return "<\u00a01\u00a0%"
    return f"{100 * probability:.0f}\u00a0%"


def legible(text: str) -> str:
    """Return text that can be written and read, whatever bytes a name is made of."""
    return _CONTROLS.sub(_picture, text)


def _csp_hash(text: str) -> str:
    """Return by what a Content-Security-Policy lets a style or script run."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return "↵" if code in (0x0A, 0x0D) else f"⟨{code:04X}⟩"
