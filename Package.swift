// swift-tools-version: 6.3
// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// In continuous integration a warning in a target of ours is an error.
let isStrict = Context.environment["CI"] != nil

/// What every Swift target is compiled with.
let common: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

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
        .library(name: "SRTPState", targets: ["SRTPState"]),
        .library(name: "MIKEY", targets: ["MIKEY"]),
        .library(name: "SDP", targets: ["SDP"]),
        .library(name: "KeyManagement", targets: ["KeyManagement"]),
        .library(name: "RTPTransport", targets: ["RTPTransport"]),
        .library(name: "RTPCaptures", targets: ["RTPCaptures"]),
        .library(name: "_Probes", targets: ["_Probes"]),
        .executable(name: "srtp", targets: ["SRTPTool"]),
    ],
    traits: [
        // Batches by Intel's multi-buffer library (libipsec-mb, x86-64), where the processor has what that takes.
        "MultiBuffer"
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMajor(from: "1.8.2")),
        .package(url: "https://github.com/apple/swift-nio", .upToNextMajor(from: "2.101.2")),
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .target(
            name: "CSRTPShims", dependencies: ["COpenSSL"],
            cSettings: [.define("CSRTP_MULTI_BUFFER", .when(traits: ["MultiBuffer"]))]
                + (isStrict ? [.treatAllWarnings(as: .error)] : []),
            linkerSettings: [.linkedLibrary("IPSec_MB", .when(traits: ["MultiBuffer"]))]
        ),
        .target(name: "WireBytes", swiftSettings: library + [lifetimes]),
        .target(name: "RTP", dependencies: ["WireBytes"], swiftSettings: library + [lifetimes]),
        .target(name: "CryptoPrimitives", dependencies: ["CSRTPShims"], swiftSettings: library),
        .target(
            name: "SRTP", dependencies: ["RTP", "WireBytes", "CryptoPrimitives"], swiftSettings: library + [lifetimes]),
        .target(name: "DurableFiles", swiftSettings: library),
        .target(
            name: "SRTPState", dependencies: ["SRTP", "RTP", "WireBytes", "CryptoPrimitives", "DurableFiles"],
            swiftSettings: library + [lifetimes]
        ),
        .target(
            name: "MIKEY", dependencies: ["RTP", "WireBytes", "CryptoPrimitives", "DurableFiles"],
            swiftSettings: library + [lifetimes]
        ),
        .target(name: "SDP", swiftSettings: library),
        .target(
            name: "KeyManagement", dependencies: ["SDP", "MIKEY", "SRTP", "RTP", "CryptoPrimitives", "WireBytes"],
            swiftSettings: library + [lifetimes]
        ),
        .target(
            name: "RTPTransport",
            dependencies: ["RTP", "WireBytes", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: library + [lifetimes]
        ),
        .target(name: "RTPCaptures", dependencies: ["WireBytes"], swiftSettings: library + [lifetimes]),
        .target(
            name: "CaptureInspection", dependencies: ["RTP", "RTPCaptures", "WireBytes"],
            swiftSettings: library + [lifetimes]
        ),
        .target(
            name: "CBenchmarkFloor", dependencies: ["COpenSSL"],
            cSettings: (isStrict ? [.treatAllWarnings(as: .error)] : [])
                + [.define("CSRTP_MULTI_BUFFER", .when(traits: ["MultiBuffer"]))],
            linkerSettings: [.linkedLibrary("IPSec_MB", .when(traits: ["MultiBuffer"]))]
        ),
        .target(
            name: "SRTPBenchmarks",
            dependencies: [
                "CBenchmarkFloor", "MIKEY", "RTP", "SRTP",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.embedInCode("Libsrtp/libsrtp_adapter.c")], swiftSettings: common
        ),
        .target(
            name: "MIKEYInspection",
            dependencies: [
                "CaptureInspection", "CryptoPrimitives", "KeyManagement", "MIKEY", "RTP", "RTPCaptures", "SRTP",
            ],
            swiftSettings: library
        ),
        .executableTarget(
            name: "SRTPTool",
            dependencies: [
                "CaptureInspection", "KeyManagement", "MIKEY", "MIKEYInspection", "RTP", "RTPCaptures", "RTPTransport",
                "SDP", "SRTP", "SRTPBenchmarks", "SRTPConformance", "WireBytes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: common
        ),
        .target(
            name: "SRTPConformance",
            dependencies: ["SRTP", "RTP", "WireBytes", "CryptoPrimitives", "SDP", "MIKEY", "KeyManagement"],
            swiftSettings: library
        ),
        .target(
            name: "_Probes",
            dependencies: [
                "CaptureInspection", "KeyManagement", "MIKEY", "MIKEYInspection", "RTP", "RTPCaptures", "SDP", "SRTP",
                "SRTPConformance", "WireBytes",
            ],
            swiftSettings: library + [lifetimes]
        ),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .executableTarget(
            name: "AllocationCheck", dependencies: ["CAllocationCounter", "CryptoPrimitives", "MIKEY", "RTP", "SRTP"],
            path: "Tests/AllocationCheck", swiftSettings: common + [lifetimes]
        ),
        .executableTarget(
            name: "CrashSender", dependencies: ["SRTPState", "SRTP", "RTP"], path: "Tests/CrashTest/Sender",
            swiftSettings: common
        ),
        .executableTarget(
            name: "CrashCollector", dependencies: ["SRTP", "RTP"], path: "Tests/CrashTest/Collector",
            swiftSettings: common
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: common),
        .testTarget(
            name: "CryptoPrimitivesTests", dependencies: ["CryptoPrimitives", "WireBytes", "TestSupport"],
            swiftSettings: common
        ),
        .testTarget(
            name: "SRTPTests", dependencies: ["SRTP", "RTP", "WireBytes", "CryptoPrimitives", "TestSupport"],
            swiftSettings: common
        ),
        .testTarget(
            name: "SRTPStateTests", dependencies: ["SRTPState", "SRTP", "RTP", "TestSupport"], swiftSettings: common
        ),
        .testTarget(name: "WireBytesTests", dependencies: ["WireBytes"], swiftSettings: common),
        .testTarget(
            name: "MIKEYTests",
            dependencies: ["MIKEY", "RTP", "WireBytes", "CryptoPrimitives", "DurableFiles", "TestSupport"],
            swiftSettings: common
        ),
        .testTarget(name: "SDPTests", dependencies: ["SDP", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "KeyManagementTests", dependencies: ["KeyManagement", "MIKEY", "SDP", "SRTP", "RTP", "TestSupport"],
            swiftSettings: common
        ),
        .testTarget(name: "RTPTests", dependencies: ["RTP", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "RTPTransportTests",
            dependencies: [
                "RTPTransport", "RTP", "SRTP", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: common
        ),
        .testTarget(name: "RTPCapturesTests", dependencies: ["RTPCaptures", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "CaptureInspectionTests",
            dependencies: ["CaptureInspection", "RTP", "RTPCaptures", "SRTP", "TestSupport"], swiftSettings: common
        ),
        .testTarget(
            name: "MIKEYInspectionTests",
            dependencies: ["CaptureInspection", "MIKEY", "MIKEYInspection", "RTP", "RTPCaptures", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "MalformedTests", dependencies: ["_Probes", "TestSupport"], swiftSettings: common),
        .testTarget(name: "SRTPConformanceTests", dependencies: ["SRTPConformance"], swiftSettings: common),
        .testTarget(
            name: "PeerTests",
            dependencies: ["KeyManagement", "MIKEY", "SDP", "SRTP", "RTP", "SRTPTool", "TestSupport"],
            swiftSettings: common
        ),
        .testTarget(
            name: "SRTPBenchmarksTests",
            dependencies: [
                "SRTPBenchmarks", "SRTP", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common
        ),
        .testTarget(
            name: "SRTPToolTests",
            dependencies: ["SRTPTool", "TestSupport", "KeyManagement", "MIKEY", "RTPCaptures", "SRTP", "RTP"],
            swiftSettings: common
        ),
    ],
    swiftLanguageModes: [.v6]
)
