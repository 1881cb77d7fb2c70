"""The same API and work on several databases, or values of another axis, side by side."""
