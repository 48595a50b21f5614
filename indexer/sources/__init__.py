"""Readers of every form in which people have questions; one module a source."""
