"""Commands that can be typed: a module for each command, with its options, help and examples.

What a command does is imported when it is called, so that the others start soon.
"""
