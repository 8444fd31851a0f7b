// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CLibFuzzer
public import _Probes

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Runs `probe` on the octets that libFuzzer lends. A finding is a trap, which libFuzzer keeps the input of.
public func test(_ probe: Probe, _ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let octets = UnsafeRawBufferPointer(start: data, count: count).bytes
    do throws(ProbeFinding) {
        try probe.run(octets)
    } catch {
        fatalError("\(probe.rawValue): \(error)")
    }
    return 0
}

/// Hands the process over to libFuzzer, with the arguments of the command line.
///
/// The Swift package manager gives every executable a main function, so libFuzzer's own one is not linked.
public func drive(_ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt) -> Never {
    var count = CommandLine.argc
    var arguments = Optional(CommandLine.unsafeArgv)
    exit(LLVMFuzzerRunDriver(&count, &arguments, callback))
}
