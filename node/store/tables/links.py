"""What is at the links that threads of this node are about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column


class LinkCard(Row, table=True):
    """What the page at a thread's link says of itself. Of a link that has changed since, it is not shown."""

    __tablename__ = "link_cards"

    post_id: int = Field(foreign_key="posts.id", ondelete="CASCADE", primary_key=True)
    address: str = iri_column()  # that was looked at
    title: str = Field(default="", max_length=300)  # plain text, all of it
    words: str = Field(default="", sa_type=Text)
    site: str = Field(default="", max_length=100)
    image_url: str = Field(default="", max_length=2048)
    looked_at: datetime = instant()
