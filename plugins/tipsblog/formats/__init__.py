"""Exchange formats: other blogs in, this blog out.

One module for each format, with `load` and `dump`; all meet in `model.Blog`.
"""
