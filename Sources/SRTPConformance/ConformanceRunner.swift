// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Runs vector files against this package.
///
/// ```swift
/// let report = ConformanceRunner().run(["TestVectors"])
/// print(report.text, terminator: "")
/// exit(report.exitCode)
/// ```
///
/// Two kinds of files are understood: `.jsonl` with one row a line, and `.json` with the rows in a list named `vectors`.
/// Each row stands alone: its contexts are made for it and dropped with it.
public struct ConformanceRunner: Sendable {
    /// How rows are judged.
    public struct Options: Hashable, Sendable {
        /// Whether a row fails that needs something which is known but not built. Rows that are left out on purpose stay
        /// skipped.
        public var failsOnSkips = false

        /// The defaults.
        public init() {}
    }

    private let options: Options

    /// A runner.
    public init(options: Options = Options()) { self.options = options }

    /// Runs every row of the files at `paths`: of a file, whatever its name, and of the `.json` and `.jsonl` files in a
    /// folder and the folders inside. Links to folders are not followed.
    ///
    /// - Parameters:
    ///   - paths: Files and folders.
    ///   - progress: Called after each row with the number of rows so far.
    public func run(_ paths: [String], progress: (Int) -> Void = { _ in }) -> ConformanceReport {
        var finder = VectorFinder()
        for path in paths { finder.add(path) }
        var report = ConformanceReport()
        report.problems = finder.problems
        report.otherFileCount = finder.otherFileCount
        var rowCount = 0
        for path in finder.files {
            var file = ConformanceReport.File(path: path)
            do {
                try VectorFile().forEachRow(at: path) { line, row in
                    judge(row, at: line, &file, &report)
                    rowCount += 1
                    progress(rowCount)
                }
            } catch {
                report.problems.append(.init(path: path, reason: "the file cannot be read"))
            }
            report.files.append(file)
        }
        return report
    }

    /// `text` without line ends and other control characters, which a row's own names may contain.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private func judge(
        _ result: Result<Row, RowFault>, at line: Int, _ file: inout ConformanceReport.File,
        _ report: inout ConformanceReport
    ) {
        var name = "row"
        var id: String?
        do throws(RowFault) {
            let row = try result.get()
            name = row.name
            id = row.id
            guard let reason = try row.run() else {
                file.passed += 1
                return
            }
            if options.failsOnSkips, case .notBuilt = reason {
                throw RowFault("row", expected: "a row that is run", got: "skipped: \(reason.text)")
            }
            file.skipped += 1
            report.skipReasons[reason.text, default: 0] += 1
        } catch {
            file.failed += 1
            report.failures.append(
                .init(
                    file: file.path, line: line, id: id,
                    reason: Self.oneLine("\(name): \(error.field): expected \(error.expected), got \(error.got)")))
        }
    }
}
