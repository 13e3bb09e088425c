"""IFTrain's kinds: to come."""
