"""A year's plausible data for demos and training, filled in through the portal's own services."""
