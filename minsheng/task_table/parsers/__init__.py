"""Pure functions from the text of a cell to a value and the questions it leaves open. No database."""
