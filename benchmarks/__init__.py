"""Speed as ratios against a rival or a limit, both sides measured in the same run."""
