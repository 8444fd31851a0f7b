// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What a benchmark asks of libsrtp, in one form for all its versions: compiled on the machine that measures, against the
// headers of the libsrtp that is measured (`-DSRTP_HEADER=<srtp3/srtp.h> -DSRTP_TYPES=<srtp3/crypto_types.h>`), and loaded
// beside others. No code of libsrtp's.

#include SRTP_HEADER
#include SRTP_TYPES

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum work { PROTECT_RTP, UNPROTECT_RTP, PROTECT_RTCP, UNPROTECT_RTCP };
enum cipher { NULL_CIPHER, COUNTER_MODE, GCM };

// libsrtp 2 transforms in place and counts in `int`, for a while in `size_t`; libsrtp 3 takes an input and an output.
typedef srtp_err_status_t in_place_int(srtp_t, void *, int *);
typedef srtp_err_status_t in_place_size(srtp_t, void *, size_t *);
typedef srtp_err_status_t protect_3(srtp_t, const uint8_t *, size_t, uint8_t *, size_t *, size_t);
typedef srtp_err_status_t unprotect_3(srtp_t, const uint8_t *, size_t, uint8_t *, size_t *);

// The one call that was renamed. A weak symbol that the library has not is NULL.
srtp_err_status_t srtp_add_stream(srtp_t, const srtp_policy_t *) __attribute__((weak));
srtp_err_status_t srtp_stream_add(srtp_t, const srtp_policy_t *) __attribute__((weak));

enum form { IN_PLACE_INT, IN_PLACE_SIZE, INPUT_AND_OUTPUT };
static const enum form form =
    _Generic(&srtp_protect, in_place_int *: IN_PLACE_INT, in_place_size *: IN_PLACE_SIZE, protect_3 *: INPUT_AND_OUTPUT);

/// Everything but the packet is a constant wherever this is inlined.
static inline __attribute__((always_inline)) srtp_err_status_t call(void (*function)(void), int has_mki_index,
                                                                    srtp_t session, uint8_t *packet, size_t *length,
                                                                    size_t room) {
    srtp_err_status_t status;
    size_t given = *length;
    int count = (int)given;
    switch (form) {
    case IN_PLACE_INT:
        status = ((in_place_int *)function)(session, packet, &count);
        *length = (size_t)count;
        return status;
    case IN_PLACE_SIZE: return ((in_place_size *)function)(session, packet, length);
    case INPUT_AND_OUTPUT:
        *length = room;
        return has_mki_index ? ((protect_3 *)function)(session, packet, given, packet, length, 0)
                             : ((unprotect_3 *)function)(session, packet, given, packet, length);
    }
    return srtp_err_status_fail;
}

const char *adapter_version(void) { return srtp_get_version_string(); }

int adapter_start(void) { return srtp_init() == srtp_err_status_ok; }

static void set_policy(srtp_crypto_policy_t *policy, int cipher, size_t key_count, size_t tag_count) {
    policy->cipher_type = cipher == NULL_CIPHER ? SRTP_NULL_CIPHER
                          : cipher == GCM       ? (key_count == 16 ? SRTP_AES_GCM_128 : SRTP_AES_GCM_256)
                          : key_count == 16     ? SRTP_AES_ICM_128
                          : key_count == 24     ? SRTP_AES_ICM_192
                                                : SRTP_AES_ICM_256;
    policy->cipher_key_len = (int)key_count + (cipher == GCM ? 12 : 14);
    policy->auth_type = cipher == GCM ? SRTP_NULL_AUTH : SRTP_HMAC_SHA1;
    policy->auth_key_len = cipher == GCM ? 0 : 20;
    policy->auth_tag_len = (int)tag_count;
    policy->sec_serv = cipher == NULL_CIPHER ? sec_serv_auth : sec_serv_conf_and_auth;
}

static void set_policies(srtp_policy_t *policy, int cipher, const uint8_t *key_and_salt, size_t key_count,
                         size_t rtp_tag_count, size_t rtcp_tag_count, size_t window) {
    memset(policy, 0, sizeof *policy);
    set_policy(&policy->rtp, cipher, key_count, rtp_tag_count);
    set_policy(&policy->rtcp, cipher, key_count, rtcp_tag_count);
    policy->key = (uint8_t *)key_and_salt;
    policy->window_size = window;
}

/// A session that makes a stream for every SSRC it sees. NULL where this libsrtp has not the suite.
void *adapter_new(int cipher, const uint8_t *key_and_salt, size_t key_count, size_t rtp_tag_count, size_t rtcp_tag_count,
                  int is_sending, size_t window) {
    srtp_policy_t policy;
    srtp_t session = NULL;
    set_policies(&policy, cipher, key_and_salt, key_count, rtp_tag_count, rtcp_tag_count, window);
    policy.ssrc.type = is_sending ? ssrc_any_outbound : ssrc_any_inbound;
    return srtp_create(&session, &policy) == srtp_err_status_ok ? session : NULL;
}

void adapter_free(void *session) { srtp_dealloc(session); }

/// Adds a stream with keys of its own, as srtp_add_stream derives them. 1 for success.
int adapter_add_stream(void *session, uint32_t ssrc, int cipher, const uint8_t *key_and_salt, size_t key_count,
                       size_t rtp_tag_count, size_t rtcp_tag_count, size_t window) {
    srtp_policy_t policy;
    set_policies(&policy, cipher, key_and_salt, key_count, rtp_tag_count, rtcp_tag_count, window);
    policy.ssrc.type = ssrc_specific;
    policy.ssrc.value = ssrc;
    srtp_err_status_t (*add)(srtp_t, const srtp_policy_t *) = srtp_stream_add ? srtp_stream_add : srtp_add_stream;
    return add != NULL && add(session, &policy) == srtp_err_status_ok;
}

/// Transforms `count` packets of `length` octets in place, `stride` apart. Returns how many became `expected` octets long;
/// the first that does not ends the run.
size_t adapter_run(void *session, int work, uint8_t *packets, size_t stride, size_t count, size_t length,
                   size_t expected) {
    size_t done = 0;
    for (; done < count; done++, packets += stride) {
        size_t new_length = length;
        srtp_err_status_t status = srtp_err_status_fail;
        switch (work) {
        case PROTECT_RTP:
            status = call((void (*)(void))srtp_protect, 1, session, packets, &new_length, stride);
            break;
        case UNPROTECT_RTP:
            status = call((void (*)(void))srtp_unprotect, 0, session, packets, &new_length, stride);
            break;
        case PROTECT_RTCP:
            status = call((void (*)(void))srtp_protect_rtcp, 1, session, packets, &new_length, stride);
            break;
        case UNPROTECT_RTCP:
            status = call((void (*)(void))srtp_unprotect_rtcp, 0, session, packets, &new_length, stride);
            break;
        }
        if (status != srtp_err_status_ok || new_length != expected) return done;
    }
    return done;
}
