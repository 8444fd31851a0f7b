// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define OPENSSL_SUPPRESS_DEPRECATED

#include "hmac_sha1.h"
#include "multi_buffer.h"

#if CSRTP_HAS_MULTI_BUFFER

#include <openssl/crypto.h>
#include <stdlib.h>

/// The octets that are there for this kind of key.
static size_t keys_count(int is_gcm) {
    return is_gcm ? sizeof(csrtp_multi_buffer_keys) : offsetof(csrtp_multi_buffer_keys, rounds) + 15 * CSRTP_BLOCK;
}

void csrtp_batched_start(csrtp_batched *batched, enum csrtp_mode mode, enum csrtp_block_cipher cipher, const void *key,
                         size_t key_count, const uint8_t salt[CSRTP_BLOCK], const csrtp_hmac_sha1 *mac,
                         int through_evp) {
    int is_gcm = mode == CSRTP_GCM, has_mac = mac != NULL && CSRTP_HAS_SHA1_CALLS;
    batched->is_served =
        !through_evp && cipher == CSRTP_AES && mode != CSRTP_F8 && (is_gcm || has_mac) && key_count <= sizeof batched->key;
    if (!batched->is_served) return;
    if (key_count > 0) memcpy(batched->key, key, key_count);
    batched->key_count = (uint8_t)key_count;
    batched->is_gcm = (uint8_t)is_gcm;
    batched->mac = mac;
    memcpy(batched->salt, salt, CSRTP_BLOCK);
}

void csrtp_batched_end(csrtp_batched *batched) {
    if (batched->keys != NULL) OPENSSL_cleanse(batched->keys, keys_count(batched->is_gcm));
    free(batched->keys);
    batched->keys = NULL;
}

static void expand(IMB_MGR *manager, csrtp_multi_buffer_keys *keys, const uint8_t *key) {
    uint8_t unused[15 * CSRTP_BLOCK] __attribute__((aligned(CSRTP_BLOCK)));
    switch (keys->key_count) {
    case 16: IMB_AES_KEYEXP_128(manager, key, keys->rounds, unused); break;
    case 24: IMB_AES_KEYEXP_192(manager, key, keys->rounds, unused); break;
    case 32: IMB_AES_KEYEXP_256(manager, key, keys->rounds, unused); break;
    default: return;
    }
    OPENSSL_cleanse(unused, sizeof unused);
}

static void expand_gcm(IMB_MGR *manager, csrtp_multi_buffer_keys *keys, const uint8_t *key) {
    switch (keys->key_count) {
    case 16: IMB_AES128_GCM_PRE(manager, key, &keys->gcm); break;
    case 24: IMB_AES192_GCM_PRE(manager, key, &keys->gcm); break;
    default: IMB_AES256_GCM_PRE(manager, key, &keys->gcm); break;
    }
}

const csrtp_multi_buffer_keys *csrtp_batched_prepare(csrtp_batched *batched, IMB_MGR *manager) {
    void *made;
    if (posix_memalign(&made, _Alignof(csrtp_multi_buffer_keys), keys_count(batched->is_gcm)) != 0) return NULL;
    csrtp_multi_buffer_keys *keys = batched->keys = made;
    memset(keys, 0, keys_count(batched->is_gcm));
    memcpy(&keys->salt, batched->salt, sizeof keys->salt);
    keys->key_count = batched->key_count;
    keys->is_gcm = batched->is_gcm;
    if (keys->is_gcm) {
        expand_gcm(manager, keys, batched->key);
    } else {
        expand(manager, keys, batched->key);
#if CSRTP_HAS_SHA1_CALLS
        memcpy(keys->inner, batched->mac->inner, sizeof keys->inner);
        memcpy(keys->outer, batched->mac->outer, sizeof keys->outer);
#endif
    }
    return keys;
}

#endif
