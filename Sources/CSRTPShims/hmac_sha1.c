// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define OPENSSL_SUPPRESS_DEPRECATED

#include "hmac_sha1.h"

#include <openssl/crypto.h>

#if CSRTP_HAS_SHA1_CALLS

/// The state after the block of key XOR `pad`.
static int pad_state(SHA_LONG state[5], const uint8_t key[CSRTP_SHA1_BLOCK], uint8_t pad) {
    uint8_t block[CSRTP_SHA1_BLOCK];
    SHA_CTX hash;
    for (size_t i = 0; i < sizeof block; i++) block[i] = key[i] ^ pad;
    int done = SHA1_Init(&hash);
    if (done) {
        SHA1_Transform(&hash, block);
        memcpy(state, (const uint8_t *)&hash + offsetof(SHA_CTX, h0), 5 * sizeof *state);
    }
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&hash, sizeof hash);
    return done;
}

static int start_from_pads(csrtp_hmac_sha1 *context, const void *key, size_t key_count) {
    uint8_t padded[CSRTP_SHA1_BLOCK] = {0};
    if (key_count > sizeof padded) {
        SHA1(key, key_count, padded);
    } else if (key_count > 0) {
        memcpy(padded, key, key_count);
    }
    int done = pad_state(context->inner, padded, 0x36) && pad_state(context->outer, padded, 0x5C);
    OPENSSL_cleanse(padded, sizeof padded);
    csrtp_store_32(context->outer_block + CSRTP_SHA1_BLOCK - 4, (CSRTP_SHA1_BLOCK + SHA_DIGEST_LENGTH) * 8);
    return done;
}

#endif

static int compute_through_evp(EVP_MAC_CTX *evp, const void *message, size_t count, const void *trailer,
                               size_t trailer_count, uint8_t *mac) {
    size_t written = 0;
    return EVP_MAC_init(evp, NULL, 0, NULL) == 1 && EVP_MAC_update(evp, message, count) == 1 &&
           EVP_MAC_update(evp, trailer, trailer_count) == 1 &&
           EVP_MAC_final(evp, mac, &written, CSRTP_HMAC_SHA1_COUNT) == 1 && written == CSRTP_HMAC_SHA1_COUNT;
}

csrtp_hmac_sha1 *csrtp_hmac_sha1_new(const void *key, size_t key_count, int through_evp) {
    csrtp_hmac_sha1 *context = OPENSSL_zalloc(sizeof *context);
    if (context == NULL) return NULL;
#if CSRTP_HAS_SHA1_CALLS
    // In FIPS mode the digest must come from the FIPS provider, which only EVP reaches.
    if (!through_evp && !EVP_default_properties_is_fips_enabled(NULL)) {
        if (start_from_pads(context, key, key_count)) return context;
        csrtp_hmac_sha1_free(context);
        return NULL;
    }
#else
    (void)through_evp;
#endif
    context->evp = csrtp_hmac_new(CSRTP_SHA1, key, key_count);
    if (context->evp != NULL) return context;
    csrtp_hmac_sha1_free(context);
    return NULL;
}

void csrtp_hmac_sha1_free(csrtp_hmac_sha1 *context) {
    if (context == NULL) return;
    EVP_MAC_CTX_free(context->evp);
    OPENSSL_clear_free(context, sizeof *context);
}

int csrtp_hmac_sha1_is_through_evp(const csrtp_hmac_sha1 *context) { return context->evp != NULL; }

int csrtp_hmac_sha1_compute(csrtp_hmac_sha1 *context, const void *message, size_t count, const void *trailer,
                            size_t trailer_count, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]) {
    if (trailer_count > sizeof(uint64_t)) return 0;
#if CSRTP_HAS_SHA1_CALLS
    if (context->evp == NULL) {
        uint64_t padded = 0;
        if (trailer_count > 0) memcpy(&padded, trailer, trailer_count);
        csrtp_hmac_put_aside(context, message, count, padded, trailer_count);
        csrtp_hmac_begin(context);
        csrtp_hmac_absorb(context, message, count - count % CSRTP_SHA1_BLOCK);
        csrtp_hmac_end(context, mac);
        return 1;
    }
#endif
    return compute_through_evp(context->evp, message, count, trailer, trailer_count, mac);
}
