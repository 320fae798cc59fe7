"""Collections of DJ programs: tempo and beat grid, key, energy, cue points and comments.

`listening` finds grids and cue points, `tracks` says what is told of a track, `rekordbox` and
`traktor` write it into a collection beside what people have set there, `collection_file` reads
and writes such files without trusting them.
"""
