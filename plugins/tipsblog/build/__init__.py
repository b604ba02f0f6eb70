"""Fast builds: what did not change is neither parsed nor written again."""
