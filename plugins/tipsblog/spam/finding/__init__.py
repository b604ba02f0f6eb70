"""The kinds of evidence, one module each: a comment in its place in, findings out."""
