"""What the product costs, as ratios to a physical limit that is taken in the same run."""
