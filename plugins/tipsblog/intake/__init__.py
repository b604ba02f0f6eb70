"""The optional small web service behind "Post a Comment"."""
