"""From a workload to a verdict; the load itself is made by a child process (`loadtests/`)."""
