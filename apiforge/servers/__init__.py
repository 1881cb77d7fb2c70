"""Servers we start ourselves: private databases, and the project under test."""
