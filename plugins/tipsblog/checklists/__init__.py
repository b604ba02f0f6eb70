"""Checklists: task lists that readers tick, keep and come back to."""
