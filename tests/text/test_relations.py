from node.text.relations import links_of


def test_links_of_head_and_body_are_found():
    page = """<html><head><link rel="me" href="https://a.example/u/ada"><title>x</title></head>
    <body><a rel="nofollow ME" href="https://b.example/@ada">me</a><a href="https://c.example">no</a>
    <!-- <a rel="me" href="https://d.example">no</a> --></body>"""
    assert links_of(page, "me") == ["https://a.example/u/ada", "https://b.example/@ada"]


def test_what_only_looks_like_a_link_is_none():
    assert (
        links_of("<a rel=metoo href=x></a><script>'<a rel=me href=y>'</script><b rel=me href=z>", "me") == []
    )


def test_a_page_full_of_links_has_an_end():
    assert len(links_of('<a rel="me" href="https://a.example">' * 5000, "me")) == 2000
