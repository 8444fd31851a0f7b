// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim: HMAC-SHA1 from saved states, in steps, so that a caller can do other work between them.
//
// The digest's own calls are deprecated in favour of EVP, which allocates for every MAC. They are the only way to start
// from the saved states of the padded key without an allocation. Includers define OPENSSL_SUPPRESS_DEPRECATED first.

#ifndef CSRTP_HMAC_SHA1_H
#define CSRTP_HMAC_SHA1_H

#include "counter_blocks.h"
#include "csrtp_shims.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#if defined(OPENSSL_NO_DEPRECATED_3_0)
#define CSRTP_HAS_SHA1_CALLS 0
#else
#define CSRTP_HAS_SHA1_CALLS 1
#endif

enum { CSRTP_SHA1_BLOCK = 64 };

_Static_assert(CSRTP_HMAC_SHA1_COUNT == SHA_DIGEST_LENGTH, "the MAC is the whole digest");

/// Everything that is read or written by sixteen octets lies at a multiple of sixteen, as memory from libcrypto begins at one: a state
/// across two cache lines would cost each call of the hash 9 ns.
struct csrtp_hmac_sha1 {
#if CSRTP_HAS_SHA1_CALLS
    /// The outer hash's only block: the inner digest, a one bit, zeros, the length in bits.
    uint8_t outer_block[CSRTP_SHA1_BLOCK];
    /// Where the end of a message gets its padding.
    uint8_t tail[2 * CSRTP_SHA1_BLOCK];
    /// The hash in progress.
    SHA_CTX hash;
    /// The state after the block of key XOR ipad (RFC 2104 section 4).
    SHA_LONG inner[5];
    uint64_t tail_count;
    /// The state after the block of key XOR opad.
    SHA_LONG outer[5];
#endif
    EVP_MAC_CTX *evp;  // NULL where the saved states are used
};

#if CSRTP_HAS_SHA1_CALLS

_Static_assert(sizeof(SHA_LONG) == 4 && offsetof(SHA_CTX, h1) == offsetof(SHA_CTX, h0) + 4 &&
                   offsetof(SHA_CTX, h2) == offsetof(SHA_CTX, h0) + 8 &&
                   offsetof(SHA_CTX, h3) == offsetof(SHA_CTX, h0) + 12 &&
                   offsetof(SHA_CTX, h4) == offsetof(SHA_CTX, h0) + 16,
               "the five words of the state lie side by side");
_Static_assert(offsetof(csrtp_hmac_sha1, hash.h0) % 16 == 0 && offsetof(csrtp_hmac_sha1, inner) % 16 == 0 &&
                   offsetof(csrtp_hmac_sha1, outer) % 16 == 0,
               "no state lies across two cache lines");

/// Goes on from a saved state.
CSRTP_INLINE void csrtp_hash_resume(SHA_CTX *hash, const SHA_LONG state[5]) {
    memcpy((uint8_t *)hash + offsetof(SHA_CTX, h0), state, 5 * sizeof *state);
}

/// The first four words of the state as octets.
CSRTP_INLINE csrtp_block csrtp_hash_front(const SHA_CTX *hash) {
    uint32_t words[4] = {csrtp_big_endian_32(hash->h0), csrtp_big_endian_32(hash->h1), csrtp_big_endian_32(hash->h2),
                         csrtp_big_endian_32(hash->h3)};
    csrtp_block front;
    memcpy(&front, words, sizeof front);
    return front;
}

/// Starts a MAC.
CSRTP_INLINE void csrtp_hmac_begin(csrtp_hmac_sha1 *context) {
    csrtp_hash_resume(&context->hash, context->inner);
    context->hash.num = 0;  // only whole blocks from here on, so that libcrypto's own buffer and lengths never matter
}

/// Takes `count` octets, a multiple of the hash's block. For one block there is a call that keeps no lengths, 50 instructions
/// shorter.
CSRTP_INLINE void csrtp_hmac_absorb(csrtp_hmac_sha1 *context, const uint8_t *octets, size_t count) {
    if (count == CSRTP_SHA1_BLOCK) {
        SHA1_Transform(&context->hash, octets);
    } else if (count > 0) {
        SHA1_Update(&context->hash, octets, count);
    }
}

/// Puts aside what the hash takes last: the octets of `message` behind its whole blocks, the first `trailer_count`
/// octets of `trailer`, whose others are zeros, and the padding. Best done long before the end: a load of 16 octets that
/// several stores under way make up together waits until they are done.
CSRTP_INLINE void csrtp_hmac_put_aside(csrtp_hmac_sha1 *context, const uint8_t *message, size_t count, uint64_t trailer,
                                       size_t trailer_count) {
    size_t rest = count % CSRTP_SHA1_BLOCK, used = rest + trailer_count;
    uint64_t bits = csrtp_big_endian_64((uint64_t)(CSRTP_SHA1_BLOCK + count + trailer_count) * 8);
    uint8_t *tail = context->tail;
    context->tail_count = used + 1 + sizeof bits <= CSRTP_SHA1_BLOCK ? CSRTP_SHA1_BLOCK : 2 * CSRTP_SHA1_BLOCK;
    memset(tail, 0, sizeof context->tail);
    if (rest > 0) memcpy(tail, message + count - rest, rest);
    memcpy(tail + rest, &trailer, sizeof trailer);
    tail[used] = 0x80;
    memcpy(tail + context->tail_count - sizeof bits, &bits, sizeof bits);
}

/// Ends the MAC of a message whose whole blocks were taken and whose rest was put aside.
CSRTP_INLINE void csrtp_hmac_end(csrtp_hmac_sha1 *context, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]) {
    SHA_CTX *hash = &context->hash;
    SHA1_Transform(hash, context->tail);
    if (context->tail_count > CSRTP_SHA1_BLOCK) SHA1_Transform(hash, context->tail + CSRTP_SHA1_BLOCK);
    // The outer block's first 32 octets in two stores of the width that the hash loads.
    const uint32_t words[4] = {csrtp_big_endian_32(hash->h4), csrtp_big_endian_32(0x80000000)};
    csrtp_block front = csrtp_hash_front(hash), back;
    memcpy(&back, words, sizeof back);
    memcpy(context->outer_block, &front, sizeof front);
    memcpy(context->outer_block + sizeof front, &back, sizeof back);
    csrtp_hash_resume(hash, context->outer);
    SHA1_Transform(hash, context->outer_block);
    front = csrtp_hash_front(hash);
    memcpy(mac, &front, sizeof front);
    csrtp_store_32(mac + sizeof front, hash->h4);
}

#endif

/// Whether a tag differs from the MAC, in a time that does not depend on where. Ten octets, the usual ones, are compared as
/// sixteen: for those libcrypto has a way of 15 instructions instead of 80. The halves are stored whole, since a load of
/// what two stores made up together waits for both.
CSRTP_INLINE int csrtp_tag_differs(const uint8_t mac[CSRTP_HMAC_SHA1_COUNT], const uint8_t *tag, size_t count) {
    if (count != 10) return CRYPTO_memcmp(mac, tag, count) != 0;
    uint64_t ours[2], theirs[2];
    uint16_t our_end, their_end;
    memcpy(ours, mac, sizeof *ours);
    memcpy(theirs, tag, sizeof *theirs);
    memcpy(&our_end, mac + sizeof *ours, sizeof our_end);
    memcpy(&their_end, tag + sizeof *theirs, sizeof their_end);
    ours[1] = our_end;
    theirs[1] = their_end;
    int result = CRYPTO_memcmp(ours, theirs, sizeof ours) != 0;
    csrtp_wipe(ours, sizeof ours);
    return result;
}

#endif
