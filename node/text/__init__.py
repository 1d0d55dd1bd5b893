"""Markdown to HTML, and the allow-list for HTML from elsewhere."""
