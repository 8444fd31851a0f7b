// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef CLIBCRYPTO_HEADERS_H
#define CLIBCRYPTO_HEADERS_H

#include <openssl/crypto.h>

#endif
