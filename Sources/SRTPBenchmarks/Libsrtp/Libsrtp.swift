// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CBenchmarkFloor
import Foundation
import RTP
import SRTP

/// A libsrtp that is loaded into this process. It stays there.
final class Libsrtp {
    /// What it is called in results.
    let name: String
    let facts: BenchmarkResults.Libsrtp

    private typealias New =
        @convention(c) (CInt, UnsafePointer<UInt8>?, Int, Int, Int, CInt, Int) -> UnsafeMutableRawPointer?
    private typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
    private typealias AddStream =
        @convention(c) (UnsafeMutableRawPointer?, UInt32, CInt, UnsafePointer<UInt8>?, Int, Int, Int, Int) -> CInt
    private typealias Run =
        @convention(c) (UnsafeMutableRawPointer?, CInt, UnsafeMutableRawPointer?, Int, Int, Int, Int) -> Int
    private typealias Version = @convention(c) () -> UnsafePointer<CChar>?
    private typealias Start = @convention(c) () -> CInt

    private let new: New
    private let free: Free
    private let addStream: AddStream
    private let run: Run

    /// Why there is none, in one line.
    struct Problem: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// Compiles the adapter against an installation and loads both.
    init(_ name: String, _ installation: LibsrtpInstallation) throws(Problem) {
        let handle = try AdapterCompiler.load(installation)
        func symbol(_ name: String) throws(Problem) -> UnsafeMutableRawPointer {
            guard let address = dlsym(handle, name) else {
                throw Problem("\(installation.library): the adapter has no \(name)")
            }
            return address
        }
        new = unsafeBitCast(try symbol("adapter_new"), to: New.self)
        free = unsafeBitCast(try symbol("adapter_free"), to: Free.self)
        addStream = unsafeBitCast(try symbol("adapter_add_stream"), to: AddStream.self)
        run = unsafeBitCast(try symbol("adapter_run"), to: Run.self)
        guard unsafeBitCast(try symbol("adapter_start"), to: Start.self)() == 1 else {
            throw Problem("\(installation.library): srtp_init failed")
        }
        let version = unsafeBitCast(try symbol("adapter_version"), to: Version.self)()
        let isStatic = installation.library.hasSuffix(".a")
        let loaded = isStatic ? nil : Self.file(of: dlsym(handle, "srtp_create"))
        let crypto = Self.cryptoLibrary(handle)
        self.name = name
        facts = BenchmarkResults.Libsrtp(
            name: name, version: version.map { String(cString: $0) } ?? "unknown", prefix: installation.prefix,
            library: loaded ?? installation.library, build: installation.build,
            cryptoLibrary: crypto.file, isCryptoLibraryOurs: crypto.isOurs)
    }

    /// The library that its primitives come from, and whether that is the libcrypto which the product uses.
    private static func cryptoLibrary(_ handle: UnsafeMutableRawPointer) -> (file: String, isOurs: Bool) {
        // Only what it depends on is searched: what we are linked with is not found unless it is as well.
        let known = [("EVP_CipherInit_ex", "libcrypto"), ("PK11_CipherOp", "NSS"), ("mbedtls_aes_init", "Mbed TLS")]
        for (symbol, library) in known {
            guard let address = dlsym(handle, symbol) else { continue }
            let isOurs = symbol == "EVP_CipherInit_ex" && address == floor_libcrypto_address()
            return (file(of: address) ?? library, isOurs)
        }
        return ("its own", false)
    }

    private static func file(of address: UnsafeMutableRawPointer?) -> String? {
        floor_file_of_address(address).map { String(cString: $0) }
    }

    // MARK: Sides

    /// Cipher and lengths as the adapter takes them; `nil` for a suite that libsrtp has not.
    private static func cipher(_ suite: SRTPSuite) -> CInt? {
        switch suite.cipher {
        case .null: 0
        case .aesCM: 1
        case .aesGCM: 2
        default: nil
        }
    }

    /// The streams from which on it is left out: it looks for a stream in all of them.
    static let mostStreams = 10_000

    /// Whether it has a suite.
    func has(_ suite: SRTPSuite) -> Bool {
        guard let session = session(suite, isSending: true) else { return false }
        free(session)
        return true
    }

    /// A session for a suite; `nil` where it has not the suite.
    func session(_ suite: SRTPSuite, isSending: Bool) -> UnsafeMutableRawPointer? {
        guard let cipher = Self.cipher(suite) else { return nil }
        return new(
            cipher, BenchmarkKey.octets(suite), suite.masterKeyByteCount, suite.rtpTagByteCount, suite.rtcpTagByteCount,
            isSending ? 1 : 0, 128)
    }

    func free(_ session: UnsafeMutableRawPointer) { free(.some(session)) }

    /// Adds a stream with keys of its own.
    func addStream(_ ssrc: UInt32, _ suite: SRTPSuite, to session: UnsafeMutableRawPointer) -> Bool {
        guard let cipher = Self.cipher(suite) else { return false }
        return addStream(
            session, ssrc, cipher, BenchmarkKey.octets(suite), suite.masterKeyByteCount, suite.rtpTagByteCount,
            suite.rtcpTagByteCount, 128) == 1
    }

    func run(_ session: UnsafeMutableRawPointer, _ block: borrowing PacketBlock, _ job: Job) -> Int {
        run(
            session, CInt(job.work.floorWork.rawValue), block.octets.baseAddress, block.stride, block.count,
            job.byteCount, job.expectedByteCount)
    }

    /// Someone who does the job by this library; `nil` where it has not the suite.
    func contestant(_ job: Job) -> (any Contestant)? {
        guard let side = LibsrtpSide(self, job) else { return nil }
        return Holding(name, isForeign: true, side)
    }
}

/// libsrtp in one direction. The loop over the packets is the adapter's, in C.
struct LibsrtpSide: Side, ~Copyable {
    private let library: Libsrtp
    private let session: UnsafeMutableRawPointer

    init?(_ library: Libsrtp, _ job: Job) {
        guard let session = library.session(job.suite, isSending: job.work.direction == .protect) else { return nil }
        self.library = library
        self.session = session
    }

    deinit { library.free(session) }

    mutating func run(_ block: borrowing PacketBlock, _ job: Job) -> Int { library.run(session, block, job) }
}
