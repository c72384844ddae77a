"""The bridge: atoms, matching, classes, findings."""
