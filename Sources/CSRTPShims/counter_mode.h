// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim.

#ifndef CSRTP_COUNTER_MODE_H
#define CSRTP_COUNTER_MODE_H

#include "csrtp_shims.h"

#include <openssl/evp.h>

/// Two libcrypto contexts with one key. CTR mode is the faster one for long runs, block calls for everything else.
struct csrtp_counter_mode {
    EVP_CIPHER_CTX *ctr;  // NULL where there are no long runs
    EVP_CIPHER_CTX *ecb;
    size_t crossover;
};

/// libcrypto's algorithms for keys of one length. NULL for a length that there is not.
typedef struct {
    const EVP_CIPHER *ctr, *ecb, *cbc, *gcm;
} csrtp_algorithms;

csrtp_algorithms csrtp_algorithms_for(enum csrtp_block_cipher cipher, size_t key_count);

/// A context that encrypts whole blocks under `key`, from a zero IV where the algorithm has one. NULL on failure.
EVP_CIPHER_CTX *csrtp_keyed(const EVP_CIPHER *algorithm, const void *key);

#endif
