#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes TestVectors/mikey-messages.jsonl: MIKEY messages, legal ones and others, from the figures of the RFCs.

usage: mikey_messages.py OUTPUT

Nothing here knows of the package: octets are put together as RFC 3830, 4563, 4650, 4738, 6043, 6267 and 6509 draw them. MACs and
signatures are counted octets, since the rows are about syntax.
"""
import base64
import json
import sys

KEMAC, PKE, DH, SIGN, T, ID, CERT, CHASH, V, SP, RAND, ERR, TR, IDR, RANDR, TP, TICKET = range(1, 18)
KEY, EXTENSION, IBAKE, ESK, SAKKE = 20, 21, 22, 23, 26


def run(count: int, first: int = 1) -> bytes:
    return bytes((first + i) & 255 for i in range(count))


def f8(octets: bytes) -> bytes:
    return bytes([len(octets)]) + octets


def f16(octets: bytes) -> bytes:
    return len(octets).to_bytes(2, "big") + octets


def chain(payloads: list[tuple[int, bytes]]) -> bytes:
    octets = b""
    for position, (kind, body) in enumerate(payloads):
        following = payloads[position + 1][0] if position + 1 < len(payloads) else 0
        octets += (b"" if kind == SIGN else bytes([following])) + body
    return octets


def streams(*entries: tuple[int, int, int]) -> bytes:
    parts = (bytes([p]) + s.to_bytes(4, "big") + r.to_bytes(4, "big") for p, s, r in entries)
    return bytes([len(entries), 0]) + b"".join(parts)


EMPTY, ONE = bytes([0, 1]), streams((0, 0x11223344, 0))


def message(kind: int, payloads: list[tuple[int, bytes]], v: int = 0, prf: int = 0, cs: bytes = ONE, tail: bytes = b"") -> bytes:
    first = payloads[0][0] if payloads else 0
    return bytes([1, kind, first, v << 7 | prf]) + run(4, 0xA0) + cs + chain(payloads) + tail


time, counter, rand = (T, bytes([0]) + run(8, 0xC8)), (T, bytes([2]) + run(4)), (RAND, f8(run(16)))
ver, sign, eccsi = (V, bytes([1]) + run(20)), (SIGN, bytes([0, 128]) + run(128)), (SIGN, bytes([0x20, 129]) + run(129))
pke, chash, cert = (PKE, bytes([0x80, 128]) + run(128)), (CHASH, bytes([2]) + run(32)), (CERT, bytes([0]) + f16(run(30)))


def ident(text: str) -> tuple[int, bytes]:
    return ID, bytes([0]) + f16(text.encode())


def idr(role: int, text: str) -> tuple[int, bytes]:
    return IDR, bytes([role, 1]) + f16(text.encode())


def randr(role: int) -> tuple[int, bytes]:
    return RANDR, bytes([role]) + f8(run(16))


def policy(parameters: dict[int, bytes] | list, number: int = 0) -> tuple[int, bytes]:
    items = parameters.items() if isinstance(parameters, dict) else parameters
    return SP, bytes([number, 0]) + f16(b"".join(bytes([kind]) + f8(value) for kind, value in items))


def kemac(data: bytes, encryption: int = 0, mac: int = 0, count: int = 0) -> tuple[int, bytes]:
    return KEMAC, bytes([encryption]) + f16(data) + bytes([mac]) + run(count)


def key(kind: int, count: int, salt: int | None = None, kv: int = 0, validity: bytes = b"") -> tuple[int, bytes]:
    return KEY, bytes([kind << 4 | kv]) + f16(run(count, 64)) + (f16(run(salt)) if salt is not None else b"") + validity


def dh(group: int = 0) -> tuple[int, bytes]:
    return DH, bytes([group]) + run((192, 96, 128)[group]) + bytes([0])


def extension(kind: int, data: bytes) -> tuple[int, bytes]:
    return EXTENSION, bytes([kind]) + f16(data)


def ticket_policy(flags: int = 0xF80, more: list | None = None) -> bytes:
    payloads = [idr(3, "kms"), *(more or []), idr(2, "bob")]
    word = 1 << 24 | 1 << 17 | flags << 5
    return bytes([0, 1, 1]) + word.to_bytes(4, "big") + f16(bytes([IDR]) + chain(payloads))


def one(value: int) -> bytes:
    return bytes([value])


cm = {0: one(1), 1: one(16), 2: one(1), 3: one(20), 4: one(14), 7: one(1), 8: one(1), 10: one(1), 11: one(10)}
gcm = {0: one(6), 1: one(32), 2: one(0), 3: one(0), 4: one(12), 13: bytes([0, 1]), 18: one(4), 20: one(16)}
sealed = kemac(run(36), 1, 1, 20)
tek = chain([key(3, 16, 14)])
spi = f8(b"\xde\xad\xbe\xef")
tp, ticket = (TP, ticket_policy()), (TICKET, ticket_policy() + f16(run(40)) + bytes(2))
sakke = (SAKKE, bytes([1, 2]) + f16(run(273)))


def legal():
    yield "psk", message(0, [time, rand, ident("a@x"), ident("b@x"), policy(cm), sealed], v=1)
    yield "psk-clear", message(0, [time, rand, policy(gcm), kemac(chain([key(0, 16), key(3, 32, 12, 1, spi)]))])
    yield "psk-sdp-ids", message(0, [extension(1, b"mikey;keyp1"), time, rand, sealed])
    yield "psk-update", message(0, [time, kemac(b"", 1, 1, 20)])
    yield "psk-many-streams", message(0, [time, rand, sealed], cs=streams(*((0, i, i) for i in range(255))))
    yield "psk-key-id", message(0, [time, rand, extension(3, bytes([0, 3]) + run(3) + bytes([1, 0])), sealed], cs=EMPTY)
    yield "psk-verification", message(1, [time, ident("b@x"), ver])
    yield "pke", message(2, [time, rand, cert, cert, ident("b@x"), sealed, chash, pke, sign])
    yield "pke-update", message(2, [time, pke, sign])
    yield "pke-verification", message(3, [counter, ver])
    yield "dh", message(4, [time, rand, cert, dh(0), sign])
    yield "dh-response", message(5, [time, ident("b"), ident("a"), dh(2), dh(2), sign])
    yield "error", message(6, [time, (ERR, bytes([10, 0, 0])), (ERR, bytes([12, 1, 2])), policy([(0, one(1)), (0, one(6))]), ver])
    yield "error-unauthenticated", message(6, [time, (ERR, bytes(3))])
    yield "dhhmac-rfc4650", message(7, [time, rand, ident("b"), dh(1), kemac(b"", 2, 0, 20)])
    yield "dhhmac-rfc3830", message(8, [time, ident("a"), dh(1), dh(1), kemac(b"", 0, 1, 20)])
    yield "rsa-r", message(9, [time, rand, cert, sign], v=1)
    yield "rsa-r-response", message(10, [extension(4, run(4)), time, rand, policy(cm), sealed, pke, sign])
    yield "request-psk", message(11, [time, randr(1), idr(1, "a"), idr(3, "kms"), tp, ver], cs=EMPTY)
    yield "request-pk", message(12, [time, randr(1), cert, tp, chash, pke, sign], cs=EMPTY)
    yield "request-response", message(13, [time, ticket, kemac(run(40), 3), ver], cs=EMPTY)
    forked = (TICKET, ticket_policy(0xFC0) + f16(run(9)) + f16(bytes([V]) + chain([ver, ver])))
    session = bytes([1, 2, 7, 0, 0x82, 4, 5]) + f16(run(10)) + f8(run(2))
    yield "transfer", message(14, [time, randr(1), policy(cm, 4), policy(gcm, 5), forked, ver], prf=1, cs=session)
    yield "transfer-update", message(14, [time, ver], cs=EMPTY, v=1)
    yield "transfer-response", message(15, [time, randr(2), randr(3), idr(2, "b"), ver], cs=EMPTY)
    yield "resolve-psk", message(16, [time, randr(2), ticket, ver], cs=EMPTY)
    yield "resolve-pk", message(17, [time, randr(2), ticket, pke, sign], cs=EMPTY)
    yield "resolve-response", message(18, [time, kemac(run(40), 1), idr(2, "b"), randr(3), ver], cs=EMPTY)
    yield "request-key-psk", message(19, [time, rand, idr(1, "a"), idr(3, "kms"), ver], v=1, cs=EMPTY)
    yield "request-key-pke", message(20, [time, rand, idr(3, "kms"), cert, pke, sign], v=1, cs=EMPTY)
    yield "request-key-response", message(21, [time, kemac(run(64), 1), ver], cs=EMPTY)
    people = [idr(1, "a"), idr(2, "b")]
    yield "ibake-1", message(22, [time, rand, *people, (IBAKE, f16(run(90))), (ESK, f16(run(60)))], v=1)
    yield "ibake-1-response", message(23, [time, *people, (IBAKE, f16(run(90)))], v=1)
    yield "ibake-2", message(24, [time, rand, *people, (IBAKE, f16(run(90)))], v=1)
    yield "ibake-2-response", message(25, [time, ver])
    yield "sakke", message(26, [time, rand, idr(1, "a"), idr(6, "k"), idr(7, "k"), sakke, extension(6, run(300)), eccsi], prf=1, cs=EMPTY)
    yield "sakke-rsa", message(26, [time, rand, cert, policy(gcm), sakke, sign])
    yield "sakke-generic-id-without-sessions", message(26, [time, rand, sakke, eccsi], cs=bytes([0, 2]))


def deviating():
    clear = lambda keys, sp=cm, **more: message(0, [time, rand, policy(sp), kemac(keys)], **more)
    yield "server-with-joined-key", clear(chain([key(2, 30, kv=1, validity=spi)]))
    yield "framework-with-tag-length-for-key-length", clear(chain([key(2, 46)]), {0: one(1), 1: one(32), 2: one(1), 3: one(10)})
    yield "unknown-parameter", clear(tek, cm | {99: run(12)})
    yield "trailing-octet-with-null-mac", clear(tek, tail=bytes(1))
    yield "policy-with-empty-map", clear(tek, cs=bytes([1, 1]))
    yield "sakke-that-expects-an-answer", message(26, [time, rand, sakke, eccsi], v=1)
    yield "rsa-r-that-expects-none", message(9, [time, rand, sign])


def wrong():
    octets = message(0, [time, rand, sealed])
    yield "version-2", bytes([2]) + octets[1:]
    yield "data-type-27", bytes([1, 27]) + octets[2:]
    yield "map-type-3", octets[:9] + bytes([3]) + octets[10:]
    yield "next-payload-27", octets[:2] + bytes([27]) + octets[3:]
    yield "no-payloads", message(0, [])
    yield "one-octet-less", octets[:-1]
    yield "trailing-octet-with-a-mac", octets + bytes(1)
    yield "kemac-before-rand", message(0, [time, sealed, rand])
    yield "two-timestamps", message(0, [time, time, rand, sealed])
    yield "three-identities", message(0, [time, ident("a"), ident("b"), ident("c"), rand, sealed])
    yield "certificate-with-a-pre-shared-key", message(0, [time, rand, cert, sealed])
    yield "empty-rand", message(0, [time, (RAND, bytes(1)), sealed])
    yield "no-key-data-in-a-first-message", message(0, [time, rand, kemac(b"", 1, 1, 20)])
    yield "key-of-no-octets", message(0, [time, rand, kemac(chain([key(0, 0)]))])
    yield "key-type-4-outside-of-ticket", message(0, [time, rand, kemac(chain([key(4, 16)]))])
    yield "interval-backwards", message(0, [time, rand, kemac(chain([key(0, 16, kv=2, validity=f8(b"\2") + f8(b"\1"))]))])
    yield "parameter-of-no-octets", message(0, [time, rand, policy({1: b""}), sealed])
    yield "parameter-twice", message(0, [time, rand, policy([(0, one(1)), (0, one(1))]), sealed])
    yield "policy-twice", message(0, [time, rand, policy(cm), policy(cm), sealed])
    yield "policy-missing", message(0, [time, rand, policy(cm, 1), sealed])
    yield "error-without-err", message(6, [time])
    yield "err-outside-of-an-error", message(1, [time, (ERR, bytes(3)), ver])
    yield "one-dh-value-in-a-response", message(5, [time, ident("a"), dh(), sign])
    yield "dhhmac-without-mac", message(7, [time, rand, ident("b"), dh(), kemac(b"", 2, 1)])
    yield "ticket-flags-that-contradict", message(11, [time, randr(1), (TP, ticket_policy(0)), ver], cs=EMPTY)
    yield "ticket-key-without-spi", message(11, [time, randr(1), (TP, ticket_policy(more=[kemac(tek)])), ver], cs=EMPTY)
    yield "ticket-with-srtp-id", message(15, [time, ver])
    yield "certificate-with-eccsi", message(26, [time, rand, cert, sakke, eccsi])
    yield "counter-in-sakke", message(26, [counter, rand, sakke, eccsi])


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    expectations = [(legal, True, True), (deviating, False, True), (wrong, False, False)]
    with open(sys.argv[1], "w") as output:
        for rows, strict, lenient in expectations:
            for name, octets in rows():
                for mode, valid in (("strict", strict), ("lenient", lenient)):
                    row = {"type": "mikey", "id": f"{name}, {mode}", "message": base64.b64encode(octets).decode(), "valid": valid, "mode": mode}
                    output.write(json.dumps(row, separators=(",", ":")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
