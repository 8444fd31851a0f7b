// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private: AES-GCM as SRTP has it (RFC 7714), in two ways: by EVP in the fewest calls that make a packet, and by parts,
// the keystream from one ECB call over counter blocks and the tag from libcrypto's GHASH. Which is the faster one depends
// on the packet's size and on libcrypto, so both are measured.

#ifndef GCM_FLOOR_H
#define GCM_FLOOR_H

#include "blocks.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/modes.h>
#include <openssl/params.h>

// Blocks of keystream in one call: a packet of 2,000 octets and the block that masks the tag.
enum { gcm_tag = 16, gcm_ahead_blocks = 126 };

typedef struct {
    EVP_CIPHER_CTX *encrypting, *decrypting;  // by EVP
    EVP_CIPHER_CTX *ecb;                      // by parts
    GCM128_CONTEXT *hash;
    block answer;  // what the hash is told whenever it asks for an encrypted block
    block salt;
} gcm_floor;

INLINE void gcm_floor_destroy(gcm_floor *f) {
    EVP_CIPHER_CTX_free(f->encrypting);
    EVP_CIPHER_CTX_free(f->decrypting);
    EVP_CIPHER_CTX_free(f->ecb);
    if (f->hash != NULL) CRYPTO_gcm128_release(f->hash);
}

static void gcm_floor_answer(const unsigned char in[16], unsigned char out[16], const void *floor) {
    (void)in;
    memcpy(out, &((const gcm_floor *)floor)->answer, 16);
}

static void gcm_floor_leave(const unsigned char *in, unsigned char *out, size_t blocks, const void *floor,
                            const unsigned char iv[16]) {
    (void)in, (void)out, (void)blocks, (void)floor, (void)iv;
}

INLINE int gcm_floor_init(gcm_floor *f, const uint8_t *key, size_t key_count, const uint8_t salt[12], int by_evp) {
    static const uint8_t zeros[12];
    memcpy(&f->salt, salt, 12);
    if (by_evp) {
        f->encrypting = keyed(aes_gcm(key_count), key);
        f->decrypting = EVP_CIPHER_CTX_new();
        return f->encrypting != NULL && f->decrypting != NULL &&
               EVP_DecryptInit_ex(f->decrypting, aes_gcm(key_count), NULL, key, zeros) == 1;
    }
    f->ecb = keyed(aes_ecb(key_count), key);
    if (f->ecb == NULL) return 0;
    // The hash asks for its key, the encrypted zero block.
    EVP_Cipher(f->ecb, (uint8_t *)&f->answer, (const uint8_t *)&f->answer, 16);
    return (f->hash = CRYPTO_gcm128_new(f, gcm_floor_answer)) != NULL;
}

/// The 12 octets of the IV, with the block's number 0 behind them: 00 00 || SSRC || index of 48 bits, or of 32 for SRTCP
/// behind 16 of zeros, and the salt (RFC 7714 sections 8.1 and 9.1).
INLINE block gcm_iv(const gcm_floor *f, uint64_t index, uint32_t ssrc) {
    uint64_t first = (uint64_t)__builtin_bswap32(ssrc) << 16 | (uint64_t)__builtin_bswap16((uint16_t)(index >> 32)) << 48;
    return f->salt ^ (block){first, __builtin_bswap32((uint32_t)index)};
}

// By EVP.

INLINE int gcm_evp(EVP_CIPHER_CTX *evp, block iv, const uint8_t *packet, size_t start, const uint8_t *word,
                   uint8_t *text, size_t count) {
    return EVP_CipherInit_ex(evp, NULL, NULL, NULL, (const uint8_t *)&iv, -1) == 1 &&
           EVP_Cipher(evp, NULL, packet, (unsigned)start) >= 0 && (word == NULL || EVP_Cipher(evp, NULL, word, 4) >= 0) &&
           EVP_Cipher(evp, text, text, (unsigned)count) >= 0;
}

INLINE int gcm_protect_by_evp(gcm_floor *f, block iv, uint8_t *packet, size_t start, const uint8_t *word, size_t length) {
    OSSL_PARAM tag[2] = {
        OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, packet + length, gcm_tag), OSSL_PARAM_END};
    return gcm_evp(f->encrypting, iv, packet, start, word, packet + start, length - start) &&
           EVP_Cipher(f->encrypting, NULL, NULL, 0) >= 0 && EVP_CIPHER_CTX_get_params(f->encrypting, tag) == 1;
}

/// `length` is the packet's without the tag. A wrong tag leaves the packet decrypted: this is a floor.
INLINE int gcm_unprotect_by_evp(gcm_floor *f, block iv, uint8_t *packet, size_t start, const uint8_t *word,
                                size_t length) {
    OSSL_PARAM tag[2] = {
        OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, packet + length, gcm_tag), OSSL_PARAM_END};
    return EVP_CipherInit_ex(f->decrypting, NULL, NULL, NULL, (const uint8_t *)&iv, -1) == 1 &&
           EVP_CIPHER_CTX_set_params(f->decrypting, tag) == 1 &&
           EVP_Cipher(f->decrypting, NULL, packet, (unsigned)start) >= 0 &&
           (word == NULL || EVP_Cipher(f->decrypting, NULL, word, 4) >= 0) &&
           EVP_Cipher(f->decrypting, packet + start, packet + start, (unsigned)(length - start)) >= 0 &&
           EVP_Cipher(f->decrypting, NULL, NULL, 0) >= 0;
}

// By parts.

/// Keystream from the block that masks the tag on, and a hash that has its mask and what is associated.
INLINE void gcm_begin(gcm_floor *f, block *stream, block iv, const uint8_t *packet, size_t start, const uint8_t *word,
                      size_t blocks) {
    static const uint8_t zeros[12];
    make_keystream(f->ecb, stream, iv, 1, blocks);
    f->answer = stream[0];
    CRYPTO_gcm128_setiv(f->hash, zeros, sizeof zeros);
    CRYPTO_gcm128_aad(f->hash, packet, start);
    if (word != NULL) CRYPTO_gcm128_aad(f->hash, word, 4);
}

/// Hashes encrypted octets, by a decryption that writes nothing but the last octets, into a copy.
INLINE void gcm_absorb(gcm_floor *f, const uint8_t *octets, size_t count) {
    size_t rest = count & 15, whole = count - rest;
    if (whole > 0) CRYPTO_gcm128_decrypt_ctr32(f->hash, octets, (uint8_t *)octets, whole, gcm_floor_leave);
    if (rest == 0) return;
    uint8_t last[16];
    memcpy(last, octets + whole, rest);
    CRYPTO_gcm128_decrypt_ctr32(f->hash, last, last, rest, gcm_floor_leave);
}

/// Exclusive-ors all keystream but its first block, and what comes behind what was made ahead.
INLINE void gcm_apply(gcm_floor *f, block *stream, block iv, uint8_t *text, size_t count) {
    for (size_t first = 2 + gcm_ahead_blocks, ahead = gcm_ahead_blocks;; first += ahead) {
        size_t part = count < ahead * 16 ? count : ahead * 16;
        xor_into(text, stream + 1, part);
        text += part, count -= part;
        if (count == 0) return;
        // The longest run up to the next multiple of 256.
        ahead = 256 - (first & 255) < gcm_ahead_blocks ? 256 - (first & 255) : gcm_ahead_blocks;
        make_keystream(f->ecb, stream + 1, iv, first, ahead);
    }
}

INLINE size_t gcm_blocks(size_t count) {
    size_t blocks = blocks_of(count);
    return 1 + (blocks < gcm_ahead_blocks ? blocks : gcm_ahead_blocks);
}

INLINE int gcm_protect_by_parts(gcm_floor *f, block iv, uint8_t *packet, size_t start, const uint8_t *word,
                                size_t length) {
    block stream[1 + gcm_ahead_blocks];
    gcm_begin(f, stream, iv, packet, start, word, gcm_blocks(length - start));
    gcm_apply(f, stream, iv, packet + start, length - start);
    gcm_absorb(f, packet + start, length - start);
    CRYPTO_gcm128_tag(f->hash, packet + length, gcm_tag);
    return 1;
}

INLINE int gcm_unprotect_by_parts(gcm_floor *f, block iv, uint8_t *packet, size_t start, const uint8_t *word,
                                  size_t length) {
    block stream[1 + gcm_ahead_blocks];
    gcm_begin(f, stream, iv, packet, start, word, gcm_blocks(length - start));
    gcm_absorb(f, packet + start, length - start);
    if (CRYPTO_gcm128_finish(f->hash, packet + length, gcm_tag) != 0) return 0;
    gcm_apply(f, stream, iv, packet + start, length - start);
    return 1;
}

/// Encrypts `packet[start..<length]` and appends the tag; where `is_rtcp`, the index behind that.
INLINE int gcm_floor_protect(gcm_floor *f, uint8_t *packet, size_t start, size_t length, uint64_t index, uint32_t ssrc,
                             int by_evp, int is_rtcp) {
    block iv = gcm_iv(f, index, ssrc);
    uint8_t *word = is_rtcp ? packet + length + gcm_tag : NULL;
    if (is_rtcp) store32(word, (uint32_t)index | 0x80000000);
    return by_evp ? gcm_protect_by_evp(f, iv, packet, start, word, length)
                  : gcm_protect_by_parts(f, iv, packet, start, word, length);
}

/// Verifies the tag at the end of `packet[0..<length]` and decrypts from `start` on.
INLINE int gcm_floor_unprotect(gcm_floor *f, uint8_t *packet, size_t start, size_t length, uint64_t index, uint32_t ssrc,
                               int by_evp, int is_rtcp) {
    block iv = gcm_iv(f, index, ssrc);
    length -= gcm_tag + (is_rtcp ? 4 : 0);
    const uint8_t *word = is_rtcp ? packet + length + gcm_tag : NULL;
    return by_evp ? gcm_unprotect_by_evp(f, iv, packet, start, word, length)
                  : gcm_unprotect_by_parts(f, iv, packet, start, word, length);
}

#endif
