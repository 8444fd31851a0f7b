#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""MIKEY messages by GStreamer's own code (GstSdp), and what it reads in those of others.

usage: gstreamer_mikey.py write COUNT SEED   COUNT messages, one a line: JSON with base64 and what was put in
       gstreamer_mikey.py read               JSON of what GStreamer reads, for each line of base64 on the standard input
       gstreamer_mikey.py version            GStreamer's version, where it can be used

Needs python3-gi and gir1.2-gst-plugins-base-1.0.
"""
import base64
import ctypes
import json
import random
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import Gst, GstSdp  # noqa: E402

CIPHERS = {"aes-128-icm": (1, 16, 30), "aes-256-icm": (1, 32, 46), "aes-128-gcm": (6, 16, 28), "aes-256-gcm": (6, 32, 44)}
SUITES = {
    ("aes-128-icm", 10): "AES_CM_128_HMAC_SHA1_80", ("aes-128-icm", 4): "AES_CM_128_HMAC_SHA1_32",
    ("aes-256-icm", 10): "AES_256_CM_HMAC_SHA1_80", ("aes-256-icm", 4): "AES_256_CM_HMAC_SHA1_32",
    ("aes-128-gcm", 0): "AEAD_AES_128_GCM", ("aes-256-gcm", 0): "AEAD_AES_256_GCM",
}
TAGS = {10: "hmac-sha1-80", 4: "hmac-sha1-32", 0: "null"}
SRTP = GstSdp.MIKEYSecSRTP
KINDS = GstSdp.MIKEYPayloadType


class Payload(ctypes.Structure):
    """GstMIKEYPayload: a GstMiniObject, a type and a length."""
    _fields_ = [("mini_object", ctypes.c_uint8 * 64), ("type", ctypes.c_int), ("len", ctypes.c_uint)]


class KeyData(ctypes.Structure):
    """GstMIKEYPayloadKeyData, of which the bindings show nothing."""
    _fields_ = [
        ("payload", Payload), ("key_type", ctypes.c_int), ("key_len", ctypes.c_uint16),
        ("key_data", ctypes.POINTER(ctypes.c_uint8)), ("salt_len", ctypes.c_uint16),
        ("salt_data", ctypes.POINTER(ctypes.c_uint8)), ("kv_type", ctypes.c_int), ("kv_len", ctypes.c_uint8 * 2),
        ("kv_data", ctypes.POINTER(ctypes.c_uint8) * 2),
    ]


class Message(ctypes.Structure):
    """GstMIKEYMessage, as far as the CSB ID."""
    _fields_ = [
        ("mini_object", ctypes.c_uint8 * 64), ("version", ctypes.c_uint8), ("type", ctypes.c_int), ("v", ctypes.c_int),
        ("prf", ctypes.c_int), ("csb_id", ctypes.c_uint32),
    ]


class Session(ctypes.Structure):
    """GstMIKEYMapSRTP."""
    _fields_ = [("policy", ctypes.c_uint8), ("ssrc", ctypes.c_uint32), ("roc", ctypes.c_uint32)]


def function(name: str, result, *arguments):
    """A function that the bindings do not show, or not with all of its arguments."""
    call = getattr(ctypes.CDLL("libgstsdp-1.0.so.0"), "gst_mikey_" + name)
    call.restype, call.argtypes = result, arguments
    return call


ANY = ctypes.c_void_p
set_interval = function(
    "payload_key_data_set_interval", ctypes.c_int, ANY, ctypes.c_uint8, ctypes.c_char_p, ctypes.c_uint8, ctypes.c_char_p)
parse = function("message_new_from_data", ctypes.POINTER(Message), ctypes.c_char_p, ctypes.c_size_t, ANY, ANY)
session_count = function("message_get_n_cs", ctypes.c_uint, ANY)
session_at = function("message_get_cs_srtp", ctypes.POINTER(Session), ANY, ctypes.c_uint)
find_payload = function("message_find_payload", ANY, ANY, ctypes.c_int, ctypes.c_uint)
key_count = function("payload_kemac_get_n_sub", ctypes.c_uint, ANY)
key_at = function("payload_kemac_get_sub", ctypes.POINTER(KeyData), ANY, ctypes.c_uint)
to_caps = function("message_to_caps", ctypes.c_int, ANY, ANY)


def parameters(payload, cipher: str, tag: int) -> None:
    algorithm, key_length, _ = CIPHERS[cipher]
    for kind, value in [
        (SRTP.ENC_ALG, algorithm), (SRTP.ENC_KEY_LEN, key_length), (SRTP.AUTH_ALG, 1 if tag else 0),
        (SRTP.AUTH_KEY_LEN, tag), (SRTP.SRTP_ENC, 1), (SRTP.SRTCP_ENC, 1), (SRTP.SRTP_AUTH, 1),
    ]:
        payload.sp_add_param(int(kind), [value])


class Writer:
    """Each option in turn, so that none is rare, and the combinations at random."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.decks = {}

    def pick(self, name, values):
        deck = self.decks.get(name) or []
        if not deck:
            deck = list(values)
            self.random.shuffle(deck)
        value = deck.pop()
        self.decks[name] = deck
        return value

    def message(self) -> dict:
        way = self.pick("way", ["caps", "hand", "hand", "hand"])
        cipher, tag = self.pick("suite", list(SUITES))
        sessions = [
            (self.random.getrandbits(32), self.random.choice([0, 1, 0xFFFFFFFF, self.random.getrandbits(32)]))
            for _ in range(self.pick("sessions", [0, 1, 1, 2, 3, 5]))
        ]
        joined = bytes(self.random.randbytes(CIPHERS[cipher][2]))
        made = {"suite": SUITES[cipher, tag], "way": way, "sessions": [{"ssrc": s, "roc": r} for s, r in sessions]}
        message = self.from_caps(made, cipher, tag, joined) if way == "caps" else self.by_hand(made, cipher, tag, joined)
        for ssrc, roc in sessions:
            message.add_cs_srtp(0, ssrc, roc)
        made["base64"] = message.base64_encode()
        return made

    def from_caps(self, made, cipher, tag, joined):
        caps = Gst.Caps.from_string(
            f"application/x-srtp,srtp-key=(buffer){joined.hex()},srtp-cipher={cipher},srtcp-cipher={cipher},"
            f"srtp-auth={TAGS[tag]},srtcp-auth={TAGS[tag]}")
        made.update(key_type="TEK", key=joined.hex(), salt="", validity="NULL", spi="", policy=True, timestamp="NTP_UTC")
        message = GstSdp.MIKEYMessage.new_from_caps(caps)
        made["random"] = 16
        return message

    def by_hand(self, made, cipher, tag, joined):
        length = CIPHERS[cipher][1]
        message = GstSdp.MIKEYMessage.new()
        message.set_info(
            1, GstSdp.MIKEYType.PSK_INIT, False, GstSdp.MIKEYPRFFunc.MIKEY_PRF_MIKEY_1, self.random.getrandbits(32),
            GstSdp.MIKEYMapType.MIKEY_MAP_TYPE_SRTP)
        timestamp = self.pick("timestamp", ["now", "NTP_UTC", "NTP", "COUNTER"])
        if timestamp == "now":
            message.add_t_now_ntp_utc()
        else:
            octets = self.random.randbytes(4 if timestamp == "COUNTER" else 8)
            message.add_t(getattr(GstSdp.MIKEYTSType, timestamp), list(octets))
        made["timestamp"] = "NTP_UTC" if timestamp == "now" else timestamp
        made["random"] = self.pick("random", [16, 17, 32, 255])
        message.add_rand_len(made["random"])
        # Without a policy SRTP's defaults hold: one suite.
        made["policy"] = made["suite"] != "AES_CM_128_HMAC_SHA1_80" or self.pick("policy", [True, False])
        if made["policy"]:
            policy = GstSdp.MIKEYPayload.new(KINDS.SP)
            policy.sp_set(0, GstSdp.MIKEYSecProto.MIKEY_SEC_PROTO_SRTP)
            parameters(policy, cipher, tag)
            message.add_payload(policy)
        kemac = GstSdp.MIKEYPayload.new(KINDS.KEMAC)
        kemac.kemac_set(GstSdp.MIKEYEncAlg.NULL, GstSdp.MIKEYMacAlg.NULL)
        kemac.kemac_add_sub(self.key_data(made, joined, length))
        message.add_payload(kemac)
        return message

    def key_data(self, made, joined, length):
        form = self.pick("key", ["TGK", "TGK+SALT", "TEK", "TEK+SALT"])
        key, salt = (joined, b"") if form == "TEK" else (joined[:length], joined[length:] if "SALT" in form else b"")
        made.update(key_type=form, key=key.hex(), salt=salt.hex(), spi="")
        payload = GstSdp.MIKEYPayload.new(KINDS.KEY_DATA)
        kind = GstSdp.MIKEYKeyDataType.TEK if "TEK" in form else GstSdp.MIKEYKeyDataType.TGK
        payload.key_data_set_key(kind, list(key))
        if salt:
            payload.key_data_set_salt(list(salt))
        made["validity"] = self.pick("validity", ["NULL", "SPI", "INTERVAL"])
        if made["validity"] == "SPI":
            spi = self.random.randbytes(self.pick("spi", [1, 2, 4, 8, 255]))
            payload.key_data_set_spi(list(spi))
            made["spi"] = spi.hex()
        elif made["validity"] == "INTERVAL":
            first, last = sorted(self.random.getrandbits(48) for _ in range(2))
            set_interval(hash(payload), 6, first.to_bytes(6, "big"), 6, last.to_bytes(6, "big"))
            made["interval"] = [first, last]
        return payload


def read(line: str) -> dict:
    octets = base64.b64decode(line)
    message = parse(octets, len(octets), None, None)
    if not message:
        return {"refused": True}
    sessions = [session_at(message, number).contents for number in range(session_count(message))]
    kemac = find_payload(message, int(KINDS.KEMAC), 0)
    data = key_at(kemac, 0).contents
    assert data.payload.type == int(KINDS.KEY_DATA), "the layout of GstMIKEYPayloadKeyData is another"
    found = {
        "csb_id": message.contents.csb_id,
        "sessions": [{"ssrc": cs.ssrc, "roc": cs.roc, "policy": cs.policy} for cs in sessions],
        "keys": key_count(kemac), "key_type": data.key_type, "validity": data.kv_type,
        "key": bytes(data.key_data[:data.key_len]).hex(),
        "salt": bytes(data.salt_data[:data.salt_len]).hex() if data.salt_len else "",
        "spi": bytes(data.kv_data[0][:data.kv_len[0]]).hex() if data.kv_type == 1 else "",
    }
    caps = Gst.Caps.new_empty_simple("application/x-srtp")
    if to_caps(message, hash(caps)):
        structure = caps.get_structure(0)
        names = ["srtp-cipher", "srtp-auth", "srtcp-cipher", "srtcp-auth"]
        found["caps"] = {name: structure.get_value(name) for name in names}
        value = structure.get_value("srtp-key")
        found["caps"]["srtp-key"] = value.extract_dup(0, value.get_size()).hex()
    return found


def main() -> int:
    if sys.argv[1:] == ["version"]:
        print(Gst.version_string())
    elif sys.argv[1:2] == ["write"] and len(sys.argv) == 4:
        writer = Writer(int(sys.argv[3]))
        for _ in range(int(sys.argv[2])):
            print(json.dumps(writer.message()))
    elif sys.argv[1:] == ["read"]:
        for line in sys.stdin:
            print(json.dumps(read(line.strip())))
    else:
        sys.stderr.write(__doc__)
        return 64
    return 0


Gst.init(None)
if __name__ == "__main__":
    sys.exit(main())
