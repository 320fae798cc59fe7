"""Where beets finds the plugin ``linernotes``; it is `linernotes.integrations.beets`."""

from linernotes.integrations.beets import LinernotesPlugin as _LinernotesPlugin


class LinernotesPlugin(_LinernotesPlugin):
    """The plugin, by a class of this module, as beets asks for."""
