"""Measurements: ours beside the floor or a peer, in turns, in one run. Nothing here is asserted by tests."""
