"""AWS's query protocol and plain paths, signed by hand: an independent reading of Signature Version 4."""

import datetime
import hashlib
import hmac
import http.client
import json
import re
import urllib.parse
import uuid

from support.belfry_server import run_belfry


class AwsClient:
    """Asks one server's AWS face with the keys that it has made."""

    def __init__(self, server, region="us-east-1"):
        self.server = server
        self.region = region
        self.keys = json.loads(run_belfry("keys", f"--data={server.data}", "--json").stdout)

    def ask(self, service: str, action: str, invocation=None, **parameters) -> tuple:
        """Status and body. The same `invocation` is the same request again."""
        body = urllib.parse.urlencode({"Action": action} | parameters, quote_via=urllib.parse.quote)
        return self.send(service, "POST", "/", body, "application/x-www-form-urlencoded", invocation)

    def rest(self, service: str, method: str, path: str, value=None) -> dict:
        """What it answers; `path` has nothing that needs escapes."""
        body = "" if value is None else json.dumps(value)
        status, text = self.send(service, method, path, body, "application/json")
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {text}")
        return json.loads(text) if text else {}

    def send(self, service: str, method: str, target: str, body: str, content_type: str, invocation=None) -> tuple:
        headers = {"amz-sdk-invocation-id": invocation or str(uuid.uuid4()), "content-type": content_type}
        status, _, content = self.exchange(service, method, target, body.encode(), headers)
        return status, content.decode()

    def s3(self, method: str, target: str, body=b"") -> tuple:
        """Status, headers and bytes; `target` is encoded and its query sorted."""
        headers = {"x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
        return self.exchange("s3", method, target, body, headers)

    def exchange(self, service: str, method: str, target: str, body: bytes, headers: dict) -> tuple:
        headers = headers | {
            "host": f"127.0.0.1:{self.server.http_port}",
            "x-amz-date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ"),
        }
        headers["authorization"] = self.authorization(service, method, target, headers, body)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=30)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def authorization(self, service: str, method: str, target: str, headers: dict, body: bytes) -> str:
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        path, _, query = target.partition("?")
        canonical = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        date = headers["x-amz-date"]
        scope = f"{date[:8]}/{self.region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("AWS4" + self.keys["aws_secret_access_key"]).encode()
        for part in (*scope.split("/"), text):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        credential = f"{self.keys['aws_access_key_id']}/{scope}"
        return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"


def element(xml: str, name: str) -> str:
    found = re.search(f"<{name}>([^<]*)</{name}>", xml)
    return found.group(1) if found else ""
