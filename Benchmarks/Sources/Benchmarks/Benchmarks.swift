// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `srtp bench`, built as an ordinary dependant builds it.
@main
enum Benchmarks {
    static func main() { BenchCommand.main() }
}
