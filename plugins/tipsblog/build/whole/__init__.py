"""Through Pelican: its reading, drawing and writing, and its slow parts replaced."""
