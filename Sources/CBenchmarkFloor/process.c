// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "benchmark_floor.h"

#include <dlfcn.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <openssl/crypto.h>
#include <openssl/evp.h>

const char *floor_libcrypto_version(void) { return OpenSSL_version(OPENSSL_VERSION); }

void *floor_libcrypto_address(void) { return (void *)EVP_CipherInit_ex; }

const char *floor_file_of_address(const void *address) {
    Dl_info information;
    return dladdr(address, &information) != 0 ? information.dli_fname : NULL;
}

void floor_give_free_memory_back(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
