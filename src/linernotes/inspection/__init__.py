"""One track on one page: everything that is usually plotted of a recording.

`overview` computes it, `figure` draws it with matplotlib, `page` shows it in a browser.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
