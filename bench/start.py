#!/usr/bin/env python3
"""Start on an empty folder until the port listens, and the memory of an idle server."""

import socket
import time

from bench import RUNS, Server, pause, rss_mib, show, wait_until


def listens(server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.http_port), 0.2).close()
        return True
    except OSError:
        return False


def milliseconds_to_listen(server) -> float:
    begin = time.monotonic()
    server.launch()
    while not listens(server):
        assert server.process.poll() is None, server.stderr
        time.sleep(0.001)
    return (time.monotonic() - begin) * 1000


def main():
    starts, idle = [], []
    for _ in range(RUNS):
        server = Server()
        try:
            starts.append(milliseconds_to_listen(server))
            wait_until(server.is_ready, 10, "readiness")
            pause(3)
            idle.append(rss_mib(server.process.pid))
        finally:
            server.close()
    show("start on an empty folder until it listens", starts, " ms", 0)
    show("idle: RSS", idle, " MiB", 1)


if __name__ == "__main__":
    main()
