"""How steps are found: entry points of the group `cdkit`, loaded one at a time."""
