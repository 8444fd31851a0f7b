// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef COPENSSL_HEADERS_H
#define COPENSSL_HEADERS_H

#if !__has_include(<openssl/evp.h>)
#error "swift-srtp needs the headers of OpenSSL's libcrypto 3.0 or newer: install libssl-dev (apt) or openssl@3 (brew)"
#endif

#include <openssl/opensslv.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "swift-srtp needs OpenSSL's libcrypto 3.0 or newer: install libssl-dev (apt) or openssl@3 (brew)"
#endif

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#endif
