"""The spam filter: from a comment in its place to a verdict with reasons."""

from .model import Article, Outcome, Reason, Verdict

__all__ = ["Article", "Outcome", "Reason", "Verdict"]
