// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs `body` in as many new threads at once, waits for their ends, and says which of them threw nothing.
func runInThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [Bool] {
    let work = (0..<count).map { number in ThreadWork { try body(number) } }
    let threads = work.map { work in
        var thread = pthread_t()
        let made = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadWork>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(work).toOpaque())
        precondition(made == 0, "no thread")
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
    return work.map { $0.hasSucceeded }
}

/// Safety: the thread writes, and the one that waits reads after its end.
private final class ThreadWork: @unchecked Sendable {
    private let body: () throws -> Void
    private(set) var hasSucceeded = false

    init(_ body: @escaping () throws -> Void) { self.body = body }

    func run() { hasSucceeded = (try? body()) != nil }
}
