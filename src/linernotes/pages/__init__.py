"""Base of all pages: how they are put together, their colours, and how they speak.

Pages are written in plain HTML, CSS and JavaScript. A script imports the modules that it calls by
``import { … } from "./name.js";``, a style those that it builds upon by ``@import "name.css";``.
They lie in the page's own folder, in those of the rooms below that it builds upon, or here. A
server hands them out as they are; a page that is one file has them put into it.
"""

from __future__ import annotations

from linernotes.pages.bundling import bundle, find_files
from linernotes.pages.filling import fill_page
from linernotes.pages.theme import Scheme, theme_colours
from linernotes.pages.wording import opinion

__all__ = ["Scheme", "bundle", "fill_page", "find_files", "opinion", "theme_colours"]
