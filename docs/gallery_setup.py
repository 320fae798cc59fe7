"""What is set before each example of the gallery, so that pictures are the same every time."""

from __future__ import annotations

from typing import Any


def reset_gallery(gallery_conf: dict[str, Any], name: str) -> None:  # noqa: ARG001
    """Set how pictures look, in colours that read on light and on dark pages."""
    import matplotlib as mpl

    mpl.rcdefaults()
    mpl.rcParams.update(
        {
            "figure.figsize": (7.2, 3.6),
            "figure.constrained_layout.use": True,
            "figure.dpi": 110,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "font.size": 10,
            "legend.frameon": False,
            "axes.prop_cycle": mpl.cycler(
                color=["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"]
            ),
        }
    )
