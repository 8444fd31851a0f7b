// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "csrtp_shims.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

// Two libcrypto contexts with one key. CTR mode is the faster one for long runs, but setting its IV costs as much as
// encrypting about twenty blocks; block calls (ECB) over counter blocks that we write ourselves need no IV.
struct csrtp_aes_ctr {
    EVP_CIPHER_CTX *ctr;
    EVP_CIPHER_CTX *ecb;
    size_t crossover;
};

enum { BLOCK = 16, CHUNK_BLOCKS = 32, CHUNK = BLOCK * CHUNK_BLOCKS, DEFAULT_CROSSOVER = 257 };

static EVP_CIPHER_CTX *keyed(const EVP_CIPHER *cipher, const void *key) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context == NULL) return NULL;
    if (EVP_EncryptInit_ex(context, cipher, NULL, key, NULL) != 1 || EVP_CIPHER_CTX_set_padding(context, 0) != 1) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    return context;
}

csrtp_aes_ctr *csrtp_aes_ctr_new(const void *key, size_t key_count) {
    const EVP_CIPHER *ctr, *ecb;
    switch (key_count) {
    case 16: ctr = EVP_aes_128_ctr(), ecb = EVP_aes_128_ecb(); break;
    case 24: ctr = EVP_aes_192_ctr(), ecb = EVP_aes_192_ecb(); break;
    case 32: ctr = EVP_aes_256_ctr(), ecb = EVP_aes_256_ecb(); break;
    default: return NULL;
    }
    csrtp_aes_ctr *context = OPENSSL_zalloc(sizeof *context);
    if (context == NULL) return NULL;
    context->crossover = DEFAULT_CROSSOVER;
    context->ctr = keyed(ctr, key);
    context->ecb = keyed(ecb, key);
    if (context->ctr == NULL || context->ecb == NULL) {
        csrtp_aes_ctr_free(context);
        return NULL;
    }
    return context;
}

void csrtp_aes_ctr_free(csrtp_aes_ctr *context) {
    if (context == NULL) return;
    EVP_CIPHER_CTX_free(context->ctr);  // libcrypto wipes the key schedule
    EVP_CIPHER_CTX_free(context->ecb);
    OPENSSL_clear_free(context, sizeof *context);
}

void csrtp_aes_ctr_set_crossover(csrtp_aes_ctr *context, size_t count) { context->crossover = count; }

static void store_be64(uint8_t *to, uint64_t value) {
    value = __builtin_bswap64(value);
    memcpy(to, &value, sizeof value);
}

static void exclusive_or(const uint8_t *restrict keystream, const uint8_t *input, uint8_t *output, size_t count) {
    for (size_t i = 0; i < count; i++) output[i] = input[i] ^ keystream[i];
}

static int apply_blocks(EVP_CIPHER_CTX *ecb, uint64_t high, uint64_t low, const uint8_t *input, uint8_t *output,
                        size_t count) {
    uint8_t keystream[CHUNK];
    int done = 1;
    while (count > 0 && done) {
        size_t part = count < CHUNK ? count : CHUNK;
        size_t blocks = (part + BLOCK - 1) / BLOCK;
        for (size_t block = 0; block < blocks; block++) {
            store_be64(keystream + BLOCK * block, high);
            store_be64(keystream + BLOCK * block + 8, low);
            if (++low == 0) high++;
        }
        done = EVP_Cipher(ecb, keystream, keystream, (unsigned int)(BLOCK * blocks)) > 0;
        if (done) exclusive_or(keystream, input, output, part);
        input += part, output += part, count -= part;
    }
    OPENSSL_cleanse(keystream, sizeof keystream);
    return done;
}

static int apply_mode(EVP_CIPHER_CTX *ctr, uint64_t high, uint64_t low, const uint8_t *input, uint8_t *output,
                      size_t count) {
    uint8_t iv[BLOCK];
    store_be64(iv, high);
    store_be64(iv + 8, low);
    return EVP_EncryptInit_ex(ctr, NULL, NULL, NULL, iv) == 1 &&
           EVP_Cipher(ctr, output, input, (unsigned int)count) > 0;
}

int csrtp_aes_ctr_apply(csrtp_aes_ctr *context, uint64_t iv_high, uint64_t iv_low, const void *input, void *output,
                        size_t count) {
    if (count > (size_t)1 << 20) return 0;
    if (count == 0) return 1;
    return count < context->crossover ? apply_blocks(context->ecb, iv_high, iv_low, input, output, count)
                                      : apply_mode(context->ctr, iv_high, iv_low, input, output, count);
}
