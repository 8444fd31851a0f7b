# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Verifies rows: the receiving half takes the messages, the sending half makes
the same octets again."""

import base64
import collections
import json

from .ciphers import MessageKeys
from .messages import initiator_message, responder_message
from .prf import prf, prf_reference
from .receiver import Exchange, Refused


def _expect(condition, row, message):
    if not condition:
        raise SystemExit("row %s: %s" % (row.get("id", "without id"), message))


def check_kdf(row):
    inkey, label = bytes.fromhex(row["inkey"]), bytes.fromhex(row["label"])
    _expect(prf(row["prf"], inkey, label, row["bits"]).hex() == row["outkey"], row, "outkey")
    _expect(prf_reference(row["prf"], inkey, label, row["bits"] // 8).hex() == row["outkey"], row,
            "outkey, octet by octet")


def made_again(row):
    """The messages, from the fields that fix them."""
    keys = MessageKeys(row["prf"], bytes.fromhex(row["psk"]), bytes.fromhex(row["csb_id"]),
                       bytes.fromhex(row["rand"]))
    out = []
    for number, step in enumerate(row["steps"]):
        out.append(initiator_message(row, step, keys, number == 0))
        if step["v"] or "errors" in step:
            out.append(responder_message(row, step, keys))
    return out


def check_exchange(row):
    messages = [base64.b64decode(message) for message in row["messages"]]
    if "steps" in row:
        _expect(made_again(row) == messages, row, "other messages result")
    exchange = Exchange(row)
    for number, message in enumerate(messages, 1):
        is_last = number == len(messages)
        try:
            exchange.take(message)
        except Refused as refused:
            _expect(is_last and not row["accepted"], row, "message %d is refused: %s" % (number, refused))
            return
        _expect(row["accepted"] or not is_last, row, "message %d is accepted" % number)
    _expect(exchange.traffic_keys() == row.get("teks", []), row, "other traffic keys")
    if "tgk" in row:
        _expect([key.key.hex() for key in exchange.keys if key.kind < 2] == [row["tgk"]], row, "TGK")
    if "tek" in row:
        _expect([key.key.hex() for key in exchange.keys if key.kind > 1] == row["tek"], row, "TEK")


def check_file(path):
    """The number of rows of each type."""
    counts = collections.Counter()
    with open(path, encoding="ascii") as lines:
        for line in lines:
            row = json.loads(line)
            {"mikey-kdf": check_kdf, "mikey-exchange": check_exchange}[row["type"]](row)
            counts[row["type"]] += 1
    return counts
