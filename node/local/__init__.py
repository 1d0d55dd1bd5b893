"""Acts that never leave the node: members, passwords, sessions, founding a group."""
