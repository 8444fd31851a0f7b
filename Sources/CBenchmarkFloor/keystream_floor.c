// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "benchmark_floor.h"

#include "blocks.h"

#include <stdlib.h>

enum { most_octets = 4096 };

struct floor_keystream {
    EVP_CIPHER_CTX *ecb, *ctr;
};

floor_keystream *floor_keystream_new(const uint8_t *key, size_t key_count) {
    floor_keystream *k = calloc(1, sizeof *k);
    if (k == NULL) return NULL;
    k->ecb = keyed(aes_ecb(key_count), key);
    k->ctr = keyed(aes_ctr(key_count), key);
    if (k->ecb != NULL && k->ctr != NULL) return k;
    floor_keystream_free(k);
    return NULL;
}

void floor_keystream_free(floor_keystream *k) {
    if (k == NULL) return;
    EVP_CIPHER_CTX_free(k->ecb);
    EVP_CIPHER_CTX_free(k->ctr);
    free(k);
}

int floor_keystream_by_ctr(floor_keystream *k, uint8_t *octets, size_t length, size_t count) {
    for (size_t i = 0; i < count; i++) {
        block iv = {i, 0};
        if (EVP_CipherInit_ex(k->ctr, NULL, NULL, NULL, (const uint8_t *)&iv, -1) != 1 ||
            EVP_Cipher(k->ctr, octets, octets, (unsigned)length) < 0) {
            return 0;
        }
    }
    return 1;
}

int floor_keystream_by_ecb(floor_keystream *k, uint8_t *octets, size_t length, size_t count) {
    if (length > most_octets) return 0;
    block stream[most_octets / 16];
    for (size_t i = 0; i < count; i++) {
        make_keystream(k->ecb, stream, (block){i, 0}, 0, blocks_of(length));
        xor_into(octets, stream, length);
    }
    return 1;
}
