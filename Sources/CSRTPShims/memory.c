// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "csrtp_shims.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

void csrtp_cleanse(void *bytes, size_t count) { OPENSSL_cleanse(bytes, count); }

int csrtp_constant_time_equal(const void *left, const void *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}

int csrtp_random(void *bytes, size_t count) { return RAND_priv_bytes_ex(NULL, bytes, count, 0) == 1; }

const char *csrtp_libcrypto_version(void) { return OpenSSL_version(OPENSSL_VERSION); }
