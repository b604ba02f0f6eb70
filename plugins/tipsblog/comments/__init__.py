"""Comments: what they are, where they are kept, and how they come to the page."""
