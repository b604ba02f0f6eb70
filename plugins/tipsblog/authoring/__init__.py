"""For whoever writes: what is wrong with the articles before readers see it."""
