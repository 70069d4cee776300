"""A service that speaks as OpenAI's chat completions do, on a loopback socket."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr

from attrgen_assets.adapters.models.chat import ChatModel

KEY = "sk-made-up-for-tests"


@dataclass(frozen=True)
class Reply:
    """What the service answers: the model's text, or with a status other than 200 a fault; it may wait for an event."""

    content: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    finish_reason: str = "stop"
    usage: tuple[int, int] | None = (100, 10)
    code: str | None = None
    waits: bool = False
    raw: bytes | None = None
    refusal: str | None = None


Model = Callable[[dict[str, Any]], Reply]
"""From the request's body to the reply."""


@dataclass
class ChatServer:
    """A running service, and what it was asked."""

    url: str
    model: Model
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def chat_model(self, **overrides: Any) -> ChatModel:
        """How to reach it."""
        told: dict[str, Any] = {"base_url": self.url, "api_key": SecretStr(KEY), "name": "tiny", "timeout_s": 5.0}
        return ChatModel(**(told | overrides))


def texts_in(request: dict[str, Any]) -> dict[str, str]:
    """The product's texts as the user's message has them."""
    texts: dict[str, str] = json.loads(request["messages"][-1]["content"])
    return texts


def schema_in(request: dict[str, Any]) -> dict[str, Any]:
    """The form that was asked for."""
    schema: dict[str, Any] = request["response_format"]["json_schema"]["schema"]
    return schema


@contextmanager
def chat_server(model: Model) -> Iterator[ChatServer]:
    """A service for the length of the block, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.requests.append(body)
            server.keys.append(self.headers["authorization"])
            reply = server.model(body)
            if reply.waits:
                server.released.wait(30)
            content = reply.raw if reply.raw is not None else json.dumps(_body(reply)).encode()
            try:
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # the client has given up, as some tests want it to

        def log_message(self, format: str, *args: object) -> None:
            """Tests need no access log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        server = ChatServer(f"http://127.0.0.1:{http.server_address[1]}/v1", model)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            http.shutdown()
            thread.join()


def _body(reply: Reply) -> dict[str, Any]:
    if reply.status != 200:
        return {"error": {"message": f"status {reply.status} for key {KEY}", "code": reply.code, "type": "test"}}
    message = {"role": "assistant", "content": reply.content, "refusal": reply.refusal}
    body: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "tiny",
        "choices": [{"index": 0, "finish_reason": reply.finish_reason, "message": message}],
    }
    if reply.usage is not None:
        prompt, answer = reply.usage
        body["usage"] = {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
    return body
