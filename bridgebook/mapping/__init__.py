"""Which vendor columns feed which canonical columns, read from the packs' own SQL."""
