"""One track on its way into rows of numbers.

`cuts` says where a track is cut, `rows` puts together what was heard, `tracks` hears a track for
training: opened once, whatever is asked for. `plan` says what several models and a library want of
a track, and `taps` serves it from one stream while it is decoded.
"""
