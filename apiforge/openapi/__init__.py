"""Makes a load test's scenario from an OpenAPI description of any service."""
