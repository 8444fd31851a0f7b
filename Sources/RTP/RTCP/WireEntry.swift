// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// One of several records of the same size that fill a packet's end.
protocol WireEntry {
    static var byteCount: Int { get }
    /// Reads one record; `nil`, and a move of no consequence, where the reader ends first.
    init?(reading reader: inout ByteReader)
    func write(to writer: inout ByteWriter)
}

extension ByteReader {
    /// Reads records up to the end.
    ///
    /// - Throws: ``RTPError/invalidLength(_:bytes:)`` where the last one is not whole, and ``RTPError/missing(_:)`` for
    ///   fewer than `minimum`.
    mutating func readEntries<Entry: WireEntry>(
        of element: RTPError.Element, atLeast minimum: Int = 1
    ) throws(RTPError) -> [Entry] {
        let available = remaining
        guard available % Entry.byteCount == 0 else { throw .invalidLength(element, bytes: available) }
        guard available / Entry.byteCount >= minimum else { throw .missing(element) }
        var entries: [Entry] = []
        entries.reserveCapacity(available / Entry.byteCount)
        while !isAtEnd, let entry = Entry(reading: &self) { entries.append(entry) }
        return entries
    }

    /// Makes sure that everything was read.
    func checkEnd(of element: RTPError.Element) throws(RTPError) {
        guard isAtEnd else { throw .invalidLength(element, bytes: offset + remaining) }
    }
}

extension Array where Element: WireEntry {
    /// The octets that the records take.
    var byteCount: Int { Element.byteCount * count }

    func write(to writer: inout ByteWriter) {
        for entry in self { entry.write(to: &writer) }
    }
}
