# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What all row generators share."""

import collections

from .sender import Context


def new_context(rng, suite, options=None):
    return Context(suite, rng.octets(suite.key_len), rng.octets(suite.salt_len), options)


def head(kind, name, context, ssrc):
    row = collections.OrderedDict()
    row["type"], row["id"], row["suite"] = kind, name, context.suite.name
    row["master_key"], row["master_salt"] = context.master_key.hex(), context.master_salt.hex()
    row["ssrc"] = "%08x" % ssrc
    context.options.into_row(row)
    return row


def restored_rtp(context, rtp):
    """What the receiver gets: Cryptex leaves an empty extension behind where
    there was none (RFC 9335 5.2)."""
    if context.options.cryptex and rtp[0] & 15 and not rtp[0] & 0x10:
        end = 12 + 4 * (rtp[0] & 15)
        return bytes([rtp[0] | 0x10]) + rtp[1:end] + b"\xbe\xde\0\0" + rtp[end:]
    return rtp


def rtp_row(name, context, rtp, roc):
    row = head("rtp", name, context, int.from_bytes(rtp[8:12], "big"))
    row["roc"], row["seq"] = roc, int.from_bytes(rtp[2:4], "big")
    row["rtp"], row["srtp"] = rtp.hex(), context.protect_rtp(rtp, roc).hex()
    after = restored_rtp(context, rtp)
    if after != rtp:
        row["rtp_out"] = after.hex()
    return row


def rtcp_row(name, context, rtcp, index, e_flag):
    row = head("rtcp", name, context, int.from_bytes(rtcp[4:8], "big"))
    row["index"], row["e_flag"] = index, e_flag
    row["rtcp"] = rtcp.hex()
    row["srtcp"] = context.protect_rtcp(rtcp, index, e_flag).hex()
    return row


def flip(packet, position, mask=1):
    """`packet` with some bits of one octet inverted (a negative position
    counts from the end)."""
    out = bytearray(packet)
    out[position] ^= mask
    return bytes(out)
