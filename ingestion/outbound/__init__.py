"""What is told to other systems: one adapter per kind of target, none of which tells anything twice."""
