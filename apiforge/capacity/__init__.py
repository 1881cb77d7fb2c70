"""From what an API must bear and what a load test measured: how much of everything it needs."""
