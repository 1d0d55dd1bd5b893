from node.activitypub.follower_digests import (
    LONGEST,
    Synchronization,
    digest_of,
    read_synchronization,
    write_synchronization,
)

EXAMPLE = ("https://testing.example.org/users/1", "https://testing.example.org/users/2")


def test_the_digest_is_the_xor_of_each_ones_hash():
    one, two = (int(digest_of([iri]), 16) for iri in EXAMPLE)
    assert digest_of(EXAMPLE) == digest_of(reversed(EXAMPLE)) == f"{one ^ two:064x}"
    assert digest_of([*EXAMPLE, EXAMPLE[0]]) == digest_of(EXAMPLE)
    assert digest_of([]) == "0" * 64
    # What sha256sum says of the two.
    assert digest_of(EXAMPLE[:1]) == "3a06e99569547f444c352ab7f52e4bab207abec5ca6f07b0045cfdc9723f8fa9"
    assert digest_of(EXAMPLE) == "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"


def test_what_is_written_is_read():
    stated = Synchronization("https://a.example/c/den/followers", "https://a.example/c/den/sync", "0" * 64)
    assert read_synchronization(write_synchronization(stated.collection, stated.url, stated.digest)) == stated
    tight = f'collectionId="{stated.collection}",url="{stated.url}",digest="{"0" * 64}"'
    assert read_synchronization(tight) == stated


def test_anything_else_says_nothing():
    good = write_synchronization("https://a.example/f", "https://a.example/s", "0" * 64)
    for wrong in (
        "",
        "x",
        good.replace('"', ""),
        good.replace("0" * 64, "0" * 63),
        good.replace("0" * 64, "z" * 64),
        good + ', digest="' + "0" * 64 + '"',
        good.replace("url", "uri"),
        good + " " * LONGEST,
        'collectionId="https://a.example/f"',
    ):
        assert read_synchronization(wrong) is None, wrong
