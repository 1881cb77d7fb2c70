"""Starting services for a benchmark, calling them, and weighing what it cost."""
