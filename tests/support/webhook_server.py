"""A web application under test's control: answers by script and remembers what it was asked.

    with WebhookServer() as web:
        web.on("/voice", reply(500), twiml("<Response><Hangup/></Response>"))   # then the last one again
        ...
        web.wait_for("/voice", 2)[1].form["ErrorCode"]

A reply is a function of (handler, request) that writes to the handler; `reply()`, `twiml()`, `hang()` and the
others make them. Paths without a script are answered 200 with an empty body.
"""

import base64
import hashlib
import hmac
import http.server
import json
import socket
import threading
import time
import urllib.parse

from support.belfry_server import wait_until


class Received:
    """A request as it came."""

    def __init__(self, handler):
        self.at = time.monotonic()
        length = int(handler.headers.get("Content-Length") or 0)
        self.method = handler.command
        self.target = handler.path
        self.path, _, query = handler.path.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.headers = handler.headers
        self.body = handler.rfile.read(length)

    @property
    def form(self) -> dict:
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self):
        return json.loads(self.body)


def reply(status=200, body=b"", content_type="text/plain", headers=None):
    body = body.encode() if isinstance(body, str) else body

    def write(handler, _):
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return write


def twiml(document: str):
    return reply(200, document, "application/xml")


def redirect(location: str, status=302):
    return reply(status, headers={"Location": location})


def flood(size: int, content_type="application/xml"):
    """A body of `size` bytes that is promised and, as far as anybody reads it, sent."""

    def write(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(size))
        handler.end_headers()
        piece = b" " * 65536
        for _ in range(size // len(piece)):
            handler.wfile.write(piece)

    return write


def hang(until: threading.Event):
    """No answer before `until` is set; then none either."""

    def write(handler, _):
        until.wait(60)
        handler.close_connection = True

    return write


class WebhookServer:
    def __init__(self, address="127.0.0.1"):
        self.received = []
        self._scripts = {}
        self._lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def answer(self):
                request = Received(self)
                write = outer._take(request)
                try:
                    write(self, request)
                except OSError:
                    self.close_connection = True  # the client has heard enough

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # clients are killed in these tests

        self._server = Server((address, 0), Handler)
        self.address, self.port = self._server.server_address
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def on(self, path: str, *replies):
        with self._lock:
            self._scripts[path] = list(replies)

    def _take(self, request):
        with self._lock:
            self.received.append(request)
            script = self._scripts.get(request.path)
            if not script:
                return reply()
            return script.pop(0) if len(script) > 1 else script[0]

    def requests(self, path: str) -> list:
        with self._lock:
            return [request for request in self.received if request.path == path]

    def wait_for(self, path: str, count=1, within=20.0) -> list:
        """All requests for `path` once there are `count`."""

        def enough():
            found = self.requests(path)
            return found if len(found) >= count else None

        return wait_until(enough, within, f"request {count} for {path}")

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.close()


class ConnectionCounter:
    """Listens, and counts who connects: for addresses that nothing may connect to."""

    def __init__(self, address):
        self._socket = socket.create_server((address, 0))
        self.address, self.port = self._socket.getsockname()[:2]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}/"

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()


# --- Signatures, written from their specifications and not from the server ---


def twilio_signature(token: str, url: str, form: dict) -> str:
    """HMAC-SHA1 over the URL and the form's fields in the order of their names."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def standard_webhook_signature(secret: str, request: Received) -> str:
    """Standard Webhooks 1.0: v1, and HMAC-SHA256 over id.timestamp.body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}."
    return "v1," + base64.b64encode(hmac.new(key, head.encode() + request.body, hashlib.sha256).digest()).decode()
