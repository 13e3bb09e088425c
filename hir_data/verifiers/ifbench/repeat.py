"""IFBench's kinds: to come."""
