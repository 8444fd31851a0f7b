// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim: AES in f8 mode (RFC 3711 section 4.1.2).
//
// S(j) = E(k_e, IV' XOR j XOR S(j-1)) is what CBC makes of the plaintext blocks IV' XOR j, so that all of a packet's
// keystream is one call. CBC goes on from the block before, the last one of another packet: setting an IV through EVP costs
// more than to exclusive-or that block into the first one, which undoes it.

#ifndef CSRTP_F8_H
#define CSRTP_F8_H

#include "counter_blocks.h"

typedef struct csrtp_f8 csrtp_f8;

/// A key of 16, 24 or 32 octets; a salt of no more than that. NULL on failure.
csrtp_f8 *csrtp_f8_new(const void *key, size_t key_count, const void *salt, size_t salt_count);
void csrtp_f8_free(csrtp_f8 *context);
/// Exclusive-ors `count` octets of keystream under `iv` into those at `input`, to `output`: the same place or not
/// overlapping.
int csrtp_f8_apply(csrtp_f8 *context, csrtp_block iv, const uint8_t *input, uint8_t *output, size_t count);

#endif
