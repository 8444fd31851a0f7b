// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private: HMAC-SHA1 from 20 octets of saved state for each of the two pads. SHA1_Update goes over whole blocks in place,
// the padding is ours, in one or two SHA1_Transform, and the outer hash is one SHA1_Transform of a block padded
// beforehand. No call allocates.

#ifndef HMAC_FLOOR_H
#define HMAC_FLOOR_H

#include "blocks.h"

#include <openssl/sha.h>

typedef struct {
    _Alignas(64) uint8_t outer_block[64];  // digest, 0x80, zeros, bit length: only the digest changes
    uint8_t tail[128];
    SHA_CTX sha;  // scratch
    uint32_t inner[5], outer[5];
} hmac_floor;

INLINE void set_state(SHA_CTX *sha, const uint32_t state[5]) { memcpy(&sha->h0, state, 20); }

INLINE void store_state(uint8_t digest[20], const SHA_CTX *sha) {
    store32(digest, sha->h0);
    store32(digest + 4, sha->h1);
    store32(digest + 8, sha->h2);
    store32(digest + 12, sha->h3);
    store32(digest + 16, sha->h4);
}

INLINE void pad_state(uint32_t state[5], const uint8_t key[20], uint8_t pad) {
    uint8_t bytes[64];
    SHA_CTX sha;
    memset(bytes, pad, 64);
    for (int i = 0; i < 20; i++) bytes[i] ^= key[i];
    SHA1_Init(&sha);
    SHA1_Transform(&sha, bytes);
    memcpy(state, &sha.h0, 20);
}

INLINE void hmac_floor_init(hmac_floor *f, const uint8_t key[20]) {
    pad_state(f->inner, key, 0x36);
    pad_state(f->outer, key, 0x5c);
    f->outer_block[20] = 0x80;
    store32(f->outer_block + 60, (64 + 20) * 8);
}

INLINE void hash_begin(hmac_floor *f) {
    set_state(&f->sha, f->inner);
    f->sha.num = 0;  // whole blocks only from here on, so Nl, Nh and data never matter
}

/// Hashes what is left from `done` (a multiple of 64), the rollover counter where there is one, and the padding, then the
/// outer block.
INLINE void hash_end(hmac_floor *f, const uint8_t *packet, size_t length, size_t done, int has_counter, uint32_t counter,
                     uint8_t digest[20]) {
    size_t rest = length & 63, whole = length - rest, end = rest + (has_counter ? 4 : 0);
    size_t tail = end + 9 <= 64 ? 64 : 128;
    memset(f->tail, 0, 128);
    memcpy(f->tail, packet + whole, rest);
    if (has_counter) store32(f->tail + rest, counter);
    f->tail[end] = 0x80;
    store64(f->tail + tail - 8, (uint64_t)(64 + length + (has_counter ? 4 : 0)) * 8);
    if (whole > done) SHA1_Update(&f->sha, packet + done, whole - done);
    SHA1_Transform(&f->sha, f->tail);
    if (tail > 64) SHA1_Transform(&f->sha, f->tail + 64);
    store_state(f->outer_block, &f->sha);
    set_state(&f->sha, f->outer);
    SHA1_Transform(&f->sha, f->outer_block);
    store_state(digest, &f->sha);
}

#endif
