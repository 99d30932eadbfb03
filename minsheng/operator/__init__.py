"""The platform operator's pages: Django's admin, reference data only."""
