"""What a build reads while it draws, kept so that the next one need not."""
