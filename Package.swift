// swift-tools-version: 6.3
// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// What every Swift target is compiled with.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Library targets also show every unsafe use in review.
let library: [SwiftSetting] = common + [.strictMemorySafety()]

/// Targets that store or return spans need the lifetime annotations.
let lifetimes: SwiftSetting = .enableExperimentalFeature("Lifetimes")

let package = Package(
    name: "swift-srtp",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "RTP", targets: ["RTP"]),
        .library(name: "SRTP", targets: ["SRTP"]),
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .target(name: "CSRTPShims", dependencies: ["COpenSSL"]),
        .target(name: "WireBytes", swiftSettings: library + [lifetimes]),
        .target(name: "RTP", dependencies: ["WireBytes"], swiftSettings: library + [lifetimes]),
        .target(name: "CryptoPrimitives", dependencies: ["CSRTPShims"], swiftSettings: library),
        .target(name: "SRTP", dependencies: ["RTP", "WireBytes", "CryptoPrimitives"], swiftSettings: library + [lifetimes]),
        .testTarget(name: "WireBytesTests", dependencies: ["WireBytes"], swiftSettings: common),
    ],
    swiftLanguageModes: [.v6]
)
