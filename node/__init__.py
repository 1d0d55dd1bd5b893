"""Archipel: a federated ActivityPub community node."""
