"""What a page says of itself, however it is written (V41: whatever comes is text)."""

from node.text.cards import PageSays, read_page


def test_open_graph_comes_before_the_rest():
    source = """<!doctype html><html><head><title>A title &amp; more</title>
    <meta name="description" content="Described.">
    <meta property="og:title" content="The &lt;title&gt;"><meta content="Told." property='og:description'>
    <meta property="og:site_name" content="The Paper"><meta property="og:image" content="/a.png"></head>
    <body><meta property="og:title" content="late"></body></html>"""
    assert read_page(source) == PageSays("The <title>", "Told.", "The Paper", "/a.png")


def test_a_plain_page_has_its_title_and_description():
    says = read_page("<title>\n  A  page\u202e </title><META NAME=Description CONTENT='  In two\nlines '>")
    assert says == PageSays("A page", "In two lines")


def test_a_page_that_says_nothing():
    assert read_page("") == read_page("<p>Hello") == read_page("\x00<<<>") == PageSays()


def test_long_words_are_cut():
    says = read_page(f"<title>{'word ' * 100}</title><meta name=description content='{'word ' * 200}'>")
    assert len(says.title) <= 200
    assert len(says.words) <= 300
    assert says.title.endswith("…")


def test_a_page_made_to_be_slow_is_read_all_the_same():
    for piece in ("<meta ", "<title>", "<title", "<meta content='", "</head", "<!--", "<a<"):
        assert read_page(piece * (1024 * 1024 // len(piece))).words == ""
