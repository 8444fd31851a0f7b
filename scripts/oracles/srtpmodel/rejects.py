# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Packets that must be refused, for any suite with any options."""

from .check import check_reject
from .packets import make_rr, make_rtp, make_sdes, make_sr
from .row import flip, head, new_context
from .suites import Options, is_aead, rcc_tag_length


class Rejects:
    """Collects rows; every row passes the receiving half when it is added."""

    def __init__(self, rng):
        self.rng, self.rows = rng, []

    def session(self, suite, options=None, roc=None):
        rng = self.rng
        self.context = new_context(rng, suite, options)
        self.suite, self.options = suite, options or Options()
        self.rtcp_suite = self.context.rtcp_suite
        self.ssrc = rng.bits(32)
        # A middle ROC: ROC - 1 and ROC + 1 exist as well.
        self.roc = rng.between(1, (1 << 32) - 2) if roc is None else roc

    def plain(self, seq, size=12, cc=0, extension=b"", pt=96):
        return make_rtp(self.rng, self.ssrc, seq, self.rng.octets(size), cc, extension, 0, pt)

    def rtp(self, seq, roc=None, **how):
        return self.context.protect_rtp(self.plain(seq, **how), self.roc if roc is None else roc)

    def rtcp_plain(self, small=True):
        ssrc = self.ssrc.to_bytes(4, "big")
        if small:
            return make_rr(self.rng, ssrc)
        return make_sr(self.rng, ssrc) + make_sdes(self.rng, ssrc)

    def rtcp(self, index, e_flag=1, small=True):
        return self.context.protect_rtcp(self.rtcp_plain(small), index, e_flag)

    def _add(self, row, name, packet, reason, before, after):
        field = "srtp" if "roc" in row else "srtcp"
        row["id"] = "reject-%04d %s %s %s" % (len(self.rows) + 1, self.suite.short, field, name)
        row[field] = packet.hex()
        if before:
            row["before"] = [p.hex() for p in before]
        if after is not None:
            row["after"] = after.hex()
        if reason is not None:
            row["reason"] = reason
        check_reject(row)  # the receiver must agree with what is claimed
        self.rows.append(row)

    def add_rtp(self, name, packet, reason, before=(), after=None):
        row = head("reject", "", self.context, self.ssrc)
        row["roc"] = self.roc
        self._add(row, name, packet, reason, before, after)

    def add_rtcp(self, name, packet, reason, before=(), after=None):
        row = head("reject", "", self.context, self.ssrc)
        self._add(row, name, packet, reason, before, after)

    def _trailer(self, seq):
        """Octets of the SRTP tag field behind the MKI."""
        if self.options.rcc:
            return rcc_tag_length(self.options.rcc, seq)
        return 0 if is_aead(self.suite) else self.suite.rtp_tag

    # -- SRTP ---------------------------------------------------------------

    def rtp_flips(self, suite, options=None, seq=None):
        """One bit differs in each region of a packet that is accepted after it."""
        self.session(suite, options)
        options = self.options
        seq = 2000 + 2 * self.rng.below(10000) if seq is None else seq
        extension = (b"\xbe\xde\0\x02\x12" + self.rng.octets(3) + b"\x21" + self.rng.octets(2)
                     + b"\0")
        good = self.rtp(seq, cc=2, extension=extension)
        tag, mki = self._trailer(seq), len(options.mki)
        aead = 16 if is_aead(suite) else 0
        places = [
            ("P bit", 0, 0x20), ("M bit", 1, 0x80), ("PT bit", 1, 0x01),
            ("timestamp", 5, 0x10), ("SSRC", 9, 0x80),
            ("CSRC first", 12, 0x80), ("CSRC last", 19, 0x01),
            ("extension profile", 20, 0x20), ("extension length 2 to 3", 23, 0x01),
            ("extension data first", 24, 0x80), ("extension data last", 31, 0x01),
            ("payload first", 32, 0x80), ("payload last", -tag - mki - aead - 1, 0x01)]
        if not options.rcc:  # another SEQ would move the tag
            places += [("SEQ low bit", 3, 0x01), ("SEQ high bit", 2, 0x80)]
        if aead:
            places += [("AEAD tag first", -tag - mki - 16, 0x80),
                       ("AEAD tag last", -tag - mki - 1, 0x01)]
        if mki:
            places += [("MKI first", -tag - mki, 0x80), ("MKI last", -tag - 1, 0x01)]
        if tag:
            places += [("tag first", -tag, 0x80), ("tag fourth", 3 - tag, 0x01),
                       ("tag last", -1, 0x01)]
        for name, position, mask in places:
            # Whether a receiver has, makes or lacks a context for another SSRC
            # is its own affair (3.2.3): no reason there.
            reason = "authentication"
            if name.startswith("MKI"):
                reason = "unknown-mki"
            elif name == "SSRC":
                reason = None
            self.add_rtp("flip " + name, flip(good, position, mask), reason, [], good)
        plain = self.rtp(seq, cc=2, size=40)
        # With Cryptex there is an extension, whose length is read elsewhere then.
        reason = None if options.cryptex else "authentication"
        self.add_rtp("flip CC 2 to 3", flip(plain, 0, 0x01), reason, [], plain)

    def rtp_lengths(self, suite, options=None, seq=6000):
        """The smallest packets, cut to every length."""
        self.session(suite, options)
        good = self.rtp(seq, size=2)
        tag, mki = self._trailer(seq), len(self.options.mki)
        least = 12 + tag + mki + (16 if is_aead(suite) else 0)
        for length in range(len(good)):
            reason = "unknown-mki" if mki else "authentication"
            if length < least:
                reason = "malformed"
            elif suite.mode == "DOUBLE":
                reason = None  # too short for both tags: either is right
            self.add_rtp("cut to %d of %d" % (length, len(good)), good[:length], reason)
        self.add_rtp("one octet more", good + b"\x5a", "unknown-mki" if mki else "authentication",
                     [], good)

    def rtp_malformed(self, suite, options=None):
        """Refused although the tag over these octets is right."""
        self.session(suite, options)
        good = self.plain(7000)
        for version in (0, 1, 3):
            wrong = bytes([good[0] & 0x3F | version << 6]) + good[1:]
            self.add_rtp("version %d" % version, self.context.protect_outer(wrong, self.roc),
                         "malformed")
        for name, first, rest in (
                ("CC 15, no CSRC", 15, b""), ("CC 4, list short", 4, self.rng.octets(15)),
                ("X, no extension header", 0x10, b""),
                ("X, length 2, one word", 0x10, b"\x12\x34\0\x02" + self.rng.octets(4)),
                ("X, length ffff", 0x10, b"\x12\x34\xff\xff" + self.rng.octets(12))):
            packet = bytes([0x80 | first]) + good[1:12] + rest
            self.add_rtp(name, self.context.protect_outer(packet, self.roc), "malformed", [],
                         self.context.protect_rtp(good, self.roc))

    def rtp_wrong_keys(self, suite, options=None):
        self.session(suite, options)
        plain = self.plain(4000)
        good = self.context.protect_rtp(plain, self.roc)
        for name, delta in (("sender at ROC+1", 1), ("sender at ROC-1", -1)):
            self.add_rtp(name, self.context.protect_rtp(plain, self.roc + delta),
                         "authentication", [], good)
        for name, part in (("another master key", "key"), ("another master salt", "salt")):
            other = new_context(self.rng, suite, options)
            other.master_key = self.context.master_key if part == "salt" else other.master_key
            other.master_salt = self.context.master_salt if part == "key" else other.master_salt
            self.add_rtp(name, other.protect_rtp(plain, self.roc), "authentication", [], good)
        zeros = 16 if is_aead(suite) else suite.rtp_tag
        if not self.options.mki and not self.options.rcc:
            self.add_rtp("tag of zeros", good[:-zeros] + bytes(zeros), "authentication", [], good)

    def rtp_replays(self, suite, options=None):
        def case(name, received, seq, again, after, make=None, reason="replayed"):
            """`received` are accepted; then `seq` comes: a copy when `again`, a
            packet never seen otherwise. Entries may be (ROC delta, SEQ)."""
            self.session(suite, options)
            sent = {}

            def packet(entry):
                delta, number = entry if isinstance(entry, tuple) else (0, entry)
                if entry not in sent:
                    sent[entry] = self.rtp(number, self.roc + delta, size=4)
                return sent[entry]

            before = [packet(entry) for entry in received]
            one = packet(seq)
            if not again:
                del sent[seq]
                one = packet(seq)
            self.add_rtp(name, make(one) if make else one, reason, before, packet(after))

        case("identical", [8000], 8000, True, 8001)
        case("same index, other payload", [8000], 8000, False, 8001)
        case("lag 127 again", [8000, 8127], 8000, True, 8001)
        case("lag 128, never received", [8200], 8072, False, 8073)
        case("over the wrap, late one again", [65530, (1, 3)], 65530, True, 65531)
        case("SEQ wrapped, ROC not", [(0, 65530)], (0, 3), True, (1, 3), None, "authentication")
        case("forged far ahead", [1000], 30000, True, 1001, lambda p: flip(p, 12),
             "authentication")

    # -- SRTCP --------------------------------------------------------------

    def rtcp_flips(self, suite, options=None):
        self.session(suite, options)
        index = 1000 + 2 * self.rng.below(1 << 20)
        good = self.rtcp(index, 1, False)
        aead, mki = is_aead(self.rtcp_suite), len(self.options.mki)
        tag = 0 if aead else self.rtcp_suite.rtcp_tag
        word = -tag - mki - 4
        places = [
            # A stricter parser may stop at these before it reaches the tag.
            ("P bit", 0, 0x20, None), ("RC bit", 0, 0x01, None), ("PT bit", 1, 0x01, None),
            ("length bit", 3, 0x01, None), ("SSRC", 5, 0x80, None),
            ("ninth octet", 8, 0x80, "authentication"),
            ("sender info last", 27, 0x01, "authentication"),
            ("last octet", word - 1 - (16 if aead else 0), 0x01, "authentication"),
            ("E bit", word, 0x80, "authentication"),
            ("index high bit", word, 0x40, "authentication"),
            ("index low bit", word + 3, 0x01, "authentication")]
        if aead:
            places += [("AEAD tag first", word - 16, 0x80, "authentication"),
                       ("AEAD tag last", word - 1, 0x01, "authentication")]
        if mki:
            places += [("MKI first", word + 4, 0x80, "unknown-mki"),
                       ("MKI last", -tag - 1, 0x01, "unknown-mki")]
        if tag:
            places += [("tag first", -tag, 0x80, "authentication"),
                       ("tag last", -1, 0x01, "authentication")]
        for name, position, mask, reason in places:
            self.add_rtcp("flip " + name, flip(good, position, mask), reason, [], good)
        if self.rtcp_suite.mode != "NULL":
            clear = self.rtcp(index, 0, False)
            self.add_rtcp("E=0 made 1", flip(clear, word, 0x80), "authentication", [], good)

    def rtcp_lengths(self, suite, options=None):
        self.session(suite, options)
        good = self.rtcp(77)
        mki = len(self.options.mki)
        # The smallest RTCP packet: each cut is under the minimum.
        for length in range(len(good)):
            self.add_rtcp("cut to %d of %d" % (length, len(good)), good[:length], "malformed")
        longer = self.rtcp(78, 1, False)
        self.add_rtcp("cut by one word", longer[:-4],
                      "unknown-mki" if mki else "authentication", [], longer)
        self.add_rtcp("one octet more", longer + b"\x5a", None, [], longer)

    def rtcp_others(self, suite, options=None):
        def case(name, received, index, again, after, reason="replayed"):
            self.session(suite, options)
            sent = {number: self.rtcp(number) for number in set(received) | {index, after}}
            self.add_rtcp(name, sent[index] if again else self.rtcp(index), reason,
                          [sent[number] for number in received], sent[after])

        case("identical", [500], 500, True, 501)
        case("index 0 again", [0], 0, True, 1)
        case("last index again", [0x7FFFFFFF], 0x7FFFFFFF, True, 0x7FFFFFFE)
        case("same index, other content", [500], 500, False, 501)
        case("lag 127 again", [500, 627], 500, True, 501)
        case("lag 128, never received", [628], 500, False, 501)
        self.session(suite, options)
        self.add_rtcp("forged far ahead", flip(self.rtcp(1 << 30, 1, False), 8), "authentication",
                      [self.rtcp(500)], self.rtcp(501))
        self.session(suite, options)
        good = self.rtcp(9)
        other = new_context(self.rng, suite, options)
        self.add_rtcp("another master key", other.protect_rtcp(self.rtcp_plain(), 9),
                      "authentication", [], good)
        version = bytes([0x40]) + self.rtcp_plain()[1:]
        self.add_rtcp("version 1", self.context.protect_rtcp(version, 9), "malformed", [], good)
        if self.rtcp_suite.mode == "NULL":
            return
        # E=0 although the policy wants encryption. The tag is right; the index
        # is not spent, so that the same index with E=1 is accepted after it.
        self.add_rtcp("E=0, valid", self.rtcp(9, 0), "encryption-required", [], good)
        self.add_rtcp("E=0, valid, late", self.rtcp(38, 0, False), "encryption-required",
                      [self.rtcp(40)], self.rtcp(38))
        self.add_rtcp("E=0, altered", flip(self.rtcp(9, 0, False), 8), "authentication", [], good)
