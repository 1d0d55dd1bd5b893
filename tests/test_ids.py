import re

from node.ids import TOKEN_LENGTH, RandomIds, fingerprint

ids = RandomIds()


def test_tokens_are_short_names_of_80_bits():
    tokens = {ids.token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{16}", token) for token in tokens)
    assert TOKEN_LENGTH * 5 == 80


def test_secrets_are_256_bits_and_fit_in_a_url():
    secrets = {ids.secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch(r"[\w-]{43}", secret, re.ASCII) for secret in secrets)


def test_jitter_is_a_share():
    drawn = [ids.jitter() for _ in range(1000)]
    assert all(0 <= share < 1 for share in drawn)
    assert min(drawn) < 0.1
    assert max(drawn) > 0.9


def test_a_fingerprint_is_sha_256():
    assert fingerprint("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
