// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim.

#ifndef CSRTP_AES_CTR_H
#define CSRTP_AES_CTR_H

#include "csrtp_shims.h"

#include <openssl/evp.h>

/// Two libcrypto contexts with one key. CTR mode is the faster one for long runs, block calls for everything else.
struct csrtp_aes_ctr {
    EVP_CIPHER_CTX *ctr;
    EVP_CIPHER_CTX *ecb;
    size_t crossover;
};

#endif
