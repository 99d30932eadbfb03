"""Importing the same programme again: matched row by row, compared field by field, written as revisions."""
