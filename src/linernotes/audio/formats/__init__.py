"""How audio files are laid out, as far as their length and their damage are concerned.

`tag_blocks` passes tags by, `headers` puts wrong headers right, `mpeg_headers` and `mpeg` walk
along frames, `flac` and `ogg` find the parts of files that were joined; `section` hands a
decoder some spans of a file.
"""
