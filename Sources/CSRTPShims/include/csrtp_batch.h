// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Many packets in one call, in place, each under its own packet cipher.

#ifndef CSRTP_BATCH_H
#define CSRTP_BATCH_H

#include "csrtp_shims.h"

/// A packet to be sealed or opened in place, and what came of it. The numbers are those of csrtp_packet_cipher_seal.
typedef struct {
    csrtp_packet_cipher *cipher;
    uint8_t *packet;
    size_t cipher_start, cipher_end, authenticated_end;
    size_t tag_start, tag_count;
    uint64_t iv_low, iv_high;
    uint32_t trailer;
    uint8_t has_trailer;
    /// 1, 0 or CSRTP_TAG_DIFFERS.
    int8_t result;
} csrtp_packet_job;

/// The jobs that one call takes at most.
#define CSRTP_BATCH_CAPACITY 64

/// Who does the work of a batch.
enum csrtp_batch_engine {
    /// Whichever is the faster one for the batch.
    CSRTP_ENGINE_AUTOMATIC,
    /// libcrypto, one packet after the other.
    CSRTP_ENGINE_LIBCRYPTO,
    /// The multi-buffer library wherever it can do a job at all, libcrypto elsewhere.
    CSRTP_ENGINE_MULTI_BUFFER,
};

/// Why there is no multi-buffer library in this process; NULL where there is one.
const char *csrtp_multi_buffer_missing(void);
/// The library's version text. NULL where the package was built without it.
const char *csrtp_multi_buffer_version(void);

// Octets and results are those of csrtp_packet_cipher_seal and csrtp_packet_cipher_open, job by job. The packets do not
// overlap. Jobs may share a cipher. There are at most CSRTP_BATCH_CAPACITY of them.

/// Encrypts each packet and writes its tag.
void csrtp_seal_batch(csrtp_packet_job *jobs, size_t count, enum csrtp_batch_engine engine);
/// Compares each packet's tag, and decrypts those whose tag agrees.
void csrtp_open_batch(csrtp_packet_job *jobs, size_t count, enum csrtp_batch_engine engine);

// Packets that gain nothing by waiting for others, one after the other under one cipher: AES-GCM by the multi-buffer library,
// of which one packet fills the processor by itself.

typedef struct csrtp_direct csrtp_direct;

/// Makes this thread ready for packets of `cipher`, which lives until csrtp_direct_end; one cipher at a time. NULL where they
/// are for csrtp_seal_batch and csrtp_open_batch.
csrtp_direct *csrtp_direct_begin(csrtp_packet_cipher *cipher, enum csrtp_batch_engine engine);
/// Encrypts in place and writes the tag of 16 octets at `cipher_end`. The octets before `cipher_start` are associated.
void csrtp_direct_seal(csrtp_direct *direct, uint8_t *packet, size_t cipher_start, size_t cipher_end, uint64_t iv_low,
                       uint64_t iv_high);
/// Compares the tag at `cipher_end`; where it differs, the octets are as they came. 1, 0 or CSRTP_TAG_DIFFERS.
int csrtp_direct_open(csrtp_direct *direct, uint8_t *packet, size_t cipher_start, size_t cipher_end, uint64_t iv_low,
                      uint64_t iv_high);
/// Wipes what the packets left behind in the thread.
void csrtp_direct_end(csrtp_direct *direct);

#endif
