// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "csrtp_shims.h"

#include <openssl/evp.h>

int csrtp_sha256(const void *octets, size_t count, uint8_t digest[CSRTP_SHA256_COUNT]) {
    return EVP_Digest(octets, count, digest, NULL, EVP_sha256(), NULL) == 1;
}
