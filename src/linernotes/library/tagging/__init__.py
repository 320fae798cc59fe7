"""Writing what was heard to the tags of files, and taking it back: a plan, then a change."""
