"""Tags as they lie in files: how each format stores them, and what they say.

Each module yields the tags that it finds as texts by their native names, in the order in which
they are trusted. What is broken gives what can be read; sizes that a file claims are believed as
far as the file reaches, and no further than a bound.
"""
