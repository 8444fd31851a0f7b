#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""An independent model of MIKEY's derivations and pre-shared key exchanges,
written from the texts of the RFCs.

It shares no code with the Swift package and was written without reading it.
Python 3.9 or later, standard library only.

    mikey_model.py --out DIR [--seed N]   write the test vector files into DIR
    mikey_model.py --check FILE...        verify the rows of such files
    mikey_model.py --self-test            known answers only

What it holds, and how it reads what the RFCs leave open, is in
mikeymodel/__init__.py.
"""

import argparse
import json
import os
import sys

from mikeymodel.check import check_file
from mikeymodel.known_answers import self_test
from mikeymodel.rows_exchange import exchange_rows
from mikeymodel.rows_kdf import kdf_rows
from srtpmodel.rng import Rng

# Name, number of the random stream, generator. Each file has its own stream: a
# change in one leaves the other alone.
FILES = [("mikey-kdf.jsonl", 0, kdf_rows), ("mikey-exchange.jsonl", 1, exchange_rows)]


def generate(directory, seed):
    os.makedirs(directory, exist_ok=True)
    for name, stream, make in FILES:
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii", newline="\n") as out:
            for row in make(Rng(seed * 1000 + stream)):
                out.write(json.dumps(row, separators=(",", ":")) + "\n")
        report(name, check_file(path))


def report(name, counts):
    print("%s: %s, all verified"
          % (name, ", ".join("%d %s" % (n, kind) for kind, n in sorted(counts.items()))))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="An independent model of MIKEY.")
    parser.add_argument("--out", metavar="DIR", help="write the test vector files there")
    parser.add_argument("--seed", type=int, default=3830, help="default: 3830")
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
