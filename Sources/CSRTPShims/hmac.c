// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "csrtp_shims.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

csrtp_hmac *csrtp_hmac_new(enum csrtp_digest digest, const void *key, size_t key_count) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (mac == NULL) return NULL;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);  // the context holds its own reference
    if (context == NULL) return NULL;
    char sha1[] = "SHA1", sha256[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest == CSRTP_SHA1 ? sha1 : sha256, 0),
        OSSL_PARAM_construct_end()};
    static const uint8_t empty = 0;
    if (EVP_MAC_init(context, key_count > 0 ? key : &empty, key_count, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

void csrtp_hmac_free(csrtp_hmac *context) { EVP_MAC_CTX_free(context); }

int csrtp_hmac_update(csrtp_hmac *context, const void *octets, size_t count) {
    return EVP_MAC_update(context, octets, count) == 1;
}

int csrtp_hmac_finish(csrtp_hmac *context, void *mac, size_t mac_count) {
    size_t written = 0;
    return EVP_MAC_final(context, mac, &written, mac_count) == 1 && written == mac_count &&
           EVP_MAC_init(context, NULL, 0, NULL) == 1;
}
