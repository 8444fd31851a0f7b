// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The C side of CryptoPrimitives: thin functions over libcrypto. They exist for what Swift cannot say (macros, by-value
// copies of digest states, vectorised exclusive-or), not for policy: what is encrypted, under which IV and with how long
// a tag is decided in Swift.
//
// Functions that can fail return 1 for success and 0 for failure. Contexts are opaque: made by `_new`, NULL on failure,
// ended by `_free`, which wipes them. A context belongs to one thread at a time.

#ifndef CSRTP_SHIMS_H
#define CSRTP_SHIMS_H

#include <stddef.h>
#include <stdint.h>

// Memory and random octets.

/// Overwrites `count` octets in a way that no optimiser drops.
void csrtp_cleanse(void *bytes, size_t count);
/// 1 where the two runs of `count` octets are equal. The time taken depends on `count` alone.
int csrtp_constant_time_equal(const void *left, const void *right, size_t count);
/// Fills `count` octets from libcrypto's generator for secrets.
int csrtp_random(void *bytes, size_t count);
/// The version text of the libcrypto in use.
const char *csrtp_libcrypto_version(void);

// AES in counter mode.

typedef struct csrtp_aes_ctr csrtp_aes_ctr;

/// A key of 16, 24 or 32 octets.
csrtp_aes_ctr *csrtp_aes_ctr_new(const void *key, size_t key_count);
void csrtp_aes_ctr_free(csrtp_aes_ctr *context);
/// From how many octets on the keystream comes from libcrypto's CTR mode instead of from its block calls. The octets are
/// the same either way; the time is not.
void csrtp_aes_ctr_set_crossover(csrtp_aes_ctr *context, size_t count);
/// Exclusive-ors `count` octets of keystream into `output`. The first counter block is the big-endian 128-bit number
/// `iv_high || iv_low`. `input` and `output` are the same pointer or do not overlap; `count` is at most 2^20.
int csrtp_aes_ctr_apply(csrtp_aes_ctr *context, uint64_t iv_high, uint64_t iv_low, const void *input, void *output,
                        size_t count);

// HMAC-SHA1 that starts from saved states of the padded key.

typedef struct csrtp_hmac_sha1 csrtp_hmac_sha1;

#define CSRTP_HMAC_SHA1_COUNT 20

/// A key of any length. With `through_evp`, or where the digest's own calls are not to be had, each MAC goes through
/// libcrypto's EVP_MAC, which allocates.
csrtp_hmac_sha1 *csrtp_hmac_sha1_new(const void *key, size_t key_count, int through_evp);
void csrtp_hmac_sha1_free(csrtp_hmac_sha1 *context);
/// 1 where this context goes through EVP_MAC.
int csrtp_hmac_sha1_is_through_evp(const csrtp_hmac_sha1 *context);
/// The MAC of `count` octets of `message`, followed by `trailer_count` (at most 8) octets of `trailer`.
int csrtp_hmac_sha1_compute(csrtp_hmac_sha1 *context, const void *message, size_t count, const void *trailer,
                            size_t trailer_count, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]);

#endif
