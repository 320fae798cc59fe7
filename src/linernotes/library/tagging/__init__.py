"""Writing what was heard to the tags of files, and taking it back: a plan, then a change.

`planning` says what would change, `writing` does it. `formats` chooses the tag of a file, and
`id3`, `ape`, `vorbis` and `mp4` make the edits in it; `patch` applies them, `checks` sees that all
else is as it was, `replacing` puts the new file in the place of the old, `undo` takes it back.
"""
