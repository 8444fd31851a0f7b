// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define OPENSSL_SUPPRESS_DEPRECATED
#include "cfloor.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

// Measured on 2 cores, AMD EPYC with AES-NI, SHA-NI, AVX-512, OpenSSL 3.0.19 (clang -O2, baseline x86-64): ns per packet by
// payload octets, 12-octet header, 10-octet tag, back to back, minimum of interleaved rounds (medians 1 to 2 % higher; the
// machine's clock drifts by 5 % within an hour, so compare only inside one block).
//
//   keystream and xor alone                     20    160    256    500    800   1200   3000   4000
//     CTR, EVP_CipherInit_ex(iv) + EVP_Cipher   69     69     72    108    121    153    316    384
//     CTR, EVP_CIPHER_CTX_iv_noconst pointer    33     33     38     71     85    118    280    346
//     ECB, octet loops                          20     31     34     62     99    148    380    503
//     ECB, vector counters and xor              18     29     32     54     87    126    305    396
//   HMAC-SHA1 alone
//     as many compressions in one dependent run 60    118    176    292    407    609
//     EVP_MAC (two heap allocations)           149    203    265    379    492    700
//     SHA_CTX copies, SHA1_Final                82    119    178    294    408    614
//     own padding, SHA1_Transform               73    111    168    284    399    604
//   protect / unprotect, whole packet
//     CTR, EVP_CipherInit_ex, then HMAC    148/154 199/203 258/268 405/412 546/554 791/797
//     CTR, iv pointer, then HMAC           103/109 164/162 224/230 376/384 513/516 751/760
//     ECB in one call, then HMAC            87/92  153/155 213/220 354/358 508/509 761/766
//     this file                             86/90  159/139 219/195 347/332 482/476 704/700
//
// - AES by ECB over counter blocks at every size: setting an IV through EVP costs 40 to 50 ns, ECB only 0.35 ns more for
//   a block, so CTR wins above about 3,500 octets (800 by writing to the IV pointer, but not once interleaved). Hence no
//   size threshold. The xor must be vector code: an octet loop the compiler leaves scalar makes ECB the slower one.
// - SHA-1 is a chain of dependent rounds that leaves the core half idle. Making keystream between calls of SHA1_Update lets
//   the core overlap the two: about 60 ns at 1200 octets (and a loss of 6 in protect at 160 and 256). protect hashes one
//   step behind what it encrypts, because octets just stored stall the hash; unprotect hashes first, keeps the keystream on
//   the stack and xors once the tag is right.
// - HMAC: 20 octets of saved state, SHA1_Update over whole blocks in place, own padding in one or two SHA1_Transform, the
//   outer hash as one SHA1_Transform of a block padded beforehand. No call allocates.

#define INLINE static inline __attribute__((always_inline))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian only");

typedef uint64_t block __attribute__((vector_size(16)));
typedef uint64_t loose_block __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint16_t lanes __attribute__((vector_size(16)));

// Octets of keystream made between two calls of SHA1_Update, and the keystream unprotect makes before the tag is known.
enum { protect_step = 64, unprotect_step = 128, ahead_blocks = 128 };

struct cfloor {
    _Alignas(64) uint8_t outer_block[64]; // digest, 0x80, zeros, bit length: only the digest changes
    uint8_t tail[128];
    SHA_CTX sha; // scratch
    uint32_t inner[5], outer[5];
    block salt;
    EVP_CIPHER_CTX *ecb;
};

INLINE void store32(uint8_t *p, uint32_t v) { v = __builtin_bswap32(v); memcpy(p, &v, 4); }
INLINE void store64(uint8_t *p, uint64_t v) { v = __builtin_bswap64(v); memcpy(p, &v, 8); }
INLINE void set_state(SHA_CTX *sha, const uint32_t state[5]) { memcpy(&sha->h0, state, 20); }

INLINE void store_state(uint8_t digest[20], const SHA_CTX *sha) {
    store32(digest, sha->h0);
    store32(digest + 4, sha->h1);
    store32(digest + 8, sha->h2);
    store32(digest + 12, sha->h3);
    store32(digest + 16, sha->h4);
}

static void pad_state(uint32_t state[5], const uint8_t auth_key[20], uint8_t pad) {
    uint8_t bytes[64];
    SHA_CTX sha;
    memset(bytes, pad, 64);
    for (int i = 0; i < 20; i++) bytes[i] ^= auth_key[i];
    SHA1_Init(&sha);
    SHA1_Transform(&sha, bytes);
    memcpy(state, &sha.h0, 20);
    OPENSSL_cleanse(bytes, sizeof bytes);
}

cfloor *cfloor_new(const uint8_t key[16], const uint8_t salt[14], const uint8_t auth_key[20]) {
    cfloor *f = aligned_alloc(64, (sizeof *f + 63) & ~(size_t)63);
    if (f == NULL) return NULL;
    memset(f, 0, sizeof *f);
    memcpy(&f->salt, salt, 14);
    pad_state(f->inner, auth_key, 0x36);
    pad_state(f->outer, auth_key, 0x5c);
    f->outer_block[20] = 0x80;
    store32(f->outer_block + 60, (64 + 20) * 8);
    f->ecb = EVP_CIPHER_CTX_new();
    if (f->ecb == NULL || EVP_EncryptInit_ex(f->ecb, EVP_aes_128_ecb(), NULL, key, NULL) != 1) {
        cfloor_free(f);
        return NULL;
    }
    EVP_CIPHER_CTX_set_padding(f->ecb, 0);
    return f;
}

void cfloor_free(cfloor *f) {
    if (f == NULL) return;
    EVP_CIPHER_CTX_free(f->ecb);
    OPENSSL_cleanse(f, sizeof *f);
    free(f);
}

INLINE block packet_iv(const cfloor *f, uint64_t index, uint32_t ssrc) {
    return f->salt ^ (block){(uint64_t)__builtin_bswap32(ssrc) << 32, __builtin_bswap64(index << 16)};
}

/// `first` is a multiple of 4 and the call never crosses a multiple of 256, so only the low counter octet is added to.
INLINE void keystream(cfloor *f, block *out, block iv, size_t first, size_t count) {
    const lanes one = {0, 0, 0, 0, 0, 0, 0, 0x0100}; // octet 15 is the high half of a little-endian lane
    lanes counter = (lanes)iv;
    counter[7] = __builtin_bswap16((uint16_t)first);
    for (size_t i = 0; i < count; i++, counter += one) out[i] = (block)counter;
    EVP_Cipher(f->ecb, (uint8_t *)out, (const uint8_t *)out, (unsigned)(count * 16));
}

INLINE void xor_into(uint8_t *p, const block *stream, size_t length) {
    size_t i = 0;
    for (; length >= 16; length -= 16, p += 16) *(loose_block *)p ^= stream[i++];
    const uint8_t *s = (const uint8_t *)(stream + i);
    if (length & 8) {
        uint64_t a, b;
        memcpy(&a, p, 8), memcpy(&b, s, 8);
        a ^= b, memcpy(p, &a, 8), p += 8, s += 8;
    }
    if (length & 4) {
        uint32_t a, b;
        memcpy(&a, p, 4), memcpy(&b, s, 4);
        a ^= b, memcpy(p, &a, 4), p += 4, s += 4;
    }
    for (length &= 3; length > 0; length--) *p++ ^= *s++;
}

INLINE void hash_begin(cfloor *f) {
    set_state(&f->sha, f->inner);
    f->sha.num = 0; // whole blocks only from here on, so Nl, Nh and data never matter
}

/// Hashes what is left from `done` (a multiple of 64), the roll-over counter and the padding, then the outer block.
INLINE void hash_end(cfloor *f, const uint8_t *packet, size_t length, size_t done, uint32_t roc, uint8_t digest[20]) {
    size_t rest = length & 63, whole = length - rest, tail = rest + 4 + 9 <= 64 ? 64 : 128;
    memset(f->tail, 0, 128);
    memcpy(f->tail, packet + whole, rest);
    store32(f->tail + rest, roc);
    f->tail[rest + 4] = 0x80;
    store64(f->tail + tail - 8, (uint64_t)(64 + length + 4) * 8);
    if (whole > done) SHA1_Update(&f->sha, packet + done, whole - done);
    SHA1_Transform(&f->sha, f->tail);
    if (tail > 64) SHA1_Transform(&f->sha, f->tail + 64);
    store_state(f->outer_block, &f->sha);
    set_state(&f->sha, f->outer);
    SHA1_Transform(&f->sha, f->outer_block);
    store_state(digest, &f->sha);
}

size_t cfloor_protect(cfloor *f, uint8_t *packet, size_t length, uint64_t index, size_t header_length, uint32_t ssrc,
                      size_t tag_length) {
    block iv = packet_iv(f, index, ssrc), stream[protect_step / 16];
    size_t done = 0, counter = 0;
    uint8_t digest[20];
    hash_begin(f);
    for (size_t at = header_length; at < length; at += protect_step, counter += protect_step / 16) {
        size_t step = length - at < protect_step ? length - at : protect_step;
        keystream(f, stream, iv, counter, (step + 15) / 16);
        xor_into(packet + at, stream, step);
        size_t ready = at & ~(size_t)63; // one step behind
        if (ready > done) {
            SHA1_Update(&f->sha, packet + done, ready - done);
            done = ready;
        }
    }
    hash_end(f, packet, length, done, (uint32_t)(index >> 16), digest);
    if (tag_length == 10) memcpy(packet + length, digest, 10);
    else memcpy(packet + length, digest, 4);
    return length + tag_length;
}

size_t cfloor_unprotect(cfloor *f, uint8_t *packet, size_t length, uint64_t index, size_t header_length, uint32_t ssrc,
                        size_t tag_length) {
    if (length < header_length + tag_length) return 0;
    length -= tag_length;
    block iv = packet_iv(f, index, ssrc), stream[ahead_blocks];
    size_t payload = length - header_length, blocks = (payload + 15) / 16, whole = length & ~(size_t)63;
    size_t done = 0, counter = 0;
    uint8_t digest[20];
    if (blocks > ahead_blocks) blocks = ahead_blocks;
    hash_begin(f);
    while (whole > 0 && counter < blocks) {
        size_t step = whole - done < unprotect_step ? whole - done : unprotect_step;
        if (step > 0) SHA1_Update(&f->sha, packet + done, step);
        done += step;
        size_t count = blocks - counter < unprotect_step / 16 ? blocks - counter : unprotect_step / 16;
        keystream(f, stream + counter, iv, counter, count);
        counter += count;
    }
    hash_end(f, packet, length, done, (uint32_t)(index >> 16), digest);
    if (counter < blocks) keystream(f, stream + counter, iv, counter, blocks - counter);
    if (CRYPTO_memcmp(packet + length, digest, tag_length) != 0) return 0;
    uint8_t *p = packet + header_length;
    for (counter = blocks;;) {
        size_t step = payload < blocks * 16 ? payload : blocks * 16;
        xor_into(p, stream, step);
        p += step, payload -= step;
        if (payload == 0) return length;
        keystream(f, stream, iv, counter, ahead_blocks);
        counter += ahead_blocks;
    }
}
