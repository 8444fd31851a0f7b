// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The digest's own calls are deprecated in favour of EVP, which allocates for every MAC. They are the only way to start
// from the saved states of the padded key without an allocation.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "csrtp_shims.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#if defined(OPENSSL_NO_DEPRECATED_3_0)
#define HAS_SHA1_CALLS 0
#else
#define HAS_SHA1_CALLS 1
#endif

enum { SHA1_BLOCK = 64, SHA1_COUNT = CSRTP_HMAC_SHA1_COUNT };

_Static_assert(SHA1_COUNT == SHA_DIGEST_LENGTH, "the MAC is the whole digest");

struct csrtp_hmac_sha1 {
#if HAS_SHA1_CALLS
    SHA_CTX inner, outer;  // after the block of key XOR ipad, and of key XOR opad (RFC 2104 section 4)
#endif
    EVP_MAC_CTX *evp;  // NULL where the saved states are used
};

#if HAS_SHA1_CALLS

static int start_from_pads(csrtp_hmac_sha1 *context, const void *key, size_t key_count) {
    uint8_t block[SHA1_BLOCK] = {0};
    if (key_count > sizeof block) {
        SHA1(key, key_count, block);
    } else if (key_count > 0) {
        memcpy(block, key, key_count);
    }
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
    int done = SHA1_Init(&context->inner) && SHA1_Update(&context->inner, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5C;
    done = done && SHA1_Init(&context->outer) && SHA1_Update(&context->outer, block, sizeof block);
    OPENSSL_cleanse(block, sizeof block);
    return done;
}

static int compute_from_pads(const csrtp_hmac_sha1 *context, const void *message, size_t count, const void *trailer,
                             size_t trailer_count, uint8_t *mac) {
    SHA_CTX state = context->inner;
    uint8_t digest[SHA1_COUNT];
    int done = SHA1_Update(&state, message, count) && SHA1_Update(&state, trailer, trailer_count) &&
               SHA1_Final(digest, &state);
    state = context->outer;
    done = done && SHA1_Update(&state, digest, sizeof digest) && SHA1_Final(mac, &state);
    OPENSSL_cleanse(&state, sizeof state);
    OPENSSL_cleanse(digest, sizeof digest);
    return done;
}

#endif

static EVP_MAC_CTX *evp_hmac(const void *key, size_t key_count) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (mac == NULL) return NULL;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);  // the context holds its own reference
    if (context == NULL) return NULL;
    char digest[] = "SHA1";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    static const uint8_t empty = 0;
    if (EVP_MAC_init(context, key_count > 0 ? key : &empty, key_count, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

static int compute_through_evp(EVP_MAC_CTX *evp, const void *message, size_t count, const void *trailer,
                               size_t trailer_count, uint8_t *mac) {
    size_t written = 0;
    return EVP_MAC_init(evp, NULL, 0, NULL) == 1 && EVP_MAC_update(evp, message, count) == 1 &&
           EVP_MAC_update(evp, trailer, trailer_count) == 1 && EVP_MAC_final(evp, mac, &written, SHA1_COUNT) == 1 &&
           written == SHA1_COUNT;
}

csrtp_hmac_sha1 *csrtp_hmac_sha1_new(const void *key, size_t key_count, int through_evp) {
    csrtp_hmac_sha1 *context = OPENSSL_zalloc(sizeof *context);
    if (context == NULL) return NULL;
#if HAS_SHA1_CALLS
    // In FIPS mode the digest must come from the FIPS provider, which only EVP reaches.
    if (!through_evp && !EVP_default_properties_is_fips_enabled(NULL)) {
        if (start_from_pads(context, key, key_count)) return context;
        csrtp_hmac_sha1_free(context);
        return NULL;
    }
#else
    (void)through_evp;
#endif
    context->evp = evp_hmac(key, key_count);
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
    if (trailer_count > 8) return 0;
#if HAS_SHA1_CALLS
    if (context->evp == NULL) return compute_from_pads(context, message, count, trailer, trailer_count, mac);
#endif
    return compute_through_evp(context->evp, message, count, trailer, trailer_count, mac);
}
