"""Dull factories, one file for each app: every one makes a row that the database accepts, and nothing clever."""
