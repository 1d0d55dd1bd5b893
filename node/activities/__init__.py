"""What can happen here; the list of this folder is the protocol."""
