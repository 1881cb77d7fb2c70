"""What is the same for every request."""
