"""Documents, collections and inboxes for peers."""
