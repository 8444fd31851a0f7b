// swift-tools-version: 6.3
// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// An ordinary dependant of the package: no flags but those that any user builds with.
let package = Package(
    name: "srtp-benchmarks",
    platforms: [.macOS("26.0")],
    products: [.executable(name: "srtp-benchmarks", targets: ["Benchmarks"])],
    dependencies: [.package(name: "swift-srtp", path: "..")],
    targets: [
        .systemLibrary(
            name: "CLibcrypto",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .target(name: "CFloor", dependencies: ["CLibcrypto"]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CFloor", "CLibcrypto",
                .product(name: "SRTP", package: "swift-srtp"),
                .product(name: "RTP", package: "swift-srtp"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
