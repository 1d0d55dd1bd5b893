"""All egress, behind one guarded client."""
