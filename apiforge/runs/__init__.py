"""What joins a project, its servers and a load test; stored runs."""
