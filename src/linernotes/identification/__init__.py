"""From tracks to what they are: tags, classes, numbers and timelines, and the page that shows them.

`result` says what one track is, which `tracks` finds out, `many` of many, and `asking` by whichever
models are named. `report`, with `report_figure`, `heat_image` and `number_views`, is the page.
`collection_labels` asks a model of a whole library, and `collection_fields` makes metadata of it.
`tag_planning` decides what goes into file tags. `health` examines the installation.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
