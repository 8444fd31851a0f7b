# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Short packets and counters in which every special value comes up."""

from .packets import EXTENSION_KINDS, RTCP_KINDS, make_extension, make_rtcp, make_rtp
from .rng import Deck

_SIZES = (0, 0, 1, 15, 16, 17, 31, 32, 33, 48, 63, 64) + (None,) * 12
_SEQS = (0, 65535, 32767, 32768) + (None,) * 6
_ROCS = (0, 0, 1, 0xFFFF, 0xFFFFFFFF) + (None,) * 3
_SSRCS = (0, 0xFFFFFFFF) + (None,) * 12
_COUNTS = (0,) * 8 + (1, 2, 3, 15)
_INDICES = (0, 1, 0x7FFFFFFF) + (None,) * 4
_RTCP_KINDS = tuple(kind for kind in RTCP_KINDS if kind != "long")
_LONG_EVERY = 70  # one packet of 1200 octets among so many


class Draw:
    """Draws plain packets; each special value comes before any comes again."""

    def __init__(self, rng):
        self.rng, self._number = rng, 0
        self._kinds, self._sizes, self._seqs, self._rocs, self._ssrcs, self._counts = [
            Deck(rng, items) for items in
            (EXTENSION_KINDS, _SIZES, _SEQS, _ROCS, _SSRCS, _COUNTS)]
        self._rtcp_kinds, self._indices = Deck(rng, _RTCP_KINDS), Deck(rng, _INDICES)

    def roc(self):
        roc = self._rocs.draw()
        return self.rng.bits(32) if roc is None else roc

    def seq(self):
        seq = self._seqs.draw()
        return self.rng.bits(16) if seq is None else seq

    def ssrc(self):
        ssrc = self._ssrcs.draw()
        return self.rng.bits(32) if ssrc is None else ssrc

    def index(self):
        index = self._indices.draw()
        return self.rng.bits(31) if index is None else index

    def rtp(self, seq=None, cc=None, extension=None, name=""):
        """A name and a packet. `extension`: octets, or None for a drawn one."""
        rng = self.rng
        self._number += 1
        if extension is None:
            kind = self._kinds.draw()
            extension = make_extension(rng, kind)
            name += "" if kind == "none" else " ext-" + kind
        size = self._sizes.draw()
        if self._number % _LONG_EVERY == 0:
            size = 1200
        size = rng.between(1, 64) if size is None else size
        cc = self._counts.draw() if cc is None else cc
        seq = self.seq() if seq is None else seq
        padding = rng.between(1, min(size, 255)) if size and rng.below(8) == 0 else 0
        packet = make_rtp(rng, self.ssrc(), seq, rng.octets(size - padding), cc, extension,
                          rng.below(2), None, padding)
        return "cc%d len%d%s%s" % (cc, size, " padding" if padding else "", name), packet

    def rtcp(self):
        kind = self._rtcp_kinds.draw()
        return kind, make_rtcp(self.rng, self.ssrc(), kind)

    def e_flag(self):
        return 0 if self.rng.below(3) == 0 else 1
