// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPConformance
import Testing

/// Expects that `row` passes, and that it fails with each of its hex values changed, also those of lists of objects, naming a
/// field of `blamed` there and never showing a key.
func expectEveryOctetCounts(
    in row: [String: Any], except ignored: Set<String> = [], blamed: [String: String] = [:]
) throws {
    let original = try report(on: row)
    #expect(Counts(original) == Counts(passed: 1), "\(original.text)")
    var tried = 0
    for (field, value) in row.sorted(by: { $0.key < $1.key }) where !ignored.contains(field) {
        for (name, changed) in changes(of: value, field) {
            var row = row
            row[field] = changed
            let report = try report(on: row)
            #expect(Counts(report) == Counts(failed: 1), "\(name)")
            let reason = report.failures.first?.reason ?? ""
            if let culprit = blamed[name] { #expect(reason.contains(": \(culprit): "), "\(report.text)") }
            #expect(reason.contains(": expected ") && reason.contains(", got "))
            #expect(!secrets(in: row).contains { reason.contains($0) }, "\(name): \(reason)")
            tried += 1
        }
    }
    #expect(tried > 0)
}

/// A value with one hex digit changed: itself, or each that is in a list of objects.
private func changes(of value: Any, _ name: String) -> [(name: String, value: Any)] {
    if let text = value as? String {
        return !text.isEmpty && text.allSatisfy(\.isHexDigit) ? [(name, flipped(text))] : []
    }
    guard let objects = value as? [[String: Any]] else { return [] }
    return objects.enumerated().flatMap { position, object in
        object.sorted { $0.key < $1.key }.flatMap { field, value in
            changes(of: value, "\(name)[\(position)].\(field)").map { name, changed in
                var objects = objects
                objects[position][field] = changed
                return (name, objects as Any)
            }
        }
    }
}

/// Expects that `row` fails with each of the values put in.
func expect(_ row: [String: Any], failsWith changes: [String: Any], blaming field: String? = nil) throws {
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
        var changed = row
        changed[name] = value
        let report = try report(on: changed)
        #expect(Counts(report) == Counts(failed: 1), "\(name) \(value)")
        let reason = report.failures.first?.reason ?? ""
        #expect(reason.contains(": \(field ?? name)"), "\(report.text)")
        #expect(!secrets(in: changed).contains { reason.contains($0) }, "\(reason)")
    }
}
