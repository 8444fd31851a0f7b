// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim: counter mode keystream out of libcrypto's block calls, and the exclusive-or.
//
// Setting an IV through EVP costs as much as encrypting a hundred blocks, so counter blocks are written here and
// encrypted by ECB. A block is written by one 16-octet store: the cipher loads 16 octets, and a load that spans two
// younger stores waits for both.

#ifndef CSRTP_COUNTER_BLOCKS_H
#define CSRTP_COUNTER_BLOCKS_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CSRTP_INLINE static inline __attribute__((always_inline))

enum { CSRTP_BLOCK = 16 };

typedef uint8_t csrtp_block __attribute__((vector_size(CSRTP_BLOCK)));
typedef uint8_t csrtp_unaligned_block __attribute__((vector_size(CSRTP_BLOCK), aligned(1), may_alias));
typedef uint16_t csrtp_words __attribute__((vector_size(CSRTP_BLOCK)));
typedef uint64_t csrtp_halves __attribute__((vector_size(CSRTP_BLOCK)));

_Static_assert(sizeof(csrtp_block) == CSRTP_BLOCK, "a block is one AES block");

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
CSRTP_INLINE uint16_t csrtp_big_endian_16(uint16_t value) { return __builtin_bswap16(value); }
CSRTP_INLINE uint32_t csrtp_big_endian_32(uint32_t value) { return __builtin_bswap32(value); }
CSRTP_INLINE uint64_t csrtp_big_endian_64(uint64_t value) { return __builtin_bswap64(value); }
#else
CSRTP_INLINE uint16_t csrtp_big_endian_16(uint16_t value) { return value; }
CSRTP_INLINE uint32_t csrtp_big_endian_32(uint32_t value) { return value; }
CSRTP_INLINE uint64_t csrtp_big_endian_64(uint64_t value) { return value; }
#endif

/// The blocks that `count` octets begin.
CSRTP_INLINE size_t csrtp_blocks(size_t count) { return (count + CSRTP_BLOCK - 1) / CSRTP_BLOCK; }

CSRTP_INLINE void csrtp_store_32(uint8_t *to, uint32_t value) {
    value = csrtp_big_endian_32(value);
    memcpy(to, &value, sizeof value);
}

/// Fills `count` octets with zeros in a way that no optimiser drops. What OPENSSL_cleanse does, by the C library's wide
/// stores: the keystream of a packet is wiped in 10 ns instead of 40.
CSRTP_INLINE void csrtp_wipe(void *octets, size_t count) {
    memset(octets, 0, count);
    __asm__ volatile("" : : "r"(octets) : "memory");
}

/// The big-endian 128-bit number `high || low`.
CSRTP_INLINE csrtp_block csrtp_counter_block(uint64_t high, uint64_t low) {
    return (csrtp_block)(csrtp_halves){csrtp_big_endian_64(high), csrtp_big_endian_64(low)};
}

/// The block `count` (below 2^16) after one at a multiple of 2^16.
CSRTP_INLINE csrtp_block csrtp_counter_after(csrtp_block counter, size_t count) {
    csrtp_words words = (csrtp_words)counter;
    words[7] = csrtp_big_endian_16((uint16_t)count);
    return (csrtp_block)words;
}

/// Makes `count` blocks of keystream from `counter` on, of which only the last octet is counted up: it must not wrap.
CSRTP_INLINE int csrtp_keystream(EVP_CIPHER_CTX *ecb, csrtp_block *keystream, csrtp_block counter, size_t count) {
    const csrtp_block one = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    for (size_t i = 0; i < count; i++, counter += one) keystream[i] = counter;
    return EVP_Cipher(ecb, (uint8_t *)keystream, (const uint8_t *)keystream, (unsigned int)(count * CSRTP_BLOCK)) > 0;
}

/// Exclusive-ors one block of keystream into the 16 octets at `input`, to `output`.
CSRTP_INLINE void csrtp_exclusive_or_block(uint8_t *output, const uint8_t *input, const csrtp_block *keystream) {
    *(csrtp_unaligned_block *)output = *(const csrtp_unaligned_block *)input ^ *keystream;
}

/// Exclusive-ors `count` octets of keystream into those at `input`, to `output`: the same place or not overlapping.
CSRTP_INLINE void csrtp_exclusive_or(uint8_t *output, const uint8_t *input, const csrtp_block *keystream,
                                     size_t count) {
    size_t i = 0;
    for (; count - i >= 4 * CSRTP_BLOCK; i += 4 * CSRTP_BLOCK, keystream += 4) {
        csrtp_exclusive_or_block(output + i, input + i, keystream);
        csrtp_exclusive_or_block(output + i + CSRTP_BLOCK, input + i + CSRTP_BLOCK, keystream + 1);
        csrtp_exclusive_or_block(output + i + 2 * CSRTP_BLOCK, input + i + 2 * CSRTP_BLOCK, keystream + 2);
        csrtp_exclusive_or_block(output + i + 3 * CSRTP_BLOCK, input + i + 3 * CSRTP_BLOCK, keystream + 3);
    }
    for (; count - i >= CSRTP_BLOCK; i += CSRTP_BLOCK) csrtp_exclusive_or_block(output + i, input + i, keystream++);
    const uint8_t *rest = (const uint8_t *)keystream - i;
    if ((count & 8) != 0) {
        uint64_t word, mask;
        memcpy(&word, input + i, sizeof word);
        memcpy(&mask, rest + i, sizeof mask);
        word ^= mask;
        memcpy(output + i, &word, sizeof word);
        i += sizeof word;
    }
    if ((count & 4) != 0) {
        uint32_t word, mask;
        memcpy(&word, input + i, sizeof word);
        memcpy(&mask, rest + i, sizeof mask);
        word ^= mask;
        memcpy(output + i, &word, sizeof word);
        i += sizeof word;
    }
    if ((count & 2) != 0) {
        uint16_t word, mask;
        memcpy(&word, input + i, sizeof word);
        memcpy(&mask, rest + i, sizeof mask);
        word ^= mask;
        memcpy(output + i, &word, sizeof word);
        i += sizeof word;
    }
    if ((count & 1) != 0) output[i] = input[i] ^ rest[i];
}

#endif
