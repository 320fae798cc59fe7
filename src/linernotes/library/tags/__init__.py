"""Tags as they lie in files: how each format stores them, and what they say.

`texts` is what all readers give, `codepages` tells how old texts are coded. `id3v1`, `id3v2`,
`ape`, `comments` (in `ogg` pages), `mp4`, `asf` and `chunks` read the formats; which reader a
file gets stands in `library.file_tags`, what a name means in `library.tag_names`.
"""
