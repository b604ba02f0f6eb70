"""Markdown as articles are written in it: the same, in less time."""
