"""What a build hung on and what it left: noted, and looked at again."""
