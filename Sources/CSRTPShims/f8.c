// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "f8.h"
#include "counter_mode.h"

#include <openssl/crypto.h>

enum { CHUNK_BLOCKS = 64, LONGEST_KEY = 32 };

struct csrtp_f8 {
    EVP_CIPHER_CTX *masked;  // block calls under k_e XOR m
    EVP_CIPHER_CTX *chain;   // CBC under k_e; NULL once it failed, since it is not known then where it stands
    csrtp_unaligned_block last;  // what the chain goes on from
};

csrtp_f8 *csrtp_f8_new(const void *key, size_t key_count, const void *salt, size_t salt_count) {
    csrtp_algorithms algorithms = csrtp_algorithms_for(CSRTP_AES, key_count);
    if (algorithms.ecb == NULL || salt_count > key_count) return NULL;
    csrtp_f8 *context = OPENSSL_zalloc(sizeof *context);
    if (context == NULL) return NULL;
    // m = k_s || 0x555..5, as long as the key.
    uint8_t masked[LONGEST_KEY];
    memcpy(masked, key, key_count);
    for (size_t i = 0; i < key_count; i++) masked[i] ^= i < salt_count ? ((const uint8_t *)salt)[i] : 0x55;
    context->masked = csrtp_keyed(algorithms.ecb, masked);
    context->chain = csrtp_keyed(algorithms.cbc, key);
    OPENSSL_cleanse(masked, sizeof masked);
    if (context->masked != NULL && context->chain != NULL) return context;
    csrtp_f8_free(context);
    return NULL;
}

void csrtp_f8_free(csrtp_f8 *context) {
    if (context == NULL) return;
    EVP_CIPHER_CTX_free(context->masked);
    EVP_CIPHER_CTX_free(context->chain);
    OPENSSL_clear_free(context, sizeof *context);
}

/// Puts the next `count` blocks of keystream, from block `first` of a packet on, into `keystream`.
static int next_blocks(csrtp_f8 *context, csrtp_block masked_iv, size_t first, csrtp_block *keystream, size_t count) {
    for (size_t i = 0; i < count; i++) keystream[i] = masked_iv ^ csrtp_counter_block(0, first + i);
    if (first == 0) keystream[0] ^= context->last;
    unsigned int octets = (unsigned int)(count * CSRTP_BLOCK);
    if (EVP_Cipher(context->chain, (uint8_t *)keystream, (const uint8_t *)keystream, octets) > 0) {
        context->last = keystream[count - 1];
        return 1;
    }
    EVP_CIPHER_CTX_free(context->chain);
    context->chain = NULL;
    return 0;
}

int csrtp_f8_apply(csrtp_f8 *context, csrtp_block iv, const uint8_t *input, uint8_t *output, size_t count) {
    csrtp_block keystream[CHUNK_BLOCKS];
    size_t blocks = csrtp_blocks(count), used = blocks < CHUNK_BLOCKS ? blocks : CHUNK_BLOCKS;
    int done = context->chain != NULL &&
               EVP_Cipher(context->masked, (uint8_t *)&iv, (const uint8_t *)&iv, CSRTP_BLOCK) > 0;
    for (size_t at = 0; at < count && done; at += sizeof keystream) {
        size_t part = count - at < sizeof keystream ? count - at : sizeof keystream;
        done = next_blocks(context, iv, at / CSRTP_BLOCK, keystream, csrtp_blocks(part));
        if (done) csrtp_exclusive_or(output + at, input + at, keystream, part);
    }
    csrtp_wipe(keystream, used * CSRTP_BLOCK);
    csrtp_wipe(&iv, sizeof iv);
    return done;
}
