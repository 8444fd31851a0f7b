// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0
//
// Takes packets through libsrtp, for the tests in Tests/PeerTests.
//
// Standard input:   'P' (protect) or 'U' (unprotect), the profile's number in DTLS-SRTP (2 octets), master key and salt
//                   (30 octets), and then, for each packet, 'T' (RTP) or 'C' (RTCP), its length (2 octets), its octets.
// Standard output:  for each packet, libsrtp's status (1 octet), the length (2 octets; 0 with a status that is not 0), the
//                   octets of the result.
// Numbers are big-endian. Ends with 0 at the end of the input, with 1 and a line on standard error where that is wrong.

#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PACKET = 65535 };

static int fail(const char *what) {
    fprintf(stderr, "libsrtp_peer: %s\n", what);
    return 1;
}

static int take(int is_protecting, int is_rtcp, srtp_t session, uint8_t *packet, int *length) {
    if (is_protecting) {
        return is_rtcp ? srtp_protect_rtcp(session, packet, length) : srtp_protect(session, packet, length);
    }
    return is_rtcp ? srtp_unprotect_rtcp(session, packet, length) : srtp_unprotect(session, packet, length);
}

int main(int argc, char **argv) {
    // libsrtp wants words to be aligned.
    static _Alignas(8) uint8_t packet[MAX_PACKET + SRTP_MAX_TRAILER_LEN];
    uint8_t setting[33];
    uint8_t head[3];

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(srtp_get_version_string());
        return 0;
    }
    if (fread(setting, 1, sizeof setting, stdin) != sizeof setting) return fail("no setting");
    const int is_protecting = setting[0] == 'P';
    if (!is_protecting && setting[0] != 'U') return fail("neither P nor U");
    const srtp_profile_t profile = (srtp_profile_t)(setting[1] << 8 | setting[2]);

    srtp_policy_t policy;
    memset(&policy, 0, sizeof policy);
    if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile) != srtp_err_status_ok ||
        srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile) != srtp_err_status_ok) {
        return fail("libsrtp does not know the profile");
    }
    policy.ssrc.type = is_protecting ? ssrc_any_outbound : ssrc_any_inbound;
    policy.key = setting + 3;
    policy.window_size = 128;

    srtp_t session;
    if (srtp_init() != srtp_err_status_ok) return fail("srtp_init failed");
    if (srtp_create(&session, &policy) != srtp_err_status_ok) return fail("srtp_create failed");

    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        int length = head[1] << 8 | head[2];
        if (head[0] != 'T' && head[0] != 'C') return fail("neither T nor C");
        if (fread(packet, 1, (size_t)length, stdin) != (size_t)length) return fail("a packet is cut short");
        const int status = take(is_protecting, head[0] == 'C', session, packet, &length);
        if (status != srtp_err_status_ok) length = 0;
        if (length > MAX_PACKET) return fail("a packet is too long");
        const uint8_t answer[3] = {(uint8_t)status, (uint8_t)(length >> 8), (uint8_t)length};
        fwrite(answer, 1, sizeof answer, stdout);
        fwrite(packet, 1, (size_t)length, stdout);
    }
    srtp_dealloc(session);
    srtp_shutdown();
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : fail("cannot write");
}
