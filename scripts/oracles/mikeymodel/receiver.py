# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The receiving half: parses messages of the pre-shared key method octet by
octet, verifies them, and finds the keys of the crypto sessions."""

import calendar
import time

from .ciphers import ENCRYPTIONS, MACS, MessageKeysReference
from .prf import PRFS, TEK, TGK_SALT, prf_reference, traffic_label

WINDOW = 300  # seconds: the policy of these rows (5.4)
_ERA_1970 = 2208988800


class Refused(Exception):
    pass


def _name(table, number):
    for name, entry in table.items():
        if (entry[0] if isinstance(entry, tuple) else entry) == number:
            return name
    raise Refused("number %d" % number)


class Message:
    """What a message holds: `payloads` is a list of (number, fields)."""

    def __init__(self, octets):
        self.octets, self._at = octets, 0
        if self._take(1) != b"\x01":
            raise Refused("version")
        self.data_type, following = self._take(1)[0], self._take(1)[0]
        flags = self._take(1)[0]
        self.v, self.prf = bool(flags & 0x80), _name(PRFS, flags & 0x7F)
        self.csb_id = self._take(4)
        sessions, map_type = self._take(1)[0], self._take(1)[0]
        if map_type != 0:
            raise Refused("map type")
        self.cs = [(self._take(1)[0], self._take(4), self._take(4)) for _ in range(sessions)]
        self.payloads, self.mac_start = [], None
        while following:
            number, following = following, self._take(1)[0]
            self.payloads.append((number, self._payload(number)))
        if self._at != len(octets):
            raise Refused("octets behind the last payload")

    def _take(self, count):
        if self._at + count > len(self.octets):
            raise Refused("the message ends early")
        self._at += count
        return self.octets[self._at - count:self._at]

    def _counted(self, width):
        return self._take(int.from_bytes(self._take(width), "big"))

    def _mac(self):
        name = _name(MACS, self._take(1)[0])
        self.mac_start = self._at
        return name, self._take(MACS[name][1])

    def _payload(self, number):
        if number == 1:
            return _name(ENCRYPTIONS, self._take(1)[0]), self._counted(2), self._mac()
        if number == 5:
            kind = self._take(1)[0]
            if kind > 2:
                raise Refused("timestamp type")
            return kind, self._take((8, 8, 4)[kind])
        if number == 6:
            return self._take(1)[0], self._counted(2)
        if number == 9:
            return self._mac()
        if number == 10:
            policy, protocol = self._take(1)[0], self._take(1)[0]
            return policy, protocol, _parameters(self._counted(2))
        if number == 11:
            return self._counted(1)
        if number == 12:
            return self._take(1)[0], self._take(2)
        raise Refused("payload %d" % number)

    def all(self, number):
        return [fields for found, fields in self.payloads if found == number]

    def one(self, number):
        found = self.all(number)
        if len(found) != 1:
            raise Refused("%d payloads of number %d" % (len(found), number))
        return found[0]


def _parameters(octets):
    out = {}
    while octets:
        if len(octets) < 2 or len(octets) < 2 + octets[1] or octets[0] in out:
            raise Refused("policy parameters")
        out[octets[0]] = octets[2:2 + octets[1]]
        octets = octets[2 + octets[1]:]
    return out


class _Key:
    """A key data sub-payload (6.13)."""

    def __init__(self, take):
        kinds = take(1)[0]
        self.kind = kinds >> 4
        if self.kind > 3 or kinds & 15 > 2:
            raise Refused("key type or validity")
        self.key = take(int.from_bytes(take(2), "big"))
        self.salt = take(int.from_bytes(take(2), "big")) if self.kind & 1 else None
        self.spi = None
        if kinds & 15 == 1:
            self.spi = take(take(1)[0])
        elif kinds & 15 == 2:
            take(take(1)[0]), take(take(1)[0])


def _key_chain(octets):
    at = 0

    def take(count):
        nonlocal at
        if at + count > len(octets):
            raise Refused("the key data ends early")
        at += count
        return octets[at - count:at]

    keys = []
    following = 20 if octets else 0
    while following == 20:
        following = take(1)[0]
        keys.append(_Key(take))
    if following or at != len(octets):
        raise Refused("the chain of key data")
    return keys


class Exchange:
    """Both parties as far as they receive: takes messages in turn."""

    def __init__(self, row):
        self._psk = bytes.fromhex(row["psk"])
        self._now = calendar.timegm(time.strptime(row["now"], "%Y-%m-%dT%H:%M:%SZ"))
        self._is_protected = row.get("channel_protected", False)
        self._csb_id = self._keys = self._sent = self._counter = None
        self._rand = None
        self._seen = set()
        self.keys, self.policies, self.cs, self.prf = [], {}, [], None

    def take(self, octets):
        message = Message(octets)
        if message.data_type == 0:
            self._initiators(message)
        elif message.data_type in (1, 6):
            self._responders(message)
        else:
            raise Refused("data type")

    def _initiators(self, message):
        kind, value = message.one(5)
        encryption, data, (mac, tag) = message.one(1)
        if message.payloads[-1][0] != 1:
            raise Refused("KEMAC is not the last payload")
        if not self._is_protected and "NULL" in (encryption, mac):
            raise Refused("NULL")
        keys, rand = self._keys, message.all(11)
        if self._csb_id is None:
            keys = MessageKeysReference(message.prf, self._psk, message.csb_id, message.one(11))
        elif rand or message.csb_id != self._csb_id or message.prf != self.prf:
            raise Refused("not an update of this CSB")
        if keys.mac(mac, message.octets[:message.mac_start]) != tag:
            raise Refused("MAC")
        self._check_time(kind, value)
        if self._sent is not None and not self._is_newer(kind, value):
            raise Refused("an update from before what it updates")
        if message.octets in self._seen:
            raise Refused("replay")
        plain = keys.decrypt(encryption, value, data)
        if plain is None:
            raise Refused("key wrap")
        found = _key_chain(plain)
        if not found and self._csb_id is None:
            raise Refused("no keys")
        # All is well: from here on, state changes.
        self._seen.add(message.octets)
        self._keys, self._csb_id, self._rand = keys, message.csb_id, rand[0] if rand else self._rand
        self.keys, self.cs, self.prf = found or self.keys, message.cs, message.prf
        self.policies.update({policy: parameters for policy, _, parameters in message.all(10)})
        if kind == 2:
            self._counter = value
        ids = [data for _, data in message.all(6)]
        self._sent = (message, kind, value, ids, mac)

    def _check_time(self, kind, value):
        if kind == 2:
            if self._counter is not None and value <= self._counter:
                raise Refused("counter")
            return
        seconds = int.from_bytes(value, "big") / 2.0 ** 32 - (self._now + _ERA_1970)
        if abs((seconds + 2.0 ** 31) % 2.0 ** 32 - 2.0 ** 31) > WINDOW:
            raise Refused("time")

    def _is_newer(self, kind, value):
        """Whether an update comes after the last message of its bundle."""
        last = self._sent[2]
        bits = 8 * len(value)
        difference = (int.from_bytes(value, "big") - int.from_bytes(last, "big")) % (1 << bits)
        return len(last) == len(value) and 0 < difference < 1 << bits - 1

    def _responders(self, message):
        if self._sent is None:
            raise Refused("an answer to nothing")
        request, kind, value, ids, mac = self._sent
        if message.csb_id != request.csb_id or message.one(5) != (kind, value):
            raise Refused("CSB ID or T")
        if message.data_type == 1 and not request.v:
            raise Refused("no answer was asked for")
        algorithm, tag = message.one(9)
        if message.payloads[-1][0] != 9 or algorithm != mac:
            raise Refused("V")
        ids = ids + [data for _, data in message.all(6)]
        covered = message.octets[:message.mac_start] + b"".join(ids) + value
        if self._keys.mac(algorithm, covered) != tag:
            raise Refused("MAC of V")
        if message.data_type == 6:
            self.keys = []
            return
        if [(p, r) for p, _, r in message.cs] != [(p, r) for p, _, r in request.cs]:
            raise Refused("another map")
        for (_, asked, _), (_, given, _) in zip(request.cs, message.cs):
            if asked not in (given, bytes(4)):
                raise Refused("another SSRC")

    def traffic_keys(self):
        """Every key with every crypto session (4.1.3)."""
        out = []
        for cs_id, (policy, _, _) in enumerate(self.cs, 1):
            parameters = self.policies.get(policy, {})
            key_len = parameters.get(1, b"\x10")[0]
            salt_len = 12 if parameters.get(0, b"\x01") == b"\x06" else 14
            for key in self.keys:
                entry = {"cs": cs_id, "key": key.key.hex(), "salt": (key.salt or b"").hex()}
                if key.kind < 2:
                    for field, constant, length in (("key", TEK, key_len), ("salt", TGK_SALT, salt_len)):
                        if field == "key" or key.salt is None:
                            label = traffic_label(constant, cs_id, self._csb_id, self._rand)
                            entry[field] = prf_reference(self.prf, key.key, label, length).hex()
                if (len(entry["key"]), len(entry["salt"])) != (2 * key_len, 2 * salt_len):
                    raise Refused("length of a key or salt")
                if key.spi is not None:
                    entry["mki"] = key.spi.hex()
                out.append(entry)
        return out
