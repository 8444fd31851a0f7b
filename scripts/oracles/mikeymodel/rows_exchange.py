# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rows of pre-shared key exchanges: mikey-exchange.jsonl."""

import base64
import calendar
import collections
import copy
import time

from srtpmodel.rng import Deck

from .check import made_again
from .ciphers import ENCRYPTIONS, MACS
from .messages import TIMESTAMPS, key_data
from .receiver import Exchange

_NOWS = ("2026-03-01T12:00:00Z", "2026-11-21T09:00:00Z", "2031-06-30T23:59:59Z",
         # Beside the end of the NTP era, and in the next one.
         "2036-02-07T06:28:14Z", "2036-02-07T06:28:18Z", "2040-01-01T00:00:00Z")
_PROTECTED = [(e, m) for e in ENCRYPTIONS for m in MACS if "NULL" not in (e, m)]
_NULL = [("NULL", "NULL"), ("NULL", "HMAC-SHA-1-160"), ("AES-CM-128", "NULL")]
_ERRORS = ((10,), (9,), (10, 9), (2,), (3,), (4,), (12,), (1,))
# SP parameters (6.10.1, RFC 7714 14.2), the octets of a master key and its salt.
def _policy(parameters, *lengths):
    return ([{"type": kind, "value": value} for kind, value in parameters],) + lengths


_POLICIES = (
    _policy((), 16, 14),  # every default
    _policy(((0, "01"), (1, "10"), (2, "01"), (3, "14"), (4, "0e"), (7, "01"), (8, "01"), (10, "01"),
             (11, "0a")), 16, 14),
    _policy(((0, "01"), (1, "20"), (2, "01"), (3, "14"), (11, "04")), 32, 14),
    _policy(((0, "02"), (1, "10"), (6, "010000")), 16, 14),
    _policy(((0, "06"), (1, "10"), (2, "00"), (4, "0c"), (20, "10")), 16, 12),
    _policy(((0, "06"), (1, "20"), (2, "00"), (4, "0c"), (20, "10")), 32, 12))


class _Maker:
    """Draws what exchanges are made of."""

    def __init__(self, rng):
        self.rng = rng
        self.prfs = Deck(rng, ("MIKEY-1", "HMAC-SHA-256"))
        self.algorithms = Deck(rng, _PROTECTED)
        self.psk_lengths = Deck(rng, (1, 16, 20, 31, 32, 33, 64, 192))
        self.times = Deck(rng, ("NTP-UTC", "NTP-UTC", "NTP", "COUNTER"))
        self.nows = Deck(rng, _NOWS)
        self.ids = Deck(rng, ("both", "both", "initiator", "answer", "late", "none"))
        self.kinds = Deck(rng, ("TGK", "TGK", "TGK+SALT", "TEK+SALT"))
        self.validities = Deck(rng, ("none", "spi", "spi", "interval"))
        self.policies = Deck(rng, _POLICIES)

    def exchange(self, name, sessions=1, v=True, algorithms=None, keys=1):
        """A row with its first step."""
        rng, algorithms = self.rng, algorithms or self.algorithms.draw()
        row = collections.OrderedDict(type="mikey-exchange", id=name, mode="PSK")
        row["psk"] = rng.octets(self.psk_lengths.draw()).hex()
        row["now"] = self.nows.draw()
        row["prf"], row["csb_id"] = self.prfs.draw(), rng.octets(4).hex()
        row["rand"] = rng.octets(rng.choice((16, 16, 16, 17, 32, 255))).hex()
        ids, number = self.ids.draw(), rng.below(1000)
        alice = {"type": "URI", "text": "sip:alice%d@example.org" % number}
        bob = {"type": "NAI", "text": "bob%d@example.net" % number}
        if ids in ("both", "initiator", "answer"):
            row["initiator"] = alice
        if ids == "both":
            row["responder"] = bob
        if ids in ("answer", "late") and v:
            row["responder_in_answer"] = bob
        if "NULL" in algorithms:
            row["channel_protected"] = True
        row["steps"] = [self._step(row, sessions, v, algorithms, keys)]
        return row

    def _step(self, row, sessions, v, algorithms, keys):
        rng = self.rng
        parameters, key_len, salt_len = self.policies.draw()
        step = collections.OrderedDict()
        step["t_type"] = self.times.draw()
        step["t"] = (rng.octets(3).rjust(4, b"\0").hex() if step["t_type"] == "COUNTER"
                     else self.near(row["now"]))
        step["v"] = v
        step["encr"], step["mac"] = algorithms
        number = 0 if not parameters else rng.below(256)
        # An SP that says nothing is the same as none.
        step["sp"] = [{"policy": number, "params": parameters}] if parameters or rng.below(2) else []
        step["cs"] = [self.session(number) for _ in range(sessions)]
        step["keys"] = self.keys(algorithms[0], keys, key_len, salt_len)
        if v:
            self.fill_in(step)
        return step

    def near(self, now):
        """An NTP time within a minute."""
        seconds = calendar.timegm(time.strptime(now, "%Y-%m-%dT%H:%M:%SZ")) + 2208988800
        seconds += self.rng.between(-60, 60)
        return (seconds % (1 << 32) << 32 | self.rng.bits(32)).to_bytes(8, "big").hex()

    def after(self, t):
        """An NTP time, at most ten seconds later."""
        later = int(t, 16) + self.rng.between(1, 10 << 32)
        return (later % (1 << 64)).to_bytes(8, "big").hex()

    def session(self, policy):
        rng = self.rng
        roc = rng.choice((0, 0, 0, 1, rng.bits(32)))
        return {"policy": policy, "ssrc": rng.octets(4).hex(), "roc": roc}

    def fill_in(self, step):
        """Every other exchange leaves SSRCs for the responder to choose (6.1.1)."""
        if self.rng.below(2):
            return
        step["answer_ssrcs"] = [cs["ssrc"] for cs in step["cs"]]
        for cs in step["cs"][self.rng.below(len(step["cs"])):]:
            cs["ssrc"] = "00000000"

    def keys(self, encryption, count, key_len, salt_len):
        """Key data that the encryption takes: AES key wrap takes multiples of
        eight octets only, and 3830 has no padding. Several keys have SPIs, so
        that it is known which is meant."""
        while True:
            kind = self.kinds.draw()
            found = []
            for number in range(count):
                length = key_len if "TEK" in kind else self.rng.choice((16, 20, 24, 28, 32, 33, 64))
                key = collections.OrderedDict(kind=kind, key=self.rng.octets(length).hex())
                if "SALT" in kind:
                    key["salt"] = self.rng.octets(salt_len).hex()
                validity = self.validities.draw() if count == 1 else "spi"
                if validity == "spi":
                    key["spi"] = (self.rng.octets(self.rng.choice((1, 2, 3, 4, 7)))
                                  + bytes([number])).hex()
                elif validity == "interval":
                    key["valid_from"], key["valid_to"] = "000000000000", self.rng.octets(6).hex()
                found.append(key)
            if encryption != "AES-KW-128" or len(key_data({"keys": found})) % 8 == 0:
                return found

    def update(self, row, change):
        """Another step: the same CSB ID, a new T, no RAND (4.5)."""
        last = row["steps"][-1]
        step = copy.deepcopy(last)
        if step["t_type"] == "COUNTER":
            step["t"] = (int(last["t"], 16) + self.rng.between(1, 9)).to_bytes(4, "big").hex()
        else:
            step["t"] = self.after(last["t"])
        for cs, ssrc in zip(step["cs"], last.get("answer_ssrcs", ())):
            cs["ssrc"] = ssrc
        step.pop("answer_ssrcs", None)
        first = row["steps"][0]["sp"]
        parameters = first[0]["params"] if first else []
        step["sp"] = []
        if change == "keys":
            _, key_len, salt_len = next(policy for policy in _POLICIES if policy[0] == parameters)
            step["keys"] = self.keys(step["encr"], 1, key_len, salt_len)
        else:
            step["keys"] = []
        if change == "session":
            step["cs"].append(self.session(step["cs"][0]["policy"]))
        for cs in step["cs"]:
            cs["roc"] = min(cs["roc"] + 1, 0xFFFFFFFF)
        row["steps"].append(step)


def _finished(row):
    """With the messages, and what both know after the last."""
    row["messages"] = [base64.b64encode(message).decode() for message in made_again(row)]
    exchange = Exchange(row)
    for message in row["messages"]:
        exchange.take(base64.b64decode(message))
    return _with_result(row, exchange)


def _with_result(row, exchange):
    tgks = [key.key.hex() for key in exchange.keys if key.kind < 2]
    if len(tgks) == 1:
        row["tgk"] = tgks[0]
    elif not tgks and exchange.keys:
        row["tek"] = [key.key.hex() for key in exchange.keys]
    row["teks"], row["accepted"] = exchange.traffic_keys(), True
    return row


def exchange_rows(rng):
    """100 exchanges that end well, then those that end with a refusal."""
    maker, rows = _Maker(rng), []

    def add(what, row):
        row["id"] = "mikey-exchange-%03d %s, %s" % (len(rows) + 1, what, " ".join(
            (row["prf"], row["steps"][0]["encr"], row["steps"][0]["mac"])))
        rows.append(_finished(row))

    for number in range(20):
        add("with V", maker.exchange(""))
    for number in range(14):
        add("without V", maker.exchange("", v=False))
    for number in range(16):
        sessions = (2, 3, 4, 5, 2, 3, 8, 255)[number % 8]
        add("%d sessions" % sessions, maker.exchange("", sessions, v=number % 4 > 0))
    for number in range(6):
        add("2 or 3 keys", maker.exchange("", 1 + number % 2, keys=2 + number % 2))
    for number in range(6):
        add("on a protected channel", maker.exchange("", 1 + number % 2, number < 4,
                                                     _NULL[number % 3]))
    for number in range(26):
        row = maker.exchange("", 1 + number % 3, v=number % 5 > 0)
        changes = (["keys"], ["session"], ["nothing"], ["keys", "session"],
                   ["nothing", "keys"], ["keys", "keys", "nothing"])[number % 6]
        for change in changes:
            maker.update(row, change)
        add("update: " + ", ".join(changes), row)
    for number in range(12):
        row = maker.exchange("", 1 + number % 2)
        if number > 8:
            maker.update(row, "keys")
        step = row["steps"][-1]
        step.pop("answer_ssrcs", None)
        step["errors"], step["error_is_authenticated"] = list(_ERRORS[number % 8]), True
        if 10 in step["errors"]:
            # The attributes that the responder has, in sequence (5.1.1).
            step["error_sp"] = [{"policy": 0, "params": _POLICIES[1][0]}]
        add("error " + ", ".join(map(str, step["errors"])), row)
    assert len(rows) == 100
    for what, make in _REFUSALS:
        row = maker.exchange("")
        while row["steps"][0]["t_type"] == "COUNTER":
            row = maker.exchange("")
        row["id"] = "mikey-exchange-%03d refused: %s" % (len(rows) + 1, what)
        rows.append(_refused(row, make, maker))
    return rows


# -- Refused: the last message is the one that is ---------------------------------


def _refused(row, make, maker):
    row = _finished(row)
    for field in ("tgk", "tek", "teks"):
        row.pop(field, None)
    row["accepted"] = False
    messages = make(row, [base64.b64decode(message) for message in row["messages"]], maker)
    # Most of these messages are nobody's: nothing makes them again.
    for field in ("steps", "prf", "csb_id", "rand", "initiator", "responder", "responder_in_answer"):
        row.pop(field, None)
    row["messages"] = [base64.b64encode(message).decode() for message in messages]
    return row


def _flip(message, position):
    out = bytearray(message)
    out[position] ^= 1
    return bytes(out)


def _flipped(position):
    return lambda row, messages, _: [_flip(messages[0], position)]


def _answer_flipped(position):
    return lambda row, messages, _: [messages[0], _flip(messages[1], position)]


def _other_psk(row, messages, _):
    row["psk"] = (bytes([int(row["psk"][:2], 16) ^ 0x80]) + bytes.fromhex(row["psk"][2:])).hex()
    return messages[:1]


def _at(years):
    def make(row, messages, _):
        row["now"] = "%d%s" % (int(row["now"][:4]) + years, row["now"][4:])
        return messages[:1]
    return make


def _replayed(row, messages, _):
    return [messages[0], messages[1], messages[0]]


def _old_counter(step_back):
    def make(row, _, maker):
        row["steps"][0]["t_type"], row["steps"][0]["t"] = "COUNTER", "00000100"
        maker.update(row, "nothing")
        row["steps"][1]["t"] = "%08x" % (0x100 - step_back)
        return made_again(row)[:3]
    return make


def _old_update(row, _, maker):
    row["steps"][0]["t_type"], row["steps"][0]["t"] = "NTP-UTC", maker.near(row["now"])
    maker.update(row, "keys")
    last = int(row["steps"][1]["t"], 16)
    row["steps"][1]["t"] = ((last - (20 << 32)) % (1 << 64)).to_bytes(8, "big").hex()
    return made_again(row)[:3]


def _updated(change):
    """An update with something that it must not have."""
    def make(row, _, maker):
        maker.update(row, "nothing")
        messages = made_again(row)[:2]
        other = copy.deepcopy(row)
        other["steps"] = other["steps"][1:]
        if change == "CSB ID":
            other["csb_id"] = _flip(bytes.fromhex(row["csb_id"]), 0).hex()
            fixed = copy.deepcopy(other)
            fixed["steps"] = [row["steps"][0], other["steps"][0]]
            return messages + [made_again(fixed)[2]]
        return messages + [made_again(other)[0]]  # its first message has a RAND
    return make


def _answer_of_another_time(row, messages, maker):
    other = copy.deepcopy(row)
    other["steps"][0]["t"] = maker.near(row["now"])
    return [messages[0], made_again(other)[1]]


def _answer_of_another_bundle(row, messages, _):
    other = copy.deepcopy(row)
    other["csb_id"] = _flip(bytes.fromhex(row["csb_id"]), 3).hex()
    return [messages[0], made_again(other)[1]]


def _unauthenticated_error(row, messages, _):
    step = row["steps"][0]
    step.pop("answer_ssrcs", None)
    step["errors"], step["error_is_authenticated"] = [0], False
    return [messages[0], made_again(row)[1]]


def _null(algorithms):
    def make(row, _, maker):
        row["steps"][0]["encr"], row["steps"][0]["mac"] = algorithms
        return made_again(row)[:1]
    return make


_REFUSALS = (
    ("first octet of the MAC", _flipped(-20)), ("last octet of the MAC", _flipped(-1)),
    ("version", _flipped(0)), ("an answer to nothing", _flipped(1)), ("V flag or PRF", _flipped(3)),
    ("CSB ID", _flipped(4)), ("SSRC", _flipped(14)), ("T", _flipped(25)), ("pre-shared key", _other_psk),
    ("a year too old", _at(1)), ("a year too new", _at(-1)),
    ("seen before", _replayed), ("the same counter", _old_counter(0)), ("a smaller counter", _old_counter(1)),
    ("an update from before what it updates", _old_update),
    ("an update with another CSB ID", _updated("CSB ID")), ("an update with a RAND", _updated("RAND")),
    ("MAC of V", _answer_flipped(-1)), ("SSRC of the answer", _answer_flipped(14)),
    ("answer with another T", _answer_of_another_time),
    ("answer with another CSB ID", _answer_of_another_bundle),
    ("error without V", _unauthenticated_error),
    ("NULL and NULL on no protected channel", _null(("NULL", "NULL"))),
    ("NULL encryption on no protected channel", _null(("NULL", "HMAC-SHA-1-160"))),
    ("NULL MAC on no protected channel", _null(("AES-CM-128", "NULL"))))
