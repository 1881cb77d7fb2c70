"""What watches the service."""
