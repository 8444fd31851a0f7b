// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The fastest single-packet AES_CM_128 + HMAC-SHA1 found with public libcrypto functions; a yardstick, not an SRTP
/// stack: no key derivation, no replay list, no header parsing. One context serves one thread at a time.
typedef struct cfloor cfloor;

/// NULL when libcrypto fails.
cfloor *cfloor_new(const uint8_t key[16], const uint8_t salt[14], const uint8_t auth_key[20]);
void cfloor_free(cfloor *floor);

/// Encrypts `packet[header_length..<length]` in place and appends the tag; `index` is the 48-bit packet index, whose upper
/// 32 bits are the roll-over counter. The buffer must have room for `length + tag_length`, `header_length <= length`,
/// `tag_length` 4 or 10. Returns the new length.
size_t cfloor_protect(cfloor *floor, uint8_t *packet, size_t length, uint64_t index, size_t header_length, uint32_t ssrc,
                      size_t tag_length);

/// Verifies the tag at the end of `packet[0..<length]`, and only then decrypts in place. Returns the length without the
/// tag, or 0 with the packet untouched.
size_t cfloor_unprotect(cfloor *floor, uint8_t *packet, size_t length, uint64_t index, size_t header_length, uint32_t ssrc,
                        size_t tag_length);

#ifdef __cplusplus
}
#endif

#endif
