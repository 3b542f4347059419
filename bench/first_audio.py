#!/usr/bin/env python3
"""From the 200 to INVITE until the first loud packet of a sentence that is cached."""

import time

from bench import RUNS, Peer, Server, free_port, pause, show, trunk
from support.rtp import RtpEndpoint, ulaw_to_linear
from support.sip import sdp, token

NUMBER = "+15550001111"
CALLS_A_RUN = 10


def is_loud(payload: bytes) -> bool:
    return max(abs(ulaw_to_linear(byte)) for byte in payload) > 300


def milliseconds_to_audio(peer: Peer) -> float:
    with RtpEndpoint() as ear:
        same = {"call_id": token(20), "from_tag": token()}
        peer.send(peer.request("INVITE", NUMBER, body=sdp(ear.address, ear.port), **same))
        answer = peer.wait_for(200)
        answered = time.monotonic()
        to_tag = answer.get("To").partition("tag=")[2]
        peer.send(peer.request("ACK", NUMBER, to_tag=to_tag, **same))
        end = answered + 5
        first = None
        while first is None and time.monotonic() < end:
            first = next((packet[0] for packet in list(ear.packets) if packet[1] == 0 and is_loud(packet[4])), None)
            time.sleep(0.001)
        peer.send(peer.request("BYE", NUMBER, to_tag=to_tag, cseq=2, **same))
        peer.receive(2)
        assert first is not None, "no audio"
        return (first - answered) * 1000


def main():
    worst, middle = [], []
    port = free_port()
    twiml = "<Response><Say>Good morning. You are heard.</Say><Pause length='60'/></Response>"
    with Server(trunk(port) + f'[[number]]\nnumber = "{NUMBER}"\ntwiml = "{twiml}"\n') as server:
        for run in range(RUNS + 1):
            with Peer(("127.0.0.1", server.sip_port), port=port) as peer:
                times = sorted(milliseconds_to_audio(peer) for _ in range(CALLS_A_RUN))
            if run > 0:  # the first one fills the cache
                worst.append(times[-1])
                middle.append(times[len(times) // 2])
            pause(0.2)
    show("first audio after the answer, cached: median", middle, " ms", 1)
    show("first audio after the answer, cached: worst", worst, " ms", 1)


if __name__ == "__main__":
    main()
