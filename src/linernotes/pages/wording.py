"""How pages write opinions and names."""

from __future__ import annotations

import re

# Characters that show nothing themselves but rearrange or break what is around them, and
# halves of characters, by which Python stands for bytes that are no text.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def opinion(probability: float) -> str:
    r"""Write a model's probability; nothing is certain or impossible to a model.

    Parameters
    ----------
    probability
        0 to 1.

    Returns
    -------
    str
        A whole number of per cent, with spaces that do not break.

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
    """Return text that can be written and read, whatever bytes a name is made of.

    Parameters
    ----------
    text
        Any text, such as the name of a file.

    Returns
    -------
    str
        Control characters, line breaks and lone surrogates are shown by others.
    """
    return _CONTROLS.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return "↵" if code in (0x0A, 0x0D) else f"⟨{code:04X}⟩"
