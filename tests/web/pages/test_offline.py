from node.web.assets import assets


async def test_the_page_says_nothing_of_anybody(stranger):
    page = await stranger.get("/offline")
    assert page.status == 200
    assert "You are offline" in page.text


async def test_the_worker_answers_for_every_page_and_may_fetch(stranger):
    response = (await stranger.get("/sw.js")).response
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["service-worker-allowed"] == "/"
    assert "connect-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-cache"
    assert response.content == assets()["sw.js"].content


async def test_pages_may_have_workers_of_the_node_alone(stranger):
    assert "worker-src 'self'" in (await stranger.get("/about")).response.headers["content-security-policy"]
