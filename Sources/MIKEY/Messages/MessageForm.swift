// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What payloads a kind of message has.
struct MessageForm {
    /// What must be there.
    let required: PayloadTypeSet
    /// What may be there beside that, apart from general extensions, which may always.
    let optional: PayloadTypeSet
    /// What stands last.
    let last: PayloadTypeSet
    /// The flag V, where the kind of message sets it.
    let expectsResponse: Bool?
    /// Whether payloads that do not belong there are ignored (RFC 6043 sections 4.2 and 5.4, RFC 6267 section 4.2).
    let ignoresOthers: Bool

    private init(
        _ required: PayloadTypeSet, optional: PayloadTypeSet = [], last: PayloadTypeSet = [], v: Bool? = nil,
        ignoresOthers: Bool = false
    ) {
        self.required = required
        self.optional = optional
        self.last = last
        expectsResponse = v
        self.ignoresOthers = ignoresOthers
    }

    /// What may be there several times; how often, ``MessageRules`` says where it is not any number.
    static let repeatable: PayloadTypeSet = [
        .id, .idr, .cert, .sp, .err, .randr, .tr, .generalExtension, .dh,
    ]

    /// Figures of RFC 3830 section 3 and, for updates, 4.5; of RFC 4650 section 3, RFC 4738 section 3, RFC 6043 sections 4.2,
    /// 5.2 and 5.4, RFC 6267 section 4.2, and RFC 6509 section 2.1.
    init(of dataType: MIKEYDataType) {
        switch dataType {
        case .preSharedKey:
            self.init([.t, .kemac], optional: [.rand, .id, .sp], last: .kemac)
        case .preSharedKeyVerification, .publicKeyVerification:
            self.init([.t, .v], optional: .id, last: .v)
        case .publicKey:
            self.init([.t, .pke, .sign], optional: [.rand, .id, .cert, .sp, .kemac, .chash], last: .sign)
        case .dhInit:
            self.init([.t, .sign], optional: [.rand, .id, .cert, .sp, .dh], last: .sign)
        case .dhResponse:
            self.init([.t, .id, .sign], optional: [.cert, .dh], last: .sign)
        case .error:
            self.init([.t, .err], optional: [.sp, .v, .sign], last: [.v, .sign], ignoresOthers: true)
        case .dhhmacInit:
            self.init([.t, .id, .kemac], optional: [.rand, .sp, .dh], last: .kemac)
        case .dhhmacResponse:
            self.init([.t, .id, .kemac], optional: .dh, last: .kemac)
        case .rsaRInit:
            self.init([.t, .sign], optional: [.rand, .id, .cert, .sp], last: .sign, v: true)
        case .rsaRResponse:
            self.init([.t, .kemac, .pke, .sign], optional: [.rand, .id, .cert, .sp], last: .sign)
        case .requestInitPSK:
            self.init([.t, .randr, .tp, .v], optional: .idr, last: .v, ignoresOthers: true)
        case .requestInitPK:
            self.init(
                [.t, .randr, .tp, .pke, .sign], optional: [.idr, .cert, .chash], last: .sign, ignoresOthers: true)
        case .requestResponse:
            self.init([.t, .ticket, .kemac, .v], optional: .idr, last: .v, ignoresOthers: true)
        case .transferInit:
            self.init([.t, .v], optional: [.randr, .idr, .sp, .ticket, .kemac], last: .v, ignoresOthers: true)
        case .transferResponse:
            self.init([.t, .v], optional: [.randr, .idr, .sp, .kemac], last: .v, ignoresOthers: true)
        case .resolveInitPSK:
            self.init([.t, .randr, .ticket, .v], optional: .idr, last: .v, ignoresOthers: true)
        case .resolveInitPK:
            self.init(
                [.t, .randr, .ticket, .pke, .sign], optional: [.idr, .cert, .chash], last: .sign, ignoresOthers: true)
        case .resolveResponse:
            self.init([.t, .kemac, .v], optional: [.idr, .randr], last: .v, ignoresOthers: true)
        case .requestKeyPSK:
            self.init([.t, .rand, .idr, .v], optional: .kemac, last: .v, v: true, ignoresOthers: true)
        case .requestKeyPKE:
            self.init(
                [.t, .rand, .idr, .pke, .sign], optional: [.cert, .kemac, .chash], last: .sign, v: true,
                ignoresOthers: true)
        case .requestKeyResponse:
            self.init([.t, .kemac, .v], optional: .idr, last: .v, v: false)
        case .ibakeInit1:
            self.init([.t], optional: [.rand, .idr, .ibake, .esk], v: true)
        case .ibakeResponse1:
            self.init([.t, .idr], optional: [.ibake, .v], last: .v, v: true)
        case .ibakeInit2:
            self.init([.t, .rand, .idr, .ibake], optional: .esk, v: true)
        case .ibakeResponse2:
            self.init([.t, .v], optional: [.idr, .ibake], last: .v, v: false)
        case .sakke:
            self.init([.t, .rand, .sakke, .sign], optional: [.idr, .cert, .sp], last: .sign, v: false)
        }
    }
}
