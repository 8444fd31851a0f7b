// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import FuzzDriver
internal import _Probes

/// libFuzzer's entry point.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt { test(.mikeyInspect, data, count) }

@main
enum Main {
    static func main() { drive(testOneInput) }
}
