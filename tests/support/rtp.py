"""One end of a call's audio: PCMU over RTP with keys as RFC 4733 events, all from the standards."""

import cmath
import random
import socket
import struct
import threading
import time

FRAME = 160  # samples: 20 ms at 8 kHz
EVENTS = "0123456789*#ABCD"
TELEPHONE_EVENT = 101
SILENCE = b"\xff" * FRAME


def ulaw_to_linear(byte: int) -> int:
    """ITU-T G.711."""
    byte = ~byte & 0xFF
    sample = ((((byte & 0x0F) << 3) + 0x84) << ((byte >> 4) & 7)) - 0x84
    return -sample if byte & 0x80 else sample


_LINEAR = [ulaw_to_linear(byte) for byte in range(256)]


def tone(seconds: float, hertz=440) -> list:
    """µ-law frames of a tone: quarter waves by table, so that only two codes are needed per half wave."""
    half = 8000 // hertz // 2
    samples = bytes(0x90 if (i // half) % 2 else 0x10 for i in range(int(seconds * 8000)))
    return [samples[i : i + FRAME] for i in range(0, len(samples) - FRAME + 1, FRAME)]


class RtpEndpoint:
    """Listens from the start; sends silence to `remote` every 20 ms once `talk()` was called."""

    def __init__(self, address="127.0.0.1", remote=None):
        self.sent = 0
        self.packets = []  # (monotonic time, payload type, sequence, timestamp, payload, source)
        self.remote = remote
        self.frames = []  # to be sent instead of silence, the first one next
        self._digits = []
        self._sequence = random.randrange(1 << 15)
        self._timestamp = random.randrange(1 << 31)
        self._ssrc = random.randrange(1 << 32)
        self._talking = self._closed = False
        self._lock = threading.Lock()
        while True:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                self._socket.bind((address, random.randrange(10_240, 19_998, 2)))
                break
            except OSError:
                self._socket.close()
        self.address, self.port = self._socket.getsockname()
        self._socket.settimeout(0.1)
        threading.Thread(target=self._receive, daemon=True).start()

    def close(self):
        self._closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- Sending ---

    def talk(self):
        """To where the other side's packets come from, unless `remote` is known."""
        self._talking = True
        threading.Thread(target=self._send, daemon=True).start()
        return self

    def press(self, digits: str):
        with self._lock:
            self._digits += digits

    def play(self, frames: list):
        with self._lock:
            self.frames += frames

    def send_packet(self, payload: bytes, payload_type=0, marker=False, to=None):
        first = 0x80 | payload_type if marker else payload_type
        header = struct.pack("!BBHII", 0x80, first, self._sequence & 0xFFFF, self._timestamp & 0xFFFFFFFF, self._ssrc)
        self._sequence += 1
        self.sent += 1
        self._socket.sendto(header + payload, to or self.remote)

    def send_raw(self, content: bytes, to):
        self._socket.sendto(content, to)

    def _send(self):
        due = time.monotonic()
        while not self._closed:
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))
            if not self.remote:
                continue
            with self._lock:
                digit = self._digits.pop(0) if self._digits else None
                frame = self.frames.pop(0) if self.frames else SILENCE
            try:
                if digit is not None:
                    self.send_key(digit)
                    due = time.monotonic()
                else:
                    self.send_packet(frame)
                    self._timestamp += FRAME
            except OSError:
                return

    def send_key(self, digit: str) -> float:
        """100 ms of the key, its end three times (RFC 4733, 2.5.1), then a little silence; when it was pressed."""
        pressed = time.monotonic()
        for packet in range(1, 9):
            duration = min(packet, 6) * FRAME
            end = 0x80 if packet >= 6 else 0
            event = struct.pack("!BBH", EVENTS.index(digit), end | 10, duration)
            self.send_packet(event, TELEPHONE_EVENT, marker=packet == 1)
            if packet < 6:
                time.sleep(0.02)
        self._timestamp += 8 * FRAME
        time.sleep(0.06)
        return pressed

    # --- What was heard ---

    def _receive(self):
        while not self._closed:
            try:
                content, source = self._socket.recvfrom(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            now = time.monotonic()
            if len(content) < 12 or content[0] >> 6 != 2:
                continue
            _, second, sequence, timestamp = struct.unpack("!BBHI", content[:8])
            if self._talking and not self.remote:
                self.remote = source
            self.packets.append((now, second & 0x7F, sequence, timestamp, content[12:], source))
        self._socket.close()

    def samples(self) -> list:
        """At 8 kHz, put where their timestamps say; what did not come is silence."""
        audio = [packet for packet in list(self.packets) if packet[1] == 0]
        if not audio:
            return []
        first = audio[0][3]
        length = max((packet[3] - first) & 0xFFFFFFFF for packet in audio) + FRAME
        samples = [0] * min(length, 8000 * 120)
        for _, _, _, timestamp, payload, _ in audio:
            start = (timestamp - first) & 0xFFFFFFFF
            samples[start : start + len(payload)] = [_LINEAR[byte] for byte in payload]
        return samples

    def loud(self, above=200) -> list:
        """For each 20 ms: is it more than silence?"""
        return [rms(window) > above for window in windows(self.samples())]

    def loud_seconds(self) -> float:
        return sum(self.loud()) / 50

    def sources(self) -> set:
        return {packet[5] for packet in list(self.packets)}


def windows(samples: list) -> list:
    return [samples[start : start + FRAME] for start in range(0, len(samples) - FRAME + 1, FRAME)]


def rms(window: list) -> float:
    return (sum(sample * sample for sample in window) / len(window)) ** 0.5


def spectrum(window: list) -> list:
    """Power at 0, 50, 100 ... 3950 Hz."""
    turn = [cmath.exp(-2j * cmath.pi * i / FRAME) for i in range(FRAME)]
    return [abs(sum(window[i] * turn[i * k % FRAME] for i in range(FRAME))) ** 2 for k in range(FRAME // 2)]


def longest_pause(loud: list) -> float:
    """Seconds of silence between the first and the last sound."""
    longest = run = 0
    for sound in loud[loud.index(True) :] if True in loud else []:
        run = 0 if sound else run + 1
        longest = max(longest, run) if sound or run else longest
    return longest / 50
