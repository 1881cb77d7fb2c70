"""One result document, told in several ways: each report is a pure function of it."""
