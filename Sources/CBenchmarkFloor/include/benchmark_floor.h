// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The floors: the fastest ways found to make SRTP's octets with the public calls of libcrypto, and of Intel's multi-buffer
// library. Yardsticks, not an SRTP stack: no replay list, no header parsing, no wiping, and what they need to know of a
// packet they are told. A floor belongs to one thread at a time.

#ifndef BENCHMARK_FLOOR_H
#define BENCHMARK_FLOOR_H

#include <stddef.h>
#include <stdint.h>

enum floor_way {
    /// No encryption; HMAC-SHA1 from saved pad states.
    FLOOR_NULL,
    /// AES in counter mode by ECB over counter blocks, in turns with HMAC-SHA1 from saved pad states.
    FLOOR_COUNTER_MODE,
    /// GCM by libcrypto's EVP cipher.
    FLOOR_GCM_EVP,
    /// GCM of ECB over counter blocks and libcrypto's GHASH.
    FLOOR_GCM_PARTS,
};

enum floor_work { FLOOR_PROTECT_RTP, FLOOR_UNPROTECT_RTP, FLOOR_PROTECT_RTCP, FLOOR_UNPROTECT_RTCP };

/// Packets of one length, `stride` octets apart, with room to grow. `ssrcs` and `indices` have one entry a packet; an SRTP
/// index holds the rollover counter in its upper 32 of 48 bits.
typedef struct {
    uint8_t *octets;
    size_t stride, count, length;
    const uint32_t *ssrcs;
    const uint64_t *indices;
} floor_packets;

typedef struct benchmark_floor benchmark_floor;

/// Session keys are derived from the master key of 16, 24 or 32 octets and the salt of 14, or 12 for GCM, joined. `tag_count`
/// is 4 or 10, and 16 for GCM. NULL when libcrypto fails.
benchmark_floor *floor_new(enum floor_way way, const uint8_t *key_and_salt, size_t key_count, size_t tag_count,
                           int is_rtcp);
void floor_free(benchmark_floor *floor);
/// Transforms every packet in place; the headers of RTP packets have 12 octets. Returns how many packets were done:
/// one whose tag is wrong is not, and ends the run.
size_t floor_run(benchmark_floor *floor, enum floor_work work, const floor_packets *packets);

// Keystream alone, for the table of where CTR mode overtakes ECB.

typedef struct floor_keystream floor_keystream;

floor_keystream *floor_keystream_new(const uint8_t *key, size_t key_count);
void floor_keystream_free(floor_keystream *keystream);
/// Exclusive-ors keystream into `length` (at most 4096) octets, `count` times with another IV. 1 for success.
int floor_keystream_by_ctr(floor_keystream *keystream, uint8_t *octets, size_t length, size_t count);
int floor_keystream_by_ecb(floor_keystream *keystream, uint8_t *octets, size_t length, size_t count);

// Batches by Intel's multi-buffer library, in builds with the trait MultiBuffer.

typedef struct multi_buffer_floor multi_buffer_floor;

/// 1 in builds that have it.
int multi_buffer_floor_is_built(void);
/// As `floor_new`, for SRTP under FLOOR_COUNTER_MODE or FLOOR_GCM_PARTS with keys of 16 octets, in batches of at most 128.
multi_buffer_floor *multi_buffer_floor_new(enum floor_way way, const uint8_t *key_and_salt, size_t tag_count,
                                           size_t batch_count);
void multi_buffer_floor_free(multi_buffer_floor *floor);
size_t multi_buffer_floor_run(multi_buffer_floor *floor, enum floor_work work, const floor_packets *packets);
/// What the library says it is and which of its variants this CPU gets; empty where it is not built in.
const char *multi_buffer_floor_description(void);

/// The version text of the libcrypto in use.
const char *floor_libcrypto_version(void);
/// Where the program's EVP_CipherInit_ex is.
void *floor_libcrypto_address(void);
/// The file from which the code at `address` was loaded; NULL where that is not known.
const char *floor_file_of_address(const void *address);
/// Gives pages that were freed back to the system, so that using them again shows as growth of the process.
void floor_give_free_memory_back(void);

#endif
