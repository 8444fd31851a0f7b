// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim: Galois/counter mode for AES and ARIA.
//
// Setting an IV and asking for a tag through EVP costs more than all the rest of a small packet. So keystream comes from
// block calls, as for counter mode, and the hash from libcrypto's own GCM calls, which take it from there: sealing 160
// octets takes 102 ns instead of 177 by the shortest way through EVP, 1200 octets 306 instead of 353 (OpenSSL 3.0.19, AMD
// EPYC family 26). And since hash and keystream are apart, a tag is compared before anything is decrypted.

#ifndef CSRTP_GCM_H
#define CSRTP_GCM_H

#include "counter_blocks.h"
#include "csrtp_shims.h"

typedef struct csrtp_gcm csrtp_gcm;

/// What is authenticated and not encrypted, in two runs.
typedef struct {
    const void *first;
    size_t first_count;
    const void *second;
    size_t second_count;
} csrtp_associated;

/// A key of 16, 24 or 32 octets. NULL on failure.
csrtp_gcm *csrtp_gcm_new(enum csrtp_block_cipher cipher, const void *key, size_t key_count, int through_evp);
void csrtp_gcm_free(csrtp_gcm *context);
/// 1 where this context goes through EVP.
int csrtp_gcm_is_through_evp(const csrtp_gcm *context);

// The IV is octets 2 to 13 of `counter`: RFC 7714 sections 8.1 and 9.1 lay it out as AES-CM's counter block, two octets to
// the left. `count` is below 2^31; `input` and `output` are the same place or do not overlap. A tag is 16 octets.

/// Encrypts, and writes the tag.
int csrtp_gcm_seal(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                   uint8_t *output, size_t count, uint8_t *tag);
/// Compares the tag, and only where it agrees decrypts; CSRTP_TAG_DIFFERS otherwise, with `output` untouched.
int csrtp_gcm_open(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                   uint8_t *output, size_t count, const uint8_t *tag);
/// Compares the tag, and decrypts nothing.
int csrtp_gcm_verify(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                     size_t count, const uint8_t *tag);
/// Exclusive-ors the keystream that sealing uses, without a tag.
int csrtp_gcm_apply(csrtp_gcm *context, csrtp_block counter, const uint8_t *input, uint8_t *output, size_t count);

#endif
