// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "csrtp_shims.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

int csrtp_sha256(const void *octets, size_t count, uint8_t digest[CSRTP_SHA256_COUNT]) {
    return EVP_Digest(octets, count, digest, NULL, EVP_sha256(), NULL) == 1;
}

int csrtp_hmac_sha256(const void *key, size_t key_count, const void *message, size_t count,
                      uint8_t mac[CSRTP_SHA256_COUNT]) {
    return key_count <= INT_MAX && HMAC(EVP_sha256(), key, (int)key_count, message, count, mac, NULL) != NULL;
}
