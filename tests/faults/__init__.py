"""The product when it is killed, starved, or fed with bad input."""
