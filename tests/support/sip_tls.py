"""SIP over TLS and TCP without a stack: the same words as `support.sip.Peer`, on a stream."""

import socket
import ssl
import subprocess
import time

from support.sip import Message, Peer


def make_certificate(folder, name: str):
    """(certificate, key) of a host that signs itself."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    kind = "IP" if name[0].isdigit() else "DNS"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName={kind}:{name}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


class _Stream(Peer):
    """Over a connection that is there already."""

    def __init__(self, server, connection):
        self.server = server
        self._socket = connection
        self.address, self.port = connection.getsockname()[:2]
        self._buffer = b""

    def request(self, *arguments, **options):
        text = super().request(*arguments, **options)
        return text.replace("Via: SIP/2.0/UDP", "Via: SIP/2.0/TLS", 1).replace(f":{self.port}>\r\n", f":{self.port};transport=tls>\r\n", 1)

    def send(self, message, to=None):
        self._socket.sendall(message if isinstance(message, bytes) else message.encode())

    def receive(self, within=5.0):
        end = time.monotonic() + within
        while True:
            message = self._cut()
            if message:
                return message
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                chunk = self._socket.recv(65536)
            except TimeoutError:
                return None
            if not chunk:
                return None
            self._buffer += chunk

    def _cut(self):
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return None
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        return Message(head + end + rest[:length], self.server)


class TlsClient(_Stream):
    """Connects to the server's TLS port and believes the certificate that `authority` holds."""

    def __init__(self, server, authority, address="127.0.0.1"):
        context = ssl.create_default_context(cafile=authority)
        plain = socket.create_connection(server, 5, (address, 0))
        super().__init__(server, context.wrap_socket(plain, server_hostname="127.0.0.1"))


class TcpCarrier:
    """Waits for the server's connections; each with `accept()`."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def accept(self, within=15.0) -> _Stream:
        self._listener.settimeout(within)
        plain, source = self._listener.accept()
        plain.settimeout(within)
        return _Stream(source, self._secured(plain))

    def _secured(self, plain):
        return plain

    def close(self):
        self._listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class TlsCarrier(TcpCarrier):
    def __init__(self, certificate, key):
        super().__init__()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)

    def _secured(self, plain):
        return self._context.wrap_socket(plain, server_side=True)
