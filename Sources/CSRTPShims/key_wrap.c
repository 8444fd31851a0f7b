// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "csrtp_shims.h"

#include <limits.h>
#include <openssl/evp.h>

static const EVP_CIPHER *algorithm_for(size_t kek_count) {
    switch (kek_count) {
    case 16: return EVP_aes_128_wrap();
    case 24: return EVP_aes_192_wrap();
    case 32: return EVP_aes_256_wrap();
    default: return NULL;
    }
}

/// 0 where the engine fails, CSRTP_TAG_DIFFERS where it refuses the octets.
static int run(const void *kek, size_t kek_count, const uint8_t *iv, const void *input, size_t count, void *output,
               int is_wrapping) {
    const EVP_CIPHER *algorithm = algorithm_for(kek_count);
    EVP_CIPHER_CTX *context = algorithm == NULL || count > INT_MAX ? NULL : EVP_CIPHER_CTX_new();
    if (context == NULL) return 0;
    EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    int written = 0, result = EVP_CipherInit_ex(context, algorithm, NULL, kek, iv, is_wrapping);
    if (result == 1 && EVP_CipherUpdate(context, output, &written, input, (int)count) != 1) result = CSRTP_TAG_DIFFERS;
    EVP_CIPHER_CTX_free(context);
    return result;
}

int csrtp_aes_key_wrap(const void *kek, size_t kek_count, const uint8_t iv[CSRTP_KEY_WRAP_IV_COUNT], const void *key,
                       size_t count, void *wrapped) {
    return run(kek, kek_count, iv, key, count, wrapped, 1) == 1;
}

int csrtp_aes_key_unwrap(const void *kek, size_t kek_count, const uint8_t iv[CSRTP_KEY_WRAP_IV_COUNT],
                         const void *wrapped, size_t count, void *key) {
    return run(kek, kek_count, iv, wrapped, count, key, 0);
}
