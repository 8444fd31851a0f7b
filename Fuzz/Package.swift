// swift-tools-version: 6.3
// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Built by `Fuzz/run`, which passes the flags of libFuzzer and the address sanitizer for every module: a manifest could
// set them for the modules of this package only, and the code to be covered is in another one.

/// One executable for each probe.
let targets = [
    "rtp", "header-extension", "rtcp", "datagram-class", "capture", "srtp-receive", "srtcp-receive", "srtp-send",
    "vectors", "sdp", "crypto-attribute", "mikey", "mikey-exchange", "mikey-inspect", "key-mgmt-attribute",
    "key-mgmt-header",
]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-parse-as-library"]),
]

let package = Package(
    name: "srtp-fuzz",
    platforms: [.macOS("26.0")],
    dependencies: [.package(name: "swift-srtp", path: "..")],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        .target(
            name: "FuzzDriver", dependencies: ["CLibFuzzer", .product(name: "_Probes", package: "swift-srtp")],
            swiftSettings: settings),
    ]
        + targets.map { name in
            .executableTarget(
                name: "fuzz-\(name)",
                dependencies: ["FuzzDriver", .product(name: "_Probes", package: "swift-srtp")],
                swiftSettings: settings)
        },
    swiftLanguageModes: [.v6]
)
