# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The sending half: messages of the pre-shared key method from the fields of a
row (RFC 3830 3.1, 4.5, 5.1.2, 5.2 and 6).

A payload is a pair of its number and its octets behind the "next payload" one,
which is written where payloads are joined."""

from .ciphers import ENCRYPTIONS, MACS
from .prf import PRFS

LAST, KEMAC, T, ID, V, SP, RAND, ERR, KEY_DATA = 0, 1, 5, 6, 9, 10, 11, 12, 20
PSK, PSK_VERIFICATION, ERROR = 0, 1, 6
TIMESTAMPS = {"NTP-UTC": (0, 8), "NTP": (1, 8), "COUNTER": (2, 4)}
ID_TYPES = {"NAI": 0, "URI": 1}
KINDS = {"TGK": 0, "TGK+SALT": 1, "TEK": 2, "TEK+SALT": 3}


def u16(number):
    return number.to_bytes(2, "big")


def counted(octets, width=1):
    return len(octets).to_bytes(width, "big") + octets


def joined(first, payloads):
    """Each payload's number goes into the one before: for a header that is its
    third octet, `first` being the two before it."""
    numbers = [number for number, _ in payloads[1:]] + [LAST]
    return first + b"".join(bytes([number]) + body for number, (_, body) in zip(numbers, payloads))


def header(row, step, data_type, ssrcs=None):
    """HDR up to the next payload octet, and what follows that (6.1, 6.1.1)."""
    flag = 0x80 if step["v"] and data_type == PSK else 0
    body = bytes([flag | PRFS[row["prf"]][0]]) + bytes.fromhex(row["csb_id"])
    body += bytes([len(step["cs"]), 0])
    for number, cs in enumerate(step["cs"]):
        ssrc = ssrcs[number] if ssrcs else cs["ssrc"]
        body += bytes([cs["policy"]]) + bytes.fromhex(ssrc) + cs["roc"].to_bytes(4, "big")
    return bytes([1, data_type]), (None, body)


def timestamp(step):
    return T, bytes([TIMESTAMPS[step["t_type"]][0]]) + bytes.fromhex(step["t"])


def identity(row, name):
    """The payload, in a list that is empty where there is none."""
    if name not in row:
        return []
    return [(ID, bytes([ID_TYPES[row[name]["type"]]]) + counted(row[name]["text"].encode(), 2))]


def policies(given):
    out = []
    for policy in given:
        parameters = b"".join(bytes([each["type"]]) + counted(bytes.fromhex(each["value"]))
                              for each in policy["params"])
        out.append((SP, bytes([policy["policy"], 0]) + counted(parameters, 2)))
    return out


def key_data(step):
    """The chain inside of a KEMAC (6.13, 6.14)."""
    chain = b""
    for position, key in enumerate(step["keys"]):
        validity = 1 if "spi" in key else 2 if "valid_from" in key else 0
        following = KEY_DATA if position + 1 < len(step["keys"]) else LAST
        chain += bytes([following, KINDS[key["kind"]] << 4 | validity])
        chain += counted(bytes.fromhex(key["key"]), 2)
        if "salt" in key:
            chain += counted(bytes.fromhex(key["salt"]), 2)
        for field in ("spi", "valid_from", "valid_to"):
            if field in key:
                chain += counted(bytes.fromhex(key[field]))
    return chain


def initiator_message(row, step, keys, is_first):
    """I_MESSAGE; an update (4.5) has no RAND."""
    first, head = header(row, step, PSK)
    payloads = [head, timestamp(step)]
    if is_first:
        payloads.append((RAND, counted(bytes.fromhex(row["rand"]))))
    payloads += identity(row, "initiator") + identity(row, "responder") + policies(step["sp"])
    data = keys.encrypt(step["encr"], bytes.fromhex(step["t"]), key_data(step))
    payloads.append((KEMAC, bytes([ENCRYPTIONS[step["encr"]][0]]) + counted(data, 2)
                     + bytes([MACS[step["mac"]][0]])))
    message = joined(first, payloads)
    return message + keys.mac(step["mac"], message)


def identities(row, is_error):
    """Identity_i || Identity_r of 5.2: the data of the ID payloads of the two
    messages. Error messages have none (5.1.2)."""
    names = ["initiator", "responder"] + ([] if is_error else ["responder_in_answer"])
    return "".join(row[name]["text"] for name in names if name in row).encode()


def responder_message(row, step, keys):
    """R_MESSAGE, or the error message in its place (5.1.2)."""
    if "errors" in step:
        first, head = header(row, step, ERROR)
        payloads = [head, timestamp(step)]
        payloads += [(ERR, bytes([number, 0, 0])) for number in step["errors"]]
        payloads += policies(step.get("error_sp", ()))
        if not step["error_is_authenticated"]:
            return joined(first, payloads)
    else:
        first, head = header(row, step, PSK_VERIFICATION, step.get("answer_ssrcs"))
        payloads = [head, timestamp(step)] + identity(row, "responder_in_answer")
    payloads.append((V, bytes([MACS[step["mac"]][0]])))
    message = joined(first, payloads)
    return message + keys.mac(step["mac"], message + identities(row, "errors" in step) + bytes.fromhex(step["t"]))
