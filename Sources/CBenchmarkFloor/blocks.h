// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private: counter blocks, keystream by ECB, and the exclusive-or.

#ifndef BLOCKS_H
#define BLOCKS_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian only");

typedef uint64_t block __attribute__((vector_size(16)));
typedef uint64_t loose_block __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint16_t lanes __attribute__((vector_size(16)));

INLINE void store32(uint8_t *p, uint32_t v) { v = __builtin_bswap32(v); memcpy(p, &v, 4); }
INLINE void store64(uint8_t *p, uint64_t v) { v = __builtin_bswap64(v); memcpy(p, &v, 8); }

INLINE size_t blocks_of(size_t octets) { return (octets + 15) / 16; }

/// `count` blocks of keystream from the one numbered `first` of `iv` on. The run must not cross a multiple of 256, so that
/// only the low counter octet is added to.
INLINE void make_keystream(EVP_CIPHER_CTX *ecb, block *out, block iv, size_t first, size_t count) {
    const lanes one = {0, 0, 0, 0, 0, 0, 0, 0x0100};  // octet 15 is the high half of a little-endian lane
    lanes counter = (lanes)iv;
    counter[7] = __builtin_bswap16((uint16_t)first);
    for (size_t i = 0; i < count; i++, counter += one) out[i] = (block)counter;
    EVP_Cipher(ecb, (uint8_t *)out, (const uint8_t *)out, (unsigned)(count * 16));
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

/// libcrypto's AES of a mode for a key's length.
INLINE const EVP_CIPHER *aes_ecb(size_t key_count) {
    return key_count == 16 ? EVP_aes_128_ecb() : key_count == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
}
INLINE const EVP_CIPHER *aes_ctr(size_t key_count) {
    return key_count == 16 ? EVP_aes_128_ctr() : key_count == 24 ? EVP_aes_192_ctr() : EVP_aes_256_ctr();
}
INLINE const EVP_CIPHER *aes_gcm(size_t key_count) {
    return key_count == 16 ? EVP_aes_128_gcm() : key_count == 24 ? EVP_aes_192_gcm() : EVP_aes_256_gcm();
}

/// A context that encrypts under `key`. NULL on failure.
INLINE EVP_CIPHER_CTX *keyed(const EVP_CIPHER *cipher, const uint8_t *key) {
    static const uint8_t zeros[16];
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context == NULL) return NULL;
    if (EVP_EncryptInit_ex(context, cipher, NULL, key, zeros) != 1) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    EVP_CIPHER_CTX_set_padding(context, 0);
    return context;
}

#endif
