# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rows of derived keys: mikey-kdf.jsonl."""

import collections

from srtpmodel.rng import Deck

from .prf import DIGITS_OF_E, PRFS, message_label, prf, traffic_label

# Below, at and beyond one block of 256 bits and the hash's own block of 512.
KEY_LENGTHS = (1, 16, 31, 32, 33, 64, 192)


def _label(rng, kind):
    constant, csb_id = rng.choice(DIGITS_OF_E), rng.octets(4)
    rand = rng.octets(rng.choice((16, 16, 16, 20, 32, 255)))
    if kind == "traffic":
        return traffic_label(constant, rng.choice((1, 2, rng.below(255), 255)), csb_id, rand)
    if kind == "message":
        return message_label(constant, csb_id, rand)
    if kind == "octets":  # the function takes any label
        return rng.octets(rng.below(80))
    # RFC 6043 5.1: a step from 00 to 06, and random values with their lengths.
    label = constant.to_bytes(4, "big") + b"\xff" + b"\xff\xff\xff\xff" + bytes([rng.below(7)])
    for _ in range(rng.below(3)):
        label += bytes([len(rand)]) + rand
    return label


def kdf_rows(rng, count=500):
    """Every key length with every PRF and, over all rows, every length of
    output from 1 to 100 octets with both PRFs."""
    cases = [(name, length) for name in PRFS for length in KEY_LENGTHS]
    lengths = {name: Deck(rng, range(1, 101)) for name in PRFS}
    kinds = Deck(rng, ("traffic", "traffic", "message", "message", "ticket", "octets"))
    rows = []
    for number in range(count):
        name, key_length = cases[number % len(cases)]
        octets, kind = lengths[name].draw(), kinds.draw()
        inkey, label = rng.octets(key_length), _label(rng, kind)
        row = collections.OrderedDict(type="mikey-kdf")
        row["id"] = "mikey-kdf-%04d %s key%d out%d %s" % (number + 1, name, key_length, octets, kind)
        row["prf"], row["inkey"], row["label"], row["bits"] = name, inkey.hex(), label.hex(), 8 * octets
        row["outkey"] = prf(name, inkey, label, 8 * octets).hex()
        rows.append(row)
    return rows
