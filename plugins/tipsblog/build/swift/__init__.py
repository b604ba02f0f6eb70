"""Without Pelican: a site that follows a change from what was kept."""
