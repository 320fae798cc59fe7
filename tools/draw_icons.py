"""Draw the icons of the pages as PNG, for devices that install them: after ``icon.svg``.

``python tools/draw_icons.py`` needs pillow.
"""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image, ImageDraw

from linernotes.pages import theme_colours

FOLDER = Path(__file__).parents[1] / "src" / "linernotes" / "web" / "page"
SIDE = 32  # of the drawing
FINER = 8  # times than what is written
# Systems cut maskable icons into shapes; what lies within four fifths is always seen.
SAFE = 0.75
#: File, pixels, whether it is cut by the system.
ICONS = (
    ("icon-192.png", 192, False), ("icon-512.png", 512, False),
    ("icon-maskable-192.png", 192, True), ("icon-maskable-512.png", 512, True),
    ("icon-apple.png", 180, True),
)  # fmt: skip


def draw(pixels: int, *, cut: bool) -> Image.Image:
    """Draw the icon."""
    colours = theme_colours("light")
    svg = (FOLDER / "icon.svg").read_text("utf-8")
    background, *bars = [
        {name: float(value) for name, value in re.findall(r'(\w+)="([\d.]+)"', rect)}
        for rect in re.findall(r"<rect ([^>]*)/>", svg)
    ]
    side = pixels * FINER
    unit = side / SIDE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    radius = 0 if cut else background["rx"] * unit
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius, fill=colours["link"])
    scale = SAFE if cut else 1
    for bar in bars:
        left, top = ((bar[name] - SIDE / 2) * scale + SIDE / 2 for name in ("x", "y"))
        right, bottom = left + bar["width"] * scale, top + bar["height"] * scale
        box = (left * unit, top * unit, right * unit - 1, bottom * unit - 1)
        pen.rectangle(box, fill=colours["paper"])
    small = image.resize((pixels, pixels), Image.Resampling.BOX)
    return small.convert("RGB") if cut else small


def main() -> None:
    for name, pixels, cut in ICONS:
        draw(pixels, cut=cut).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
