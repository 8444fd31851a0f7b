# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What is published: MIKEY itself has no vectors, its parts have."""

from srtpmodel.known_answers import same, self_test as srtp_self_test

from .ciphers import unwrap, wrap
from .prf import DIGITS_OF_E, _hmac_reference


def _digits_of_e(count):
    """The digits behind the point: the sum of 1/n!."""
    scale = 10 ** (count + 10)
    total, term, n = 0, scale, 1
    while term:
        total, term, n = total + term, term // n, n + 1
    return str(total)[1:count + 1]


def self_test():
    srtp_self_test()  # AES and counter mode
    digits = _digits_of_e(9 * len(DIGITS_OF_E))
    for number, constant in enumerate(DIGITS_OF_E):
        same("digits of e", constant.to_bytes(4, "big"),
             "%08x" % int(digits[9 * number:9 * number + 9]))
    # RFC 2202 case 2, RFC 4231 case 2.
    for digest, want in (("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
                         ("sha256", "5bdcc146bf60754e6a042426089575c7"
                                    "5a003f089d2739839dec58b964ec3843")):
        same("HMAC", _hmac_reference(digest, b"Jefe", b"what do ya want for nothing?"), want)
    # RFC 3394 4.1 and 4.6.
    data = bytes.fromhex("00112233445566778899aabbccddeeff")
    for kek, data, want in (
            (bytes(range(16)), data, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
            (bytes(range(32)), data + bytes(range(16)),
             "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21")):
        same("AES key wrap", wrap(kek, b"\xa6" * 8, data), want)
        same("AES key unwrap", unwrap(kek, b"\xa6" * 8, bytes.fromhex(want)), data.hex())
