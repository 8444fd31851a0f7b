// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import MIKEY
import MIKEYInspection
import RTP
import SRTP

struct MIKEYCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes the first message of a MIKEY exchange, with fresh keys.",
        discussion: """
            With --keys PREFIX the keys of stream N are written to PREFIX-N-send.key and PREFIX-N-receive.key, which `srtp protect` \
            and `srtp unprotect` read. Where an answer is expected, they are good once it has come and `srtp mikey inspect` \
            has found it authentic.

            A message without encryption holds the keys: it has to travel in secret.

            Example:
              srtp mikey create --psk-file psk.key --ssrc 1a2b3c4d --keys offerer --output offer.txt
              srtp mikey create --preset onvif --channel protected --form header --uri rtsps://camera/video
            """)

    @OptionGroup var trust: MIKEYTrustOptions

    @Option(
        help: ArgumentHelp("The suite; `srtp suites` lists them.", valueName: "name"),
        transform: ArgumentReading.suite)
    var suite: SRTPSuite = .aesCM128_HMACSHA1_80

    @Option(
        help: ArgumentHelp(
            "The SSRC that this side sends a media stream with; one for each stream. Drawn by default.",
            valueName: "hex"),
        transform: ArgumentReading.ssrc)
    var ssrc: [SSRC] = []

    @Option(help: ArgumentHelp("The rollover counter of these streams.", valueName: "number"))
    var roc: UInt32 = 0

    @Option(name: .customLong("key-type"), help: "What key the message brings; as the preset has it by default.")
    var keyType: KeyTypeChoice?

    @Option(
        help: ArgumentHelp("The SPI of the key, which is the MKI; as the preset has it by default.", valueName: "hex"),
        transform: ArgumentReading.mki)
    var mki: [UInt8]?

    @Flag(
        inversion: .prefixedNo,
        help: "Expect an answer (the flag V); by default where there is a pre-shared key.")
    var answer: Bool?

    @Option(help: "How the keys are encrypted; AES-CM-128 by default where there is a pre-shared key.")
    var encryption: EncryptionChoice?

    @Option(help: "How the message is authenticated; HMAC-SHA-1 by default where there is a pre-shared key.")
    var mac: MACChoice?

    @Option(help: "The function that keys are derived with.")
    var prf = PRFChoice.mikey1

    @OptionGroup var keyFiles: SDPKeyFiles
    @OptionGroup var output: MIKEYOutput

    func run() throws {
        let media = ssrc.isEmpty ? [SSRC(UInt32.random(in: 1...UInt32.max))] : ssrc
        let now = try WallClockTime.now()
        let message = try message(about: media, now: now)
        let written = try keyFiles.write(try keyTexts(of: message, media.count, now), replacingExisting: output.force)
        do { try output.write(message) } catch {
            keyFiles.remove(written)
            throw error
        }
    }

    // MARK: The message

    private func message(about media: [SSRC], now: WallClockTime) throws -> MIKEYMessage {
        var configuration = trust.preset.initiator(try trust.credential())
        (configuration.identity, configuration.peer) = try trust.identities()
        if let answer { configuration.wantsVerification = answer }
        if let encryption { configuration.encryption = encryption.value }
        if let mac { configuration.mac = mac.value }
        configuration.prf = prf.value
        do {
            var initiator = try MIKEYInitiator(configuration)
            let offer = try offer(of: media, isWrapped: configuration.encryption == .aesKW128)
            for case .send(let message) in try initiator.offer(offer, now: now) { return message }
            throw ToolError(.bug, "an offer without a message")
        } catch let error as KeyMgmtNegotiationError {
            throw ToolError(.usage, "\(error)")
        } catch let error as MIKEYExchangeError {
            throw ToolError(error == .engineFailed ? .bug : .usage, "\(error)")
        } catch let error as MIKEYError {
            throw ToolError(.usage, "\(error)")
        }
    }

    private func offer(of media: [SSRC], isWrapped: Bool) throws -> MIKEYOffer {
        let policy = try trust.preset.policy(SRTPPolicy(suite))
        var streams: [MIKEYCryptoSessions.Stream] = []
        for ssrc in media {
            streams.append(.init(ssrc: ssrc, rolloverCounter: roc))
            // The SSRC of what comes back is the responder's to choose (RFC 3830 section 6.1.1).
            if trust.preset.layout == .twoForEachMedia { streams.append(.init(ssrc: SSRC(0))) }
        }
        // RTSP has no choice of protocols (RFC 4567 section 4.2).
        let hasList = trust.preset.writesProtocolList && output.form != .header
        return MIKEYOffer(
            cryptoSessions: try MIKEYCryptoSessions(.srtpID(streams)),
            policies: [MIKEYPayload.SecurityPolicy(number: 0, policy)],
            keys: .fresh([try keyRequest(isWrapped: isWrapped)]),
            generalExtensions: hasList ? [try .sdpIDs([KeyMgmtData.mikey])] : [])
    }

    private func keyRequest(isWrapped: Bool) throws -> MIKEYKeyRequest {
        let mki = mki ?? (0..<trust.preset.mkiByteCount).map { $0 + 1 == trust.preset.mkiByteCount ? 1 : 0 }
        let validity = mki.isEmpty ? MIKEYKeyValidity.null : try MIKEYKeyValidity.spi(mki)
        let (key, salt) = (suite.masterKeyByteCount, suite.masterSaltByteCount)
        switch keyType?.form ?? trust.preset.keyForm(for: SRTPPolicy(suite)) {
        case .tgk:
            var byteCount = max(32, key)
            // Key wrap takes multiples of 8 octets, what stands around the key among them.
            let around = 4 + (mki.isEmpty ? 0 : 1 + mki.count)
            while isWrapped, !(byteCount + around).isMultiple(of: 8) { byteCount += 1 }
            return .tgk(byteCount: byteCount, validity: validity)
        case .tekWithSalt: return .tek(byteCount: key, saltByteCount: salt, validity: validity)
        case .tekHoldingSalt: return .tek(byteCount: key + salt, saltByteCount: nil, validity: validity)
        }
    }

    // MARK: The keys

    private func keyTexts(
        of message: MIKEYMessage, _ mediaCount: Int, _ now: WallClockTime
    ) throws -> [KeyFileText] {
        guard keyFiles.prefix != nil else { return [] }
        let key = try trust.keyFile.map { path throws(ToolError) in try PreSharedKeyFile.read(path) }
        var inspector = MIKEYInspector(key: key, isLenient: true)
        guard let agreement = inspector.inspect(message.encoded, now: now).agreement else {
            throw ToolError(.bug, "a message that nobody can agree to")
        }
        let negotiated = try NegotiatedMIKEY.agreements(
            agreement, role: .initiator, mediaCount: mediaCount, preset: trust.preset)
        return try KeyFileText.texts(
            of: Dictionary(uniqueKeysWithValues: negotiated.enumerated().map { ($0 + 1, $1) }))
    }
}

/// The names of ``MIKEYPreset/KeyForm`` on the command line.
enum KeyTypeChoice: String, CaseIterable, ExpressibleByArgument {
    case tgk
    case tek
    case tekHoldingSalt = "tek-holding-salt"

    var form: MIKEYPreset.KeyForm {
        switch self {
        case .tgk: .tgk
        case .tek: .tekWithSalt
        case .tekHoldingSalt: .tekHoldingSalt
        }
    }
}

/// The names of encryption algorithms on the command line.
enum EncryptionChoice: String, CaseIterable, ExpressibleByArgument {
    case aesCM128 = "aes-cm-128"
    case aesCM256 = "aes-cm-256"
    case aesKW128 = "aes-kw-128"
    case null

    var value: MIKEYEncryptionAlgorithm {
        switch self {
        case .aesCM128: .aesCM128
        case .aesCM256: .aesCM256
        case .aesKW128: .aesKW128
        case .null: .null
        }
    }
}

/// The names of MAC algorithms on the command line.
enum MACChoice: String, CaseIterable, ExpressibleByArgument {
    case hmacSHA1 = "hmac-sha-1"
    case hmacSHA256 = "hmac-sha-256"
    case null

    var value: MIKEYMACAlgorithm {
        switch self {
        case .hmacSHA1: .hmacSHA1
        case .hmacSHA256: .hmacSHA256
        case .null: .null
        }
    }
}

/// The names of functions on the command line.
enum PRFChoice: String, CaseIterable, ExpressibleByArgument {
    case mikey1 = "mikey-1"
    case hmacSHA256 = "hmac-sha-256"

    var value: MIKEYPRF { self == .mikey1 ? .mikey1 : .hmacSHA256 }
}
