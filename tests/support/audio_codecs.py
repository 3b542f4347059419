"""Payloads of RTP audio, made and read by the libraries that define them: not by the server's own code.

A codec has its SDP line, its RTP clock's step for 20 ms, `encode(samples of 20 ms) -> bytes` and
`decode(payload) -> samples of 20 ms`. It has state: one object for each direction of one stream.
"""

import array
import ctypes
import ctypes.util

from support.rtp import ulaw_to_linear

_CODES = sorted((ulaw_to_linear(code), code) for code in range(256))


def _library(name: str) -> ctypes.CDLL:
    found = ctypes.util.find_library(name)
    if not found:
        raise RuntimeError(f"lib{name} is not installed; the server needs it too")
    return ctypes.CDLL(found)


class Pcmu:
    payload_type, line, rate, step = 0, "PCMU/8000", 8000, 160
    _nearest = {}

    def encode(self, samples) -> bytes:
        return bytes(self._code(sample) for sample in samples)

    def _code(self, sample: int) -> int:
        known = self._nearest.get(sample)
        if known is None:
            known = min(_CODES, key=lambda pair: abs(pair[0] - sample))[1]
            self._nearest[sample] = known
        return known

    def decode(self, payload: bytes) -> list:
        return [ulaw_to_linear(code) for code in payload]


class G722:
    """ITU-T G.722 at 64 kbit/s. Its RTP clock is 8 kHz although it samples at 16 kHz (RFC 3551, 4.5.2)."""

    payload_type, line, rate, step = 9, "G722/8000", 16000, 160

    def __init__(self):
        self._spandsp = _library("spandsp")
        for init in (self._spandsp.g722_encode_init, self._spandsp.g722_decode_init):
            init.restype, init.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
        for code in (self._spandsp.g722_encode, self._spandsp.g722_decode):
            code.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
        self._encoder = self._spandsp.g722_encode_init(None, 64000, 0)
        self._decoder = self._spandsp.g722_decode_init(None, 64000, 0)

    def encode(self, samples) -> bytes:
        pcm = (ctypes.c_int16 * len(samples))(*samples)
        payload = ctypes.create_string_buffer(len(samples))
        length = self._spandsp.g722_encode(self._encoder, payload, pcm, len(samples))
        return payload.raw[:length]

    def decode(self, payload: bytes) -> list:
        pcm = (ctypes.c_int16 * (2 * len(payload)))()
        count = self._spandsp.g722_decode(self._decoder, pcm, payload, len(payload))
        return list(pcm[:count])


class Opus:
    """RFC 6716 and 7587, one channel."""

    payload_type, line, rate, step = 107, "opus/48000/2", 48000, 960
    _VOIP = 2048

    def __init__(self):
        self._opus = _library("opus")
        for name in ("opus_encoder_create", "opus_decoder_create"):
            getattr(self._opus, name).restype = ctypes.c_void_p
        error = ctypes.c_int()
        pointer, number = ctypes.c_void_p, ctypes.c_int
        self._opus.opus_encode.argtypes = [pointer, pointer, number, pointer, ctypes.c_int32]
        self._opus.opus_decode.argtypes = [pointer, pointer, ctypes.c_int32, pointer, number, number]
        self._encoder = self._opus.opus_encoder_create(self.rate, 1, self._VOIP, ctypes.byref(error))
        self._decoder = self._opus.opus_decoder_create(self.rate, 1, ctypes.byref(error))

    def encode(self, samples) -> bytes:
        pcm = array.array("h", samples)
        payload = ctypes.create_string_buffer(1500)
        length = self._opus.opus_encode(self._encoder, pcm.buffer_info()[0], len(pcm), payload, len(payload))
        return payload.raw[:length]

    def decode(self, payload: bytes) -> list:
        pcm = (ctypes.c_int16 * 5760)()
        count = self._opus.opus_decode(self._decoder, payload, len(payload), pcm, 5760, 0)
        return list(pcm[: max(count, 0)])
