// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP

/// Where an `a=key-mgmt` stands (RFC 4567 section 3.1).
public enum KeyMgmtLevel: Hashable, Sendable {
    /// Before the first `m=`: it is about all media with a transport of SRTP that have no such line of their own.
    case session
    /// In a media description, counted from 0.
    case media(Int)
}

/// What a description with keys is for.
public enum KeyMgmtUse: Hashable, Sendable {
    /// An offer that is to be answered. Media with port 0 are rejected ones (RFC 3264 section 6).
    case offer
    /// The description of an RTSP server: its ports are mostly 0, and there is one protocol at each level (RFC 4567 section 4.2).
    case rtsp
    /// One way, as in SAP or over HTTP (RFC 4567 section 4.1.3).
    case announcement

    /// Whether a media is one that is sent or received.
    func counts(_ media: MediaDescription) -> Bool { self == .rtsp || media.media.port != 0 }
}

extension SessionDescription {
    /// The media that a line is about, as places among `media`.
    ///
    /// Those of SRTP only: what is in the clear stays so (RFC 4567 section 5.2).
    func media(
        about level: KeyMgmtLevel, as use: KeyMgmtUse
    ) throws(KeyMgmtNegotiationError) -> [Int] {
        switch level {
        case .session:
            let about = media.indices.filter { place in
                media[place].isKeyedInDescription && use.counts(media[place])
                    && KeyMgmtLines(of: media[place]).isEmpty
            }
            guard !about.isEmpty else { throw .noSecureMedia }
            return about
        case .media(let place):
            guard media.indices.contains(place) else { throw .noSecureMedia }
            guard media[place].isKeyedInDescription else { throw .wrongTransport(media: place) }
            return [place]
        }
    }

    /// The lines at a level.
    public func keyMgmtLines(at level: KeyMgmtLevel, isLenient: Bool = false) -> KeyMgmtLines {
        switch level {
        case .media(let place) where media.indices.contains(place): KeyMgmtLines(of: media[place], isLenient: isLenient)
        default: KeyMgmtLines(of: self, isLenient: isLenient)
        }
    }

    /// Puts lines in place of those at a level.
    mutating func setKeyMgmt(_ attributes: [KeyMgmtAttribute], at level: KeyMgmtLevel) {
        switch level {
        case .session: setKeyMgmt(attributes)
        case .media(let place): if media.indices.contains(place) { media[place].setKeyMgmt(attributes) }
        }
    }
}

extension MediaDescription {
    /// Whether its keys are those that its description brings.
    var isKeyedInDescription: Bool { media.transport == .rtpSAVP || media.transport == .rtpSAVPF }
}
