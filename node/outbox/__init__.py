"""What leaves: route, log, deliver."""
