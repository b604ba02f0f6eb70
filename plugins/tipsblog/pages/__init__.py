"""What a page needs beyond its text: one stylesheet, images that hold their
place, neighbours, structured data.
"""
