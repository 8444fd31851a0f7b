// swift-tools-version: 6.3
// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// An ordinary dependant of the package: no flags but those that any user builds with. The sources are those of
// `srtp bench`, by symbolic links; the targets have other names, since names are unique across packages.
let package = Package(
    name: "srtp-benchmarks",
    platforms: [.macOS("26.0")],
    products: [.executable(name: "srtp-benchmarks", targets: ["Benchmarks"])],
    traits: ["MultiBuffer"],
    dependencies: [
        .package(
            name: "swift-srtp", path: "..",
            traits: [.trait(name: "MultiBuffer", condition: .when(traits: ["MultiBuffer"]))]),
        .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMajor(from: "1.8.2")),
    ],
    targets: [
        .systemLibrary(
            name: "CLibcrypto",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .target(
            name: "CFloor", dependencies: ["CLibcrypto"],
            cSettings: [.define("CSRTP_MULTI_BUFFER", .when(traits: ["MultiBuffer"]))],
            linkerSettings: [.linkedLibrary("IPSec_MB", .when(traits: ["MultiBuffer"]))]
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CFloor",
                .product(name: "MIKEY", package: "swift-srtp"),
                .product(name: "SRTP", package: "swift-srtp"),
                .product(name: "RTP", package: "swift-srtp"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.embedInCode("Shared/Libsrtp/libsrtp_adapter.c")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
