"""The floor: the same server as the product's, around an application that does nothing. Run as a process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uvicorn


def application(answer: bytes) -> Any:
    """POST: read the body, answer 202. GET: answer the same bytes."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            while (await receive()).get("more_body"):
                pass
            status, body = 202, b""
        else:
            status, body = 200, answer
        headers = [
            (b"content-type", b"application/activity+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


class Server(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        print("Ready: floor", flush=True)


if __name__ == "__main__":
    port, answer = int(sys.argv[1]), Path(sys.argv[2]).read_bytes()
    Server(
        uvicorn.Config(
            application(answer),
            port=port,
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
        )
    ).run()
