#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Synthetic RTP streams and what a receiver must count of them, from the text of RFC 3550 appendices A.1, A.3 and A.8.

usage: scripts/oracles/rtp_statistics.py [--streams N] [--seed S]

Prints one JSON object a line. It shares no code with the product. Of a stream:

  packets   hex, 20 digits a packet in order of arrival: sequence number, RTP timestamp, arrival in timestamp units
  reports   [packets before it, fraction lost, cumulative lost, extended highest sequence number, jitter]: report blocks
  the rest  the counts after the last packet

Readings of what the text leaves open: numbers are compared modulo 2^16 on probation too (the C code would compare 0 with
65536); a packet counts for the jitter when update_seq returns 1, in order of arrival; where counts begin anew, so does
the jitter; a fraction of 256/256 is 255; the extended highest number is given modulo 2^32.
"""
import argparse
import json
import random

RTP_SEQ_MOD = 1 << 16
MAX_DROPOUT = 3000
MAX_MISORDER = 100


class Source:
    """The struct `source` of the appendix, and the routines on it."""

    def __init__(self, min_sequential):
        self.min_sequential = min_sequential
        self.probation = None
        self.max_seq = 0
        self.valid = False
        self.duplicates = self.reordered = self.restarts = self.refused = 0

    def init_seq(self, seq):
        self.base_seq = self.max_seq = seq
        self.bad_seq = RTP_SEQ_MOD + 1
        self.cycles = 0
        self.received = self.received_prior = self.expected_prior = 0
        self.jitter = 0
        self.transit = None
        self.seen = set()
        self.duplicates = self.reordered = 0
        self.valid = True

    def update_seq(self, seq):
        if self.probation is None:  # heard for the first time
            self.max_seq = (seq - 1) % RTP_SEQ_MOD
            self.probation = self.min_sequential
        udelta = (seq - self.max_seq) % RTP_SEQ_MOD
        if self.probation:
            if seq == (self.max_seq + 1) % RTP_SEQ_MOD:
                self.probation -= 1
                self.max_seq = seq
                if self.probation == 0:
                    self.init_seq(seq)
                    self.count(0)
                    return True
            else:
                self.probation = self.min_sequential - 1
                self.max_seq = seq
            self.refused += 1
            return False
        late = 0
        if udelta < MAX_DROPOUT:
            if seq < self.max_seq:
                self.cycles += RTP_SEQ_MOD
            self.max_seq = seq
        elif udelta <= RTP_SEQ_MOD - MAX_MISORDER:
            if seq == self.bad_seq:
                self.init_seq(seq)
                self.restarts += 1
            else:
                self.bad_seq = (seq + 1) & (RTP_SEQ_MOD - 1)
                self.refused += 1
                return False
        else:
            late = RTP_SEQ_MOD - udelta
        self.count(late)
        return True

    def count(self, late):
        """Beyond the appendix: every number ever counted is remembered, to tell duplicates from late packets."""
        number = self.cycles + self.max_seq - late
        if number in self.seen:
            self.duplicates += 1
        elif late:
            self.reordered += 1
        self.seen.add(number)
        self.received += 1

    def arrive(self, seq, timestamp, arrival):
        if not self.update_seq(seq):
            return
        transit = (arrival - timestamp) & 0xFFFFFFFF
        if self.transit is not None:
            d = (transit - self.transit) & 0xFFFFFFFF
            d = d - (1 << 32) if d >> 31 else d
            self.jitter += abs(d) - ((self.jitter + 8) >> 4)
        self.transit = transit

    @property
    def expected(self):
        return self.cycles + self.max_seq - self.base_seq + 1

    def report(self):
        expected_interval = self.expected - self.expected_prior
        received_interval = self.received - self.received_prior
        self.expected_prior, self.received_prior = self.expected, self.received
        lost_interval = expected_interval - received_interval
        fraction = 0
        if expected_interval != 0 and lost_interval > 0:
            fraction = min(255, (lost_interval << 8) // expected_interval)
        lost = max(-0x800000, min(0x7FFFFF, self.expected - self.received))
        return [fraction, lost, (self.cycles + self.max_seq) & 0xFFFFFFFF, (self.jitter >> 4) & 0xFFFFFFFF]


def sent_packets(draw, count):
    """What a sender sends: [sequence number, timestamp, time] with wraps near, talkspurts, fragments and restarts."""
    sequence = draw.choice([0, 1, 65533, 65534, 65535, draw.randrange(65536), 65536 - draw.randrange(1, 150)])
    timestamp = draw.choice([0, 0xFFFFFFF0, 0x7FFFFFC0, draw.randrange(1 << 32)])
    step = draw.choice([80, 160, 960, 3000, 6000])
    time = draw.randrange(1 << 32)
    fragments = draw.random() < 0.3
    restarts = {draw.randrange(1, count)} if draw.random() < 0.25 else set()
    jumps = {draw.randrange(1, count): draw.choice([2999, 3000, 3001, 32768, 65436, 65437, -99, -100, -101, 20000])} if draw.random() < 0.25 else {}
    packets = []
    for position in range(count):
        if position in restarts:
            sequence, timestamp = draw.randrange(65536), draw.randrange(1 << 32)
        if position in jumps:
            sequence += jumps[position]
        packets.append([sequence % 65536, timestamp % (1 << 32), time])
        sequence += 1
        if not fragments or draw.random() < 0.4:
            timestamp += step
            time += step
        if draw.random() < 0.01:
            silence = step * draw.randrange(1500)
            timestamp += silence
            time += silence
    return packets


def arrived_packets(draw, packets):
    """What the network makes of them: loss alone and in bursts, delay, reordering and duplicates."""
    loss = draw.choice([0, 0, 0.02, 0.2, 0.6])
    duplication = draw.choice([0, 0, 0.05, 0.4])
    delay = draw.choice([0, 20, 400, 20000])
    shuffle = draw.choice([0, 0, 3, 30, 120])
    arrivals, burst = [], 0
    for position, (sequence, timestamp, time) in enumerate(packets):
        if burst == 0 and draw.random() < 0.01:
            burst = draw.randrange(1, 20)
        if burst > 0 or draw.random() < loss:
            burst = max(0, burst - 1)
            continue
        copies = 1 + (draw.random() < duplication) + (draw.random() < duplication / 4)
        for _ in range(copies):
            place = position + (draw.randrange(shuffle + 1) if shuffle and draw.random() < 0.2 else 0)
            arrivals.append((place, draw.random(), sequence, timestamp, time + draw.randrange(delay + 1)))
    arrivals.sort(key=lambda arrival: arrival[:2] if shuffle else arrival[0])
    late, result = 0, []
    for _, _, sequence, timestamp, time in arrivals:
        late = max(late, time) if shuffle else time
        result.append((sequence, timestamp, late & 0xFFFFFFFF))
    return result


def stream(seed, number, longest):
    draw = random.Random(f"{seed}/{number}")
    packets = arrived_packets(draw, sent_packets(draw, draw.randrange(2, longest)))
    min_sequential = draw.choice([1, 2, 2, 2, 3, 5])
    source = Source(min_sequential)
    reports = []
    for position, packet in enumerate(packets, start=1):
        source.arrive(*packet)
        if source.valid and draw.random() < 0.04:
            reports.append([position] + source.report())
    row = {
        "id": f"{seed}/{number}",
        "min_sequential": min_sequential,
        "packets": "".join(f"{sequence:04x}{timestamp:08x}{arrival:08x}" for sequence, timestamp, arrival in packets),
        "reports": reports,
        "valid": source.valid,
        "refused": source.refused,
    }
    if source.valid:
        row.update(
            base=source.base_seq, extended=source.cycles + source.max_seq, expected=source.expected,
            received=source.received, lost=source.expected - source.received, duplicates=source.duplicates,
            reordered=source.reordered, restarts=source.restarts, scaled_jitter=source.jitter)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=60, help="how many (default 60)")
    parser.add_argument("--seed", type=int, default=3550, help="of the random choices (default 3550)")
    parser.add_argument("--longest", type=int, default=160, help="packets sent in a stream, at most (default 160)")
    arguments = parser.parse_args()
    for number in range(arguments.streams):
        print(json.dumps(stream(arguments.seed, number, arguments.longest), separators=(",", ":")))


if __name__ == "__main__":
    main()
