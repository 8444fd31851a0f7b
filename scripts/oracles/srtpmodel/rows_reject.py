# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of srtp-reject.jsonl: the suites of RFC 3711, without options."""

from .check import check_reject
from .packets import make_rr, make_rtp, make_sdes, make_sr
from .row import flip, head, new_context
from .sender import LABEL_RTCP_AUTH, LABEL_RTP_AUTH, hmac_sha1, kdf
from .suites import RFC_3711_SUITES, SUITES


class RejectRows:
    """Collects the rows of srtp-reject.jsonl."""

    def __init__(self, rng):
        self.rng, self.rows = rng, []

    def session(self, suite, roc=None, ssrc=None):
        rng = self.rng
        self.context = new_context(rng, suite)
        self.ssrc = rng.bits(32) if ssrc is None else ssrc
        # A middle ROC: ROC - 1 and ROC + 1 exist as well.
        self.roc = rng.between(1, (1 << 32) - 2) if roc is None else roc

    def plain(self, seq, size=40, cc=0, extension=b"", pt=96):
        return make_rtp(self.rng, self.ssrc, seq, self.rng.octets(size), cc, extension, 0, pt)

    def rtp(self, seq, roc=None, **how):
        return self.context.protect_rtp(self.plain(seq, **how), self.roc if roc is None else roc)

    def rtp_tagged(self, authenticated):
        """A correct tag over octets that need not be a packet."""
        index = (self.roc << 16) | int.from_bytes(authenticated[2:4], "big")
        return authenticated + self.context.rtp_tag(authenticated, index)

    def rtcp(self, index, e_flag=1, kind="sr"):
        ssrc = self.ssrc.to_bytes(4, "big")
        packet = {"sr": lambda: make_sr(self.rng, ssrc) + make_sdes(self.rng, ssrc),
                  "rr8": lambda: make_rr(self.rng, ssrc)}[kind]()
        return self.context.protect_rtcp(packet, index, e_flag)

    def _add(self, row, name, field, packet, reason, before, after):
        row["id"] = "reject-%04d %s %s" % (len(self.rows) + 1, self.context.suite.short, name)
        row[field] = packet.hex()
        if before:
            row["before"] = [p.hex() for p in before]
        if after is not None:
            row["after"] = after.hex()
        if reason is not None:
            row["reason"] = reason
        check_reject(row)  # the receiver must agree with what is claimed
        self.rows.append(row)

    def add_rtp(self, name, seq, packet, reason, before=(), after=None):
        row = head("reject", "", self.context, self.ssrc)
        row["roc"], row["seq"] = self.roc, seq
        self._add(row, "srtp " + name, "srtp", packet, reason, before, after)

    def add_rtcp(self, name, index, e_flag, packet, reason, before=(), after=None):
        row = head("reject", "", self.context, self.ssrc)
        row["index"], row["e_flag"] = index, e_flag
        self._add(row, "srtcp " + name, "srtcp", packet, reason, before, after)

    # -- SRTP ---------------------------------------------------------------

    def rtp_flips(self, suite):
        """One bit differs from a packet that is accepted afterwards."""
        tag = suite.rtp_tag
        # Layout: 12 header, 12 CSRC, 4 + 8 extension, 40 payload, tag.
        places = (
            ("P bit", 0, 0x20), ("X bit off", 0, 0x10), ("CC 3 to 2", 0, 0x01),
            ("CC 3 to 11", 0, 0x08), ("M bit", 1, 0x80), ("PT bit", 1, 0x01),
            ("SEQ low bit", 3, 0x01), ("SEQ bit 5", 3, 0x20), ("SEQ high bit", 2, 0x80),
            ("timestamp first bit", 4, 0x80), ("timestamp last bit", 7, 0x01),
            ("SSRC first bit", 8, 0x80), ("SSRC last bit", 11, 0x01),
            ("CSRC first octet", 12, 0x80), ("CSRC last octet", 23, 0x01),
            ("extension profile", 24, 0x01), ("extension length 2 to 3", 27, 0x01),
            ("extension data first", 28, 0x80), ("extension data last", 35, 0x01),
            ("payload first", 36, 0x80), ("payload middle", 56, 0x10),
            ("payload last", -tag - 1, 0x01),
            ("tag first", -tag, 0x80), ("tag middle", -tag // 2, 0x10), ("tag last", -1, 0x01),
        )
        for number, (name, position, mask) in enumerate(places):
            self.session(suite)
            seq = 2000 + 2 * self.rng.below(10000)
            extension = b"\x12\x34\x00\x02" + self.rng.octets(8)
            # SEQ -> another SEQ must not hit a received one: `before` is 400 behind.
            before = [self.rtp(seq - 400)] if number % 2 else []
            # With another CC the rest must still parse: no extension there.
            good = self.rtp(seq, cc=3, extension=b"" if name.startswith("CC") else extension)
            # Whether a receiver has, makes or lacks a context for another
            # SSRC is its own affair (3.2.3): no reason there.
            reason = None if name.startswith("SSRC") else "authentication"
            self.add_rtp("flip " + name, seq, flip(good, position, mask), reason, before, good)
        # Without an extension, X=1 takes the payload for one: 0xffff words.
        self.session(suite)
        body = self.plain(700)[:12] + b"\xff" * 40
        good = self.rtp_tagged(body)  # only the header parse matters here
        self.add_rtp("flip X bit on, length ffff", 700, flip(good, 0, 0x10), "malformed",
                     [], self.rtp(701))
        # Two flips, both outside what the other checks cover.
        self.session(suite)
        good = self.rtp(900)
        self.add_rtp("payload first and tag first", 900, flip(flip(good, 12), -tag),
                     "authentication", [self.rtp(899)], good)

    def rtp_wrong_keys(self, suite):
        """Right in form, with a tag made from something else."""
        n = suite.rtp_tag
        for name, delta in (("ROC+1", 1), ("ROC-1", -1)):
            self.session(suite)
            packet = self.plain(4000)
            self.add_rtp("sender at " + name, 4000,
                         self.context.protect_rtp(packet, self.roc + delta), "authentication",
                         [], self.context.protect_rtp(packet, self.roc))
        for name, roc, other in (("ROC 0, sender at 1", 0, 1), ("ROC 1, sender at 0", 1, 0),
                                 ("ROC differs in the high half", 0x00010001, 0x80010001)):
            self.session(suite, roc)
            packet = self.plain(4100)
            self.add_rtp(name, 4100, self.context.protect_rtp(packet, other), "authentication",
                         [self.rtp(4099)], self.context.protect_rtp(packet, roc))
        self.session(suite, 0x01020304)
        good = self.rtp(5000)
        portion = good[:-n]
        key = self.context.session_key(LABEL_RTP_AUTH, 20)
        rtcp_key = self.context.session_key(LABEL_RTCP_AUTH, 20)
        salt = self.context.master_salt
        other = {
            "tag without the ROC": hmac_sha1(key, portion),
            "tag with the ROC first": hmac_sha1(key, bytes.fromhex("01020304") + portion),
            "tag with a little-endian ROC": hmac_sha1(key, portion + bytes.fromhex("04030201")),
            "tag by the SRTCP key": hmac_sha1(rtcp_key, portion + bytes.fromhex("01020304")),
            "tag by the master key":
                hmac_sha1(self.context.master_key, portion + bytes.fromhex("01020304")),
            "right-most octets of the HMAC":
                hmac_sha1(key, portion + bytes.fromhex("01020304"))[-n:],
            "tag of zeros": bytes(20),
            "tag by another master salt": hmac_sha1(
                kdf(self.context.master_key, flip(salt, 13), LABEL_RTP_AUTH, 20),
                portion + bytes.fromhex("01020304")),
            "tag by another master key": hmac_sha1(
                kdf(flip(self.context.master_key, 0), salt, LABEL_RTP_AUTH, 20),
                portion + bytes.fromhex("01020304")),
        }
        for number, (name, tag) in enumerate(other.items()):
            before = [self.rtp(4998), self.rtp(4999)] if number % 2 else []
            self.add_rtp(name, 5000, portion + tag[:n], "authentication", before, good)

    def rtp_lengths(self, suite):
        tag = suite.rtp_tag
        self.session(suite)
        good = self.rtp(6000)
        total = len(good)
        for name, length, reason in (
                ("cut by one octet", total - 1, "authentication"),
                ("cut by the tag", total - tag, "authentication"),
                ("cut to header and tag size", 12 + tag, "authentication"),
                ("cut to one octet under the minimum", 11 + tag, "malformed"),
                ("cut to the header", 12, "malformed"),
                ("cut to 11 octets", 11, "malformed"),
                ("cut to 4 octets", 4, "malformed"),
                ("cut to one octet", 1, "malformed"),
                ("empty", 0, "malformed")):
            self.add_rtp(name, 6000, good[:length], reason, [], good)
        self.add_rtp("one octet more", 6000, good + b"\0", "authentication", [], good)
        self.add_rtp("first payload octet missing", 6000, good[:12] + good[13:],
                     "authentication", [], good)
        # An empty payload: one octet less cuts into the fixed header's room.
        empty = self.rtp(6001, size=0)
        self.add_rtp("empty payload, cut by one", 6001, empty[:-1], "malformed", [good], empty)

    def rtp_malformed(self, suite):
        """Refused although the tag over these octets is right."""
        for version in (0, 1, 3):
            self.session(suite)
            packet = self.plain(7000)
            wrong = bytes([packet[0] & 0x3F | version << 6]) + packet[1:]
            self.add_rtp("version %d" % version, 7000, self.rtp_tagged(wrong), "malformed",
                         [] if version else [self.rtp(6999)], self.rtp(7000))

        def header(first, rest):
            # The first octet is V=2 and `first`; the tag is correct.
            packet = self.plain(7100, size=0)
            return self.rtp_tagged(bytes([0x80 | first]) + packet[1:] + rest)

        random_octets = self.rng.octets
        cases = (
            ("CC 15, no CSRC", header(15, b"")),
            ("CC 1, no CSRC", header(1, b"")),
            ("CC 4, CSRC list one octet short", header(4, random_octets(15))),
            ("CC 15, list past the end", header(15, random_octets(40))),
            # 15 CSRC are 60 octets: 56 here and the first four of the tag.
            ("CC 15, list into the tag", header(15, random_octets(56))),
            ("X, no extension header", header(0x10, b"")),
            ("X, extension header of 3 octets", header(0x10, b"\xbe\xde\x00")),
            ("X, length 1, no data", header(0x10, b"\xbe\xde\x00\x01")),
            ("X, length 2, one word", header(0x10, b"\xbe\xde\x00\x02" + random_octets(4))),
            ("X, last octet in the tag", header(0x10, b"\xbe\xde\x00\x02" + random_octets(7))),
            ("X, length ffff", header(0x10, b"\xbe\xde\xff\xff" + random_octets(60))),
            ("X, length 4000", header(0x10, b"\x10\x00\x40\x00" + random_octets(60))),
            ("X, length 8000", header(0x10, b"\x10\x00\x80\x00" + random_octets(60))),
            ("CC 2 and X, extension past the end",
             header(0x12, random_octets(8) + b"\x12\x34\x00\x03" + random_octets(8))),
            ("CC 2 and X, CSRC list ends the packet", header(0x12, random_octets(8))),
        )
        for number, (name, packet) in enumerate(cases):
            before = [self.rtp(7099)] if number % 2 else []
            self.add_rtp(name, 7100, packet, "malformed", before, self.rtp(7100))

    def rtp_replays(self, suite):
        def case(name, received, seq, again, after, make=None, roc=None, reason="replayed"):
            """`received` are accepted; then `seq` comes: a copy when `again`,
            a packet never seen otherwise. Entries may be (ROC delta, SEQ)."""
            self.session(suite, roc)
            sent = {}

            def packet(entry):
                delta, number = entry if isinstance(entry, tuple) else (0, entry)
                if entry not in sent:
                    sent[entry] = self.rtp(number, self.roc + delta)
                return sent[entry]

            before = [packet(entry) for entry in received]
            one = packet(seq) if again else self.rtp(seq[1] if isinstance(seq, tuple) else seq,
                                                     self.roc + (seq[0] if isinstance(seq, tuple)
                                                                 else 0))
            one = make(one) if make else one
            number = seq[1] if isinstance(seq, tuple) else seq
            self.add_rtp(name, number, one, reason, before,
                         None if after is None else packet(after))

        case("identical", [8000], 8000, True, 8001)
        case("identical after others", [8000, 8001, 8002], 8000, True, 8003)
        case("same index, other payload", [8000], 8000, False, 8001)
        case("identical with a wrong tag", [8000], 8000, True, 8001, lambda p: flip(p, -1))
        case("received late, again", [8000, 8010, 8005], 8005, True, 8006)
        case("highest again after a late one", [8000, 8010, 8005], 8010, True, 8009)
        case("lag 1 again", [8000, 8001], 8000, True, 7999)
        case("lag 63 again", [8000, 8063], 8000, True, 8001)
        case("lag 64 again", [8000, 8064], 8000, True, 8001)
        case("lag 127 again", [8000, 8127], 8000, True, 8001)
        case("lag 128, received", [8000, 8128], 8000, True, 8001)
        case("lag 128, never received", [8200], 8072, False, 8073)
        case("lag 128, never received, wrong tag", [8200], 8072, False, 8073,
             lambda p: flip(p, -1))
        case("lag 129, never received", [8200], 8071, False, 8073)
        case("lag 1000", [9000], 8000, False, 8999)
        case("lag 32767", [32767], 0, False, 32766)
        case("lag 128 after steps", [8000, 8050, 8100, 8128, 8120], 8000, True, 8001)
        case("again after a jump by 127", [8000, 8127, 8254], 8127, True, 8128)
        case("again after a jump of 20000", [8000, 28000], 8000, True, 27999)
        case("jump of 20000, again", [8000, 28000], 28000, True, 28001)
        # Index arithmetic over the wrap of SEQ: ROC R, SEQ 50 is the top.
        case("over the wrap, identical", [65530, (1, 3)], 65530, True, 65531)
        case("over the wrap, new one again", [65530, (1, 3)], (1, 3), True, (1, 2))
        case("over the wrap, lag 127 again", [65459, (1, 50)], 65459, True, 65460)
        case("over the wrap, lag 128", [65530, (1, 50)], 65458, False, 65459)
        case("late one of the ROC before, again", [10, (-1, 65530)], (-1, 65530), True, 11)
        case("SEQ 0 at ROC 0 again", [0], 0, True, 1, None, 0)
        case("SEQ 65535 at the last ROC again", [65535], 65535, True, 65534, None, 0xFFFFFFFF)
        # 32 bits of the index are not enough for the list: equal low half,
        # but both lie far apart.
        case("ROC 0x10000, lag 128", [300], 172, False, 173, None, 0x10000)

    def rtp_index(self, suite):
        """The estimate of 3.3.1: the tag was made for another ROC, or the
        state after a forged packet is not the one before."""
        def case(name, received, seq, signed, after, roc=None, reason="authentication"):
            """`signed` and the entries of `received` and `after` are (ROC
            delta, SEQ); the packet under test is (signed, seq)."""
            self.session(suite, roc)
            before = [self.rtp(s, self.roc + d) for d, s in received]
            last = None if after is None else self.rtp(after[1], self.roc + after[0])
            self.add_rtp(name, seq, self.rtp(seq, self.roc + signed), reason, before, last)

        case("SEQ wrapped, ROC not", [(0, 65530)], 3, 0, (1, 3))
        case("65535 then 0, ROC not", [(0, 65535)], 0, 0, (1, 0))
        case("65535 then 0 by ROC+2", [(0, 65535)], 0, 2, (1, 0))
        case("late over the wrap, ROC of the new", [(0, 65530), (1, 3)], 65531, 1, (0, 65531))
        case("first 3, late 65530 with this ROC", [(0, 3)], 65530, 0, (-1, 65530))
        case("no wrap, ROC+1", [(0, 1000)], 1001, 1, (0, 1001))
        case("no wrap, ROC-1", [(0, 1000)], 1001, -1, (0, 1001))
        # Exactly 2^15 keeps the ROC both ways (strict comparison, Appendix A).
        for low in (0, 5, 32767):
            case("ahead by 2^15 from %d, ROC-1" % low, [(0, low)], low + 32768, -1,
                 (0, low + 32768))
        for high in (32768, 40000, 65535):
            case("back by 2^15 from %d, ROC+1" % high, [(0, high)], high - 32768, 1,
                 (0, high - 1), None, "replayed")
        case("back by 2^15+1 from 32769, this ROC", [(0, 32769)], 0, 0, (1, 0))
        case("back by 2^15+1 from 65535, this ROC", [(0, 65535)], 32766, 0, (1, 32766))
        case("ahead by 2^15+1 from 0, this ROC", [(0, 0)], 32769, 0, (0, 1), None, "replayed")
        # ROC 0: v = 2^32 - 1, an index no packet can have. Which check refuses
        # it is open; that 101 is still accepted is not.
        case("ROC 0, 100 then 65000", [(0, 100)], 65000, 0, (0, 101), 0, None)
        case("ROC 0, 0 then 65535", [(0, 0)], 65535, 0, (0, 1), 0, None)
        # The last ROC: the next one would be the first again.
        case("last ROC, wrap with this ROC", [(0, 65535)], 0, 0, (0, 65534), 0xFFFFFFFF, None)

        # Forged packets far ahead: neither window nor s_l nor ROC may move.
        for name, top, seq, after in (("forged far ahead, next one", 1000, 30000, (0, 1001)),
                                      ("forged far ahead, late one", 1000, 30000, (0, 999)),
                                      ("forged over the wrap", 65000, 30000, (0, 65001)),
                                      ("forged by 128 ahead, lag 127", 1000, 1128, (0, 873))):
            self.session(suite)
            forged = self.rtp(seq, self.roc + (1 if top > 32768 + seq else 0))
            self.add_rtp(name, seq, flip(forged, -1), "authentication", [self.rtp(top)],
                         self.rtp(after[1], self.roc + after[0]))
        # A forged first packet must not set s_l.
        self.session(suite)
        self.add_rtp("forged first packet, then far from it", 60000, flip(self.rtp(60000), -1),
                     "authentication", [], self.rtp(5))
        # A forged packet must not enter the list: the true one comes after it.
        self.session(suite)
        good = self.rtp(1005)
        self.add_rtp("forged inside the window, true one after", 1005, flip(good, 12),
                     "authentication", [self.rtp(1010)], good)

    # -- SRTCP --------------------------------------------------------------

    def rtcp_all(self, suite):
        tag = suite.rtcp_tag
        null = suite.mode == "NULL"

        # Flips in a packet that is accepted afterwards. The compound is an SR
        # of 28 octets and SDES; the word with the index is before the tag.
        word = -tag - 4
        places = (
            # A stricter parser may stop at these before it reaches the tag.
            ("P bit", 0, 0x20, None), ("RC bit", 0, 0x01, None), ("PT bit", 1, 0x01, None),
            ("length bit", 3, 0x01, None), ("SSRC first bit", 4, 0x80, None),
            ("SSRC last bit", 7, 0x01, None),
            ("ninth octet", 8, 0x80, "authentication"),
            ("sender info middle", 18, 0x10, "authentication"),
            ("sender info last", 27, 0x01, "authentication"),
            ("E bit", word, 0x80, "authentication"),
            ("index high bit", word, 0x40, "authentication"),
            ("index low bit", word + 3, 0x01, "authentication"),
            ("tag first", -tag, 0x80, "authentication"),
            ("tag middle", -tag // 2, 0x10, "authentication"),
            ("tag last", -1, 0x01, "authentication"),
        )
        for number, (name, position, mask, reason) in enumerate(places):
            self.session(suite)
            index = 1000 + 2 * self.rng.below(1 << 20)
            before = [self.rtcp(index - 300)] if number % 2 else []
            e_flag = number // 2 % 2 if null else 1
            good = self.rtcp(index, e_flag)
            self.add_rtcp("flip " + name, index, e_flag, flip(good, position, mask), reason,
                          before, good)
        # The flip leads to an index that was received.
        self.session(suite)
        good = self.rtcp(4)
        self.add_rtcp("index 4 changed to 5, received", 4, 1, flip(good, word + 3), "replayed",
                      [self.rtcp(5)], good)

        # Tags made from something else.
        self.session(suite)
        good = self.rtcp(77)
        portion = good[:-tag]
        key = self.context.session_key(LABEL_RTCP_AUTH, 20)
        rtp_key = self.context.session_key(LABEL_RTP_AUTH, 20)
        for name, other in (
                ("tag by the SRTP key", hmac_sha1(rtp_key, portion)),
                ("tag with a ROC", hmac_sha1(key, portion + bytes(4))),
                ("tag without the index", hmac_sha1(key, portion[:-4])),
                ("tag without the E bit", hmac_sha1(key, flip(portion, -4, 0x80))),
                ("tag of zeros", bytes(20)),
                ("tag by another master key", hmac_sha1(
                    kdf(flip(self.context.master_key, 15), self.context.master_salt,
                        LABEL_RTCP_AUTH, 20), portion))):
            self.add_rtcp(name, 77, 1, portion + other[:tag], "authentication", [], good)
        # A 32-bit SRTCP tag is never right. The octets then fall elsewhere.
        self.add_rtcp("tag of 32 bits", 77, 1, portion + hmac_sha1(key, portion)[:4], None,
                      [], good)

        # Lengths. A cut that leaves no multiple of four may be malformed to one
        # receiver and a wrong tag to another: no reason.
        total = len(good)
        for name, length, reason in (
                ("cut by one octet", total - 1, None),
                ("cut by one word", total - 4, "authentication"),
                ("cut to one octet under the minimum", 11 + tag, "malformed"),
                ("cut to 12 octets", 12, "malformed"), ("cut to 8 octets", 8, "malformed"),
                ("cut to 7 octets", 7, "malformed"), ("cut to one octet", 1, "malformed"),
                ("empty", 0, "malformed")):
            self.add_rtcp(name, 77, 1, good[:length], reason, [], good)
        self.add_rtcp("one octet more", 77, 1, good + b"\0", None, [], good)
        small = self.rtcp(78, 1, "rr8")
        self.add_rtcp("minimal packet, cut by one", 78, 1, small[:-1], "malformed", [good], small)
        # Seven octets of RTCP with a correct tag.
        index_word = (0x80000000 | 79).to_bytes(4, "big")
        short = small[:7] + index_word
        self.add_rtcp("seven octets of RTCP", 79, 1, short + self.context.rtcp_tag(short, 79),
                      "malformed", [], good)
        for version in (0, 1, 3):
            wrong = bytes([small[0] & 0x3F | version << 6]) + small[1:8] + index_word
            self.add_rtcp("version %d" % version, 79, 1,
                          wrong + self.context.rtcp_tag(wrong, 79), "malformed", [], good)

        # Replays.
        def case(name, received, index, again, after, make=None):
            self.session(suite)
            sent = {}

            def packet(number):
                if number not in sent:
                    sent[number] = self.rtcp(number)
                return sent[number]

            before = [packet(number) for number in received]
            one = packet(index) if again else self.rtcp(index)
            self.add_rtcp(name, index, 1, make(one) if make else one, "replayed", before,
                          packet(after))

        case("identical", [500], 500, True, 501)
        case("index 0 again", [0], 0, True, 1)
        case("index 1 again after 0", [0, 1], 1, True, 2)
        case("last index again", [0x7FFFFFFF], 0x7FFFFFFF, True, 0x7FFFFFFE)
        case("same index, other content", [500], 500, False, 501)
        case("identical with a wrong tag", [500], 500, True, 501, lambda p: flip(p, -1))
        case("received late, again", [500, 510, 505], 505, True, 506)
        case("highest again after a late one", [500, 510, 505], 510, True, 509)
        case("lag 127 again", [500, 627], 500, True, 501)
        case("lag 128, received", [500, 628], 500, True, 501)
        case("lag 128, never received", [628], 500, False, 501)
        case("lag 129, never received", [629], 500, False, 502)
        case("far older", [1000000], 500, False, 999999)
        case("far older, over 2^16", [0x10000 + 300], 300, False, 0x10000 + 299)
        case("older than a jump by 2^30", [10, 0x40000000], 10, True, 0x3FFFFFFF)

        # State after a forged packet.
        self.session(suite)
        self.add_rtcp("forged far ahead, next one", 1 << 30, 1, flip(self.rtcp(1 << 30), -1),
                      "authentication", [self.rtcp(500)], self.rtcp(501))
        self.session(suite)
        self.add_rtcp("forged last index, first packet after", 0x7FFFFFFF, 1,
                      flip(self.rtcp(0x7FFFFFFF), -tag), "authentication", [], self.rtcp(0))
        self.session(suite)
        good = self.rtcp(505)
        self.add_rtcp("forged inside the window, true one after", 505, 1, flip(good, 8),
                      "authentication", [self.rtcp(510)], good)

        if null:
            return
        # E=0 although the policy wants encryption. The tag is right; the index
        # is not spent, so that the same index with E=1 is accepted after it.
        for name, index, received, after in (
                ("E=0, valid", 40, [], 40), ("E=0, valid, index 0", 0, [], 0),
                ("E=0, valid, after others", 42, [40, 41], 42),
                ("E=0, valid, far ahead", 0x7FFFFFFF, [40], 41),
                ("E=0, valid, late", 38, [40], 38)):
            self.session(suite)
            before = [self.rtcp(number) for number in received]
            self.add_rtcp(name, index, 0, self.rtcp(index, 0), "encryption-required", before,
                          self.rtcp(after))
        self.session(suite)
        self.add_rtcp("E=0, valid, minimal", 9, 0, self.rtcp(9, 0, "rr8"), "encryption-required",
                      [], self.rtcp(9, 1, "rr8"))
        self.session(suite)
        self.add_rtcp("E=0, wrong tag", 40, 0, flip(self.rtcp(40, 0), -1), "authentication",
                      [], self.rtcp(40))
        self.session(suite)
        # Replayed and in clear: which of the two is named is open.
        self.add_rtcp("E=0, valid, index received", 40, 0, self.rtcp(40, 0), None,
                      [self.rtcp(40)], self.rtcp(41))


def reject_rows(rng):
    rows = RejectRows(rng)
    for suite in RFC_3711_SUITES:
        for part in (rows.rtp_flips, rows.rtp_wrong_keys, rows.rtp_lengths, rows.rtp_malformed,
                     rows.rtp_replays, rows.rtp_index, rows.rtcp_all):
            part(suite)
    for ssrc in (0, 0xFFFFFFFF):  # as valid as any other
        rows.session(SUITES["AES_CM_128_HMAC_SHA1_80"], None, ssrc)
        good = rows.rtp(20)
        rows.add_rtp("SSRC %08x, identical" % ssrc, 20, good, "replayed", [good], rows.rtp(21))
        good = rows.rtcp(20)
        rows.add_rtcp("SSRC %08x, identical" % ssrc, 20, 1, good, "replayed", [good],
                      rows.rtcp(21))
    return rows.rows
