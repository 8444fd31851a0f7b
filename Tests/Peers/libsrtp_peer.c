// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0
//
// Takes packets through libsrtp, for the tests in Tests/PeerTests.
//
// Standard input:   a setting:
//                     'P' (protect) or 'U' (unprotect);
//                     'N' (NULL), 'C' (AES-CM) or 'G' (AES-GCM); the octets of the master key, of the master salt, of the tags on
//                     SRTP packets and of those on SRTCP packets (1 octet each);
//                     how many elements of header extensions are encrypted (1 octet), and their identifiers;
//                     the octets of the MKIs, 0 for none (1 octet); how many master keys there are, 1 or 2 (1 octet), and for
//                     each its MKI, key and salt;
//                   and then any number of
//                     'R', SSRC, rollover counter (4 octets each), before the first packet of that stream; or
//                     'T' (RTP) or 'C' (RTCP), the number of the master key, 0 where unprotecting (1 octet), the packet's length
//                     (2 octets), its octets.
// Standard output:  for each packet, libsrtp's status (1 octet), the length (2 octets; 0 with a status that is not 0), the
//                   octets of the result.
// Numbers are big-endian. Ends with 0 at the end of the input, with 1 and a line on standard error where that is wrong.

#include <srtp2/crypto_types.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PACKET = 65535, MAX_KEY_AND_SALT = 46, MAX_MKI = 255, MAX_KEYS = 2, SRTCP_INDEX = 4 };

/// What the setting says, as the policy refers to it.
static struct {
    int is_protecting;
    int has_mki;
    uint8_t mkis[MAX_KEYS][MAX_MKI];
    uint8_t keys[MAX_KEYS][MAX_KEY_AND_SALT];
    srtp_master_key_t master_keys[MAX_KEYS];
    srtp_master_key_t *pointers[MAX_KEYS];
    int encrypted_ids[255];
    srtp_policy_t policy;
} setting;

static int fail(const char *what) {
    fprintf(stderr, "libsrtp_peer: %s\n", what);
    return 1;
}

static int read_octets(uint8_t *octets, size_t count) { return fread(octets, 1, count, stdin) == count; }

static uint32_t number(const uint8_t octets[4]) {
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
}

/// Fills in a policy as the functions srtp_crypto_policy_set_... do, which do not exist for every pair of tags.
static int set_cipher(srtp_crypto_policy_t *policy, char cipher, int key_length, int salt_length, int tag_length) {
    const int is_aead = cipher == 'G';
    switch (cipher) {
    case 'N': policy->cipher_type = SRTP_NULL_CIPHER; break;
    case 'C':
        policy->cipher_type = key_length == 32   ? SRTP_AES_ICM_256
                              : key_length == 24 ? SRTP_AES_ICM_192
                                                 : SRTP_AES_ICM_128;
        break;
    case 'G': policy->cipher_type = key_length == 32 ? SRTP_AES_GCM_256 : SRTP_AES_GCM_128; break;
    default: return 0;
    }
    policy->cipher_key_len = key_length + salt_length;
    policy->auth_type = is_aead ? SRTP_NULL_AUTH : SRTP_HMAC_SHA1;
    policy->auth_key_len = is_aead ? 0 : 20;
    policy->auth_tag_len = tag_length;
    policy->sec_serv = cipher == 'N' ? sec_serv_auth : sec_serv_conf_and_auth;
    return 1;
}

static int read_setting(void) {
    srtp_policy_t *const policy = &setting.policy;
    uint8_t head[7];
    uint8_t counts[2];

    if (!read_octets(head, sizeof head)) return 0;
    setting.is_protecting = head[0] == 'P';
    if (!setting.is_protecting && head[0] != 'U') return 0;
    const size_t key_and_salt_length = (size_t)head[2] + head[3];
    if (key_and_salt_length > MAX_KEY_AND_SALT) return 0;
    if (!set_cipher(&policy->rtp, (char)head[1], head[2], head[3], head[4])) return 0;
    if (!set_cipher(&policy->rtcp, (char)head[1], head[2], head[3], head[5])) return 0;
    policy->window_size = 128;

    policy->enc_xtn_hdr_count = head[6];
    policy->enc_xtn_hdr = head[6] > 0 ? setting.encrypted_ids : NULL;
    for (int i = 0; i < head[6]; i++) {
        uint8_t id;
        if (!read_octets(&id, 1)) return 0;
        setting.encrypted_ids[i] = id;
    }

    if (!read_octets(counts, sizeof counts) || counts[1] < 1 || counts[1] > MAX_KEYS) return 0;
    setting.has_mki = counts[0] > 0;
    policy->keys = setting.pointers;
    policy->num_master_keys = counts[1];
    for (int i = 0; i < counts[1]; i++) {
        if (!read_octets(setting.mkis[i], counts[0]) || !read_octets(setting.keys[i], key_and_salt_length)) return 0;
        setting.master_keys[i].key = setting.keys[i];
        setting.master_keys[i].mki_id = setting.mkis[i];
        setting.master_keys[i].mki_size = counts[0];
        setting.pointers[i] = &setting.master_keys[i];
    }
    return 1;
}

static int set_rollover_counter(srtp_t session, const uint8_t ssrc_and_counter[8]) {
    srtp_policy_t policy = setting.policy;
    policy.ssrc.type = ssrc_specific;
    policy.ssrc.value = number(ssrc_and_counter);
    return srtp_add_stream(session, &policy) == srtp_err_status_ok &&
           srtp_set_stream_roc(session, policy.ssrc.value, number(ssrc_and_counter + 4)) == srtp_err_status_ok;
}

static int take(srtp_t session, int is_rtcp, unsigned int key, uint8_t *packet, int *length) {
    const unsigned int mki = setting.has_mki ? 1 : 0;
    if (setting.is_protecting) {
        return is_rtcp ? srtp_protect_rtcp_mki(session, packet, length, mki, key)
                       : srtp_protect_mki(session, packet, length, mki, key);
    }
    return is_rtcp ? srtp_unprotect_rtcp_mki(session, packet, length, mki)
                   : srtp_unprotect_mki(session, packet, length, mki);
}

int main(int argc, char **argv) {
    // libsrtp wants words to be aligned.
    static _Alignas(8) uint8_t packet[MAX_PACKET + SRTP_MAX_TRAILER_LEN + SRTCP_INDEX];
    uint8_t kind;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(srtp_get_version_string());
        return 0;
    }
    if (!read_setting()) return fail("the setting is wrong");
    setting.policy.ssrc.type = setting.is_protecting ? ssrc_any_outbound : ssrc_any_inbound;

    srtp_t session;
    if (srtp_init() != srtp_err_status_ok) return fail("srtp_init failed");
    if (srtp_create(&session, &setting.policy) != srtp_err_status_ok) return fail("srtp_create failed");

    while (read_octets(&kind, 1)) {
        uint8_t head[8];
        if (kind == 'R') {
            if (!read_octets(head, 8)) return fail("a rollover counter is cut short");
            if (!set_rollover_counter(session, head)) return fail("a rollover counter was not taken");
            continue;
        }
        if (kind != 'T' && kind != 'C') return fail("neither R, T nor C");
        if (!read_octets(head, 3)) return fail("a packet is cut short");
        int length = head[1] << 8 | head[2];
        if (!read_octets(packet, (size_t)length)) return fail("a packet is cut short");
        const int status = take(session, kind == 'C', head[0], packet, &length);
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
