"""Readers who asked to be told of comments by mail."""
