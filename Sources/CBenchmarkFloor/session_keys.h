// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private: key derivation in counter mode (RFC 3711 section 4.3.3), at rate 0.

#ifndef SESSION_KEYS_H
#define SESSION_KEYS_H

#include "blocks.h"

typedef struct {
    uint8_t encryption[32], authentication[20], salt[14];
} session_keys;

/// Derives the keys of SRTP or SRTCP. 1 for success.
INLINE int derive_session_keys(session_keys *keys, const uint8_t *key_and_salt, size_t key_count, size_t salt_count,
                               int is_rtcp) {
    EVP_CIPHER_CTX *ecb = keyed(aes_ecb(key_count), key_and_salt);
    if (ecb == NULL) return 0;
    // In the order of the labels, 0 to 2 for SRTP and 3 to 5 for SRTCP.
    uint8_t *parts[] = {keys->encryption, keys->authentication, keys->salt};
    size_t counts[] = {key_count, sizeof keys->authentication, salt_count};
    for (uint8_t label = 0; label < 3; label++) {
        block stream[2], x = {0};
        memcpy(&x, key_and_salt + key_count, salt_count);
        ((uint8_t *)&x)[7] ^= (uint8_t)(label + (is_rtcp ? 3 : 0));
        make_keystream(ecb, stream, x, 0, 2);
        memcpy(parts[label], stream, counts[label]);
    }
    EVP_CIPHER_CTX_free(ecb);
    return 1;
}

#endif
