// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim: Intel's multi-buffer library, which hashes the packets of a batch side by side. Where the package
// is built without it, all of this is empty.

#ifndef CSRTP_MULTI_BUFFER_H
#define CSRTP_MULTI_BUFFER_H

#include "counter_blocks.h"
#include "csrtp_batch.h"

#if defined(CSRTP_MULTI_BUFFER) && defined(__x86_64__)
#define CSRTP_HAS_MULTI_BUFFER 1

#define NO_COMPAT_IMB_API_053  // the old names of everything, without a prefix
#include <intel-ipsec-mb.h>

/// What the library works with under one key, in memory of its own.
typedef struct {
    csrtp_block salt;
    /// The hash's states after the padded key, for ciphers with HMAC-SHA1.
    uint32_t inner[5], outer[5];
    /// 16, 24 or 32; 0 for the NULL cipher.
    uint8_t key_count;
    uint8_t is_gcm;
    _Alignas(64) union {
        uint8_t rounds[15 * CSRTP_BLOCK];
        struct gcm_key_data gcm;  // larger, and only there with GCM
    };
} csrtp_multi_buffer_keys;

/// A packet cipher's part in batches. The library's keys take some hundred octets, with GCM more than a thousand, and time,
/// so that they are made when the first batch needs them: out of the key that is kept here for that, and of the saved states
/// of HMAC-SHA1. A cipher that never sees a batch pays 80 octets.
typedef struct {
    csrtp_multi_buffer_keys *keys;  // NULL until then
    /// Whether the library has what the cipher needs.
    uint8_t is_served;
    uint8_t is_gcm;
    uint8_t key_count;
    uint8_t key[32];
    uint8_t salt[CSRTP_BLOCK];
    const csrtp_hmac_sha1 *mac;
} csrtp_batched;

/// Fills in what a new packet cipher takes to batches. `mac` lives as long as it does; NULL for GCM.
void csrtp_batched_start(csrtp_batched *batched, enum csrtp_mode mode, enum csrtp_block_cipher cipher, const void *key,
                         size_t key_count, const uint8_t salt[CSRTP_BLOCK], const csrtp_hmac_sha1 *mac,
                         int through_evp);
/// Wipes and frees the library's keys.
void csrtp_batched_end(csrtp_batched *batched);
/// Makes the library's keys. NULL on failure.
const csrtp_multi_buffer_keys *csrtp_batched_prepare(csrtp_batched *batched, IMB_MGR *manager);

/// The packet cipher begins with its part in batches.
CSRTP_INLINE csrtp_batched *csrtp_batched_of(csrtp_packet_cipher *cipher) { return (csrtp_batched *)cipher; }

/// The library's keys of a cipher that it serves, made where they are not there yet. NULL on failure.
CSRTP_INLINE const csrtp_multi_buffer_keys *csrtp_batched_keys(csrtp_batched *batched, IMB_MGR *manager) {
    return batched->keys != NULL ? batched->keys : csrtp_batched_prepare(batched, manager);
}

/// A cipher with GCM whose packets are under way, and the library's calls for it.
struct csrtp_direct {
    csrtp_packet_cipher *cipher;
    const csrtp_multi_buffer_keys *keys;
    aes_gcm_enc_dec_t seal, open;
    /// Written for every packet: at the start of a cache line, so that no store of sixteen octets lies across two.
    _Alignas(64) struct gcm_context_data context;
};

/// Jobs with HMAC-SHA1, with what they need.
typedef struct {
    csrtp_packet_job *jobs[CSRTP_BATCH_CAPACITY];
    /// What the library is told of them. What is the same for all batches stays.
    IMB_JOB described[CSRTP_BATCH_CAPACITY];
    csrtp_block ivs[CSRTP_BATCH_CAPACITY];
    /// Each in one cache line.
    uint8_t macs[CSRTP_BATCH_CAPACITY][32];
    /// What the trailers displaced in the packets.
    uint32_t displaced[CSRTP_BATCH_CAPACITY];
    size_t count;
    /// The blocks that the hashes of all of them take, and of the longest.
    size_t blocks, most_blocks;
} csrtp_gathered;

/// The library's state in one thread, and the room that a batch takes. Between two batches it holds no key.
typedef struct {
    /// Hashes as many packets side by side as the processor's registers have lanes; encrypts.
    IMB_MGR *wide;
    /// Hashes two side by side by SHA instructions. NULL where the processor has none.
    IMB_MGR *narrow;
    /// Whether `wide` can be the faster one for hashing.
    int has_many_lanes;
    struct csrtp_direct direct;
    csrtp_gathered hmac;
} csrtp_multi_buffer;

/// This thread's, made when first asked for and wiped when the thread ends. NULL where there can be none.
csrtp_multi_buffer *csrtp_multi_buffer_here(void);

// The jobs that the library can do, and where that is not `forced`, only where it is the faster one; the others one by one.

void csrtp_multi_buffer_seal(csrtp_multi_buffer *state, csrtp_packet_job *jobs, size_t count, int forced);
void csrtp_multi_buffer_open(csrtp_multi_buffer *state, csrtp_packet_job *jobs, size_t count, int forced);

// What the library does of them: GCM, packet by packet; HMAC-SHA1 with counter mode or alone, many packets at once, as far
// as they are gathered.

/// The octets that a trailer of GCM can lie behind, with its own.
enum { CSRTP_MULTI_BUFFER_ASSOCIATED = 256 };

void csrtp_multi_buffer_seal_gcm(csrtp_multi_buffer *state, csrtp_packet_job *job, const csrtp_multi_buffer_keys *keys);
void csrtp_multi_buffer_open_gcm(csrtp_multi_buffer *state, csrtp_packet_job *job, const csrtp_multi_buffer_keys *keys);
/// Tells the library once what is the same for all batches.
void csrtp_multi_buffer_lay_out(csrtp_gathered *gathered);
void csrtp_multi_buffer_seal_hmac(csrtp_multi_buffer *state);
void csrtp_multi_buffer_open_hmac(csrtp_multi_buffer *state);
/// Makes the packets as they were before they were gathered.
void csrtp_multi_buffer_give_back(csrtp_gathered *gathered);

#else
#define CSRTP_HAS_MULTI_BUFFER 0
#endif

#endif
