"""A bucket, against a server that speaks S3 over a socket."""

import pytest

from node.errors import Misconfigured, NotFound, Unavailable
from node.store.bucket import open_bucket
from node.store.objects import object_name

NAME = object_name("own", "abcdef", "full", "png")


@pytest.fixture(scope="module")
def endpoint():
    server = pytest.importorskip("moto.server", reason="moto is not installed")
    pytest.importorskip("obstore", reason="obstore is not installed")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(endpoint):
    boto3 = pytest.importorskip("boto3")
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="name",
        aws_secret_access_key="key",
    )
    client.create_bucket(Bucket="files")
    return open_bucket("files", endpoint=endpoint, region="us-east-1", key_id="name", key="key")


async def test_what_is_put_is_read_whole_or_in_part_and_removed(bucket):
    await bucket.put(NAME, b"0123456789", "image/png")
    assert await bucket.size(NAME) == 10
    assert await bucket.read(NAME, 3, 5) == b"34"
    assert [name async for name, _ in bucket.listed()] == [NAME]
    await bucket.remove([NAME, object_name("own", "neverwas", "full", "png")])
    assert [name async for name, _ in bucket.listed()] == []
    for asked in (bucket.size(NAME), bucket.read(NAME, 0, 1)):
        with pytest.raises(NotFound):
            await asked


async def test_a_store_that_cannot_be_reached_may_be_so_later(endpoint):
    nobody = open_bucket("missing", endpoint=endpoint, region="us-east-1", key_id="name", key="key")
    with pytest.raises((Unavailable, NotFound)):
        await nobody.put(NAME, b"x", "image/png")


def test_without_its_library_a_node_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(Misconfigured, match="pip install"):
        open_bucket("files", endpoint="", region="x", key_id="name", key="key")
