"""What brings data in."""
