"""Forgetting words that were deleted."""

from __future__ import annotations

from node.store.tables.posts import Post


def empty(post: Post) -> None:
    """Forget the words; the place in the thread stays."""
    post.title = post.content = post.source = post.warning = post.image_alt = post.document = ""
    post.link_url = post.link_key = post.image_url = None
