"""Tags as they lie in files: how each format stores them, and what they say.

`texts` is what all readers give, `codepages` tells how old texts are coded. `id3v1`, `id3v2`,
`ape`, `comments` (in `ogg` pages), `mp4`, `asf` and `chunks` read the formats, `ffmpeg` what else
there is, each in the order in which tags are trusted. What is broken gives what can be read;
sizes that a file claims are believed as far as it reaches, and no further than a bound.
"""
