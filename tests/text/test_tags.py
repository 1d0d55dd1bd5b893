from node.text.tags import Tag, Text, take_apart, tidy


def pieces(source):
    return [
        piece.text if isinstance(piece, Text) else f"{'/' if piece.is_end else ''}{piece.name}"
        for piece in take_apart(source)
    ]


def test_text_and_tags_come_in_order():
    assert pieces("a<P>b</p ><br/>c") == ["a", "P".lower(), "b", "/p", "br", "c"]


def test_entities_are_decoded_once():
    assert pieces("&amp;lt; &#x41;") == ["&lt; A"]


def test_a_lone_angle_is_text():
    assert pieces("1 < 2 <3 <") == ["1 < 2 <3 <"]


def test_comments_declarations_and_broken_tags_are_left_out():
    assert pieces("a<!-- <b> -->b<!doctype html>c<?php ?>d<![CDATA[x]]>e<b c") == ["a", "b", "c", "d", "e"]
    assert pieces("a<!-- b") == ["a"]


def test_scripts_and_their_like_are_silent():
    assert pieces("a<script>b<p></SCRIPT >c</script>d") == ["a", "c", "d"]
    assert pieces("a<style>b") == ["a"]


def test_attributes_are_read_in_every_form():
    (tag,) = take_apart("<a HREF=\"x>y\" b='&quot;' c=d e f = g href=second>")
    assert isinstance(tag, Tag)
    assert tag.attributes() == {"href": "x>y", "b": '"', "c": "d", "e": "", "f": "g"}


def test_text_is_tidied():
    assert tidy("a\r\nb\rc\x00\x1b\ud800\ufeff\t") == "a\nb\nc\t"
