"""Comparisons whose truth is known, on real servers: how often are their verdicts right?"""
