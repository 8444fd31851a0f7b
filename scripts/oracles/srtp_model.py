#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""An independent model of SRTP and SRTCP, written from the texts of the RFCs.

It shares no code with the Swift package and was written without reading it.
Python 3.9 or later, standard library only.

    srtp_model.py --out DIR [--seed N]   write the test vector files into DIR
    srtp_model.py --check FILE...        verify the rows of such files
    srtp_model.py --self-test            known answers only

What it holds, and how it reads what the RFCs leave open, is in
srtpmodel/__init__.py.
"""

import argparse
import functools
import json
import os
import sys

from srtpmodel.check import check_file
from srtpmodel.known_answers import self_test
from srtpmodel.rng import Rng
from srtpmodel.rows_cryptex import cryptex_rows
from srtpmodel.rows_kdf import all_kdf_rows, kdf_rows
from srtpmodel.rows_kdr import kdr_rows
from srtpmodel.rows_mki import mki_rows
from srtpmodel.rows_rcc import rcc_rows
from srtpmodel.rows_reject import reject_rows
from srtpmodel.rows_rfc3711 import protect_rows
from srtpmodel.rows_rfc6904 import libsrtp_rows, rfc6904_rows
from srtpmodel.rows_rtcp_suite import rtcp_suite_rows
from srtpmodel.rows_suites import NEW_SUITES, suite_rows

# Name, number of the random stream, generator. Each file has its own stream: a
# change in one leaves the others alone.
FILES = [
    ("srtp-rfc3711.jsonl", 0, protect_rows), ("srtp-reject.jsonl", 1, reject_rows),
    ("kdf-aes-cm.jsonl", 2, kdf_rows), ("kdf-all.jsonl", 3, all_kdf_rows),
    ("option-mki.jsonl", 10, mki_rows), ("option-kdr.jsonl", 11, kdr_rows),
    ("option-cryptex.jsonl", 12, cryptex_rows), ("option-rfc6904.jsonl", 13, rfc6904_rows),
    ("option-rfc6904-libsrtp.jsonl", 14, libsrtp_rows), ("option-rcc.jsonl", 15, rcc_rows),
    ("option-rtcp-suite.jsonl", 16, rtcp_suite_rows)]
FILES += [("suite-%s.jsonl" % suite.name.lower().replace("_", "-"), 100 + number,
           functools.partial(suite_rows, suite=suite)) for number, suite in enumerate(NEW_SUITES)]


def generate(directory, seed):
    os.makedirs(directory, exist_ok=True)
    for name, stream, make in FILES:
        rows = make(Rng(seed * 1000 + stream))
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii", newline="\n") as out:
            for row in rows:
                out.write(json.dumps(row, separators=(",", ":")) + "\n")
        report(name, check_file(path))


def report(name, counts):
    print("%s: %s, all verified"
          % (name, ", ".join("%d %s" % (n, kind) for kind, n in sorted(counts.items()))))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="An independent model of SRTP.")
    parser.add_argument("--out", metavar="DIR", help="write the test vector files there")
    parser.add_argument("--seed", type=int, default=3711, help="default: 3711")
    parser.add_argument("--check", metavar="FILE", nargs="+", help="verify the rows of files")
    parser.add_argument("--self-test", action="store_true", help="known answers only")
    options = parser.parse_args(arguments)
    if not (options.out or options.check or options.self_test):
        parser.error("one of --out, --check and --self-test is needed")
    self_test()
    if options.out:
        generate(options.out, options.seed)
    for path in options.check or ():
        report(os.path.basename(path), check_file(path))
    if options.self_test:
        print("known answers: all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
