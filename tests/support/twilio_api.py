"""Twilio's REST API of a server, for its main account."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request


class Api:
    def __init__(self, server):
        self.server = server
        keys = server.keys()
        self.base = f"{server.url}/2010-04-01/Accounts/{keys['account_sid']}"
        pair = f"{keys['account_sid']}:{keys['auth_token']}".encode()
        self.authorization = "Basic " + base64.b64encode(pair).decode()

    def ask(self, method, path, **form):
        body = urllib.parse.urlencode(form).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, body, method=method)
        request.add_header("Authorization", self.authorization)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def create(self, path, **form):
        status, body = self.ask("POST", path, **form)
        if status not in (200, 201):
            raise AssertionError(f"{path}: {status} {body}")
        return body
