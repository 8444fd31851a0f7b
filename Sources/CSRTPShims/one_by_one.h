// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Private to the shim: a job of a batch by its packet cipher alone.

#ifndef CSRTP_ONE_BY_ONE_H
#define CSRTP_ONE_BY_ONE_H

#include "counter_blocks.h"
#include "csrtp_batch.h"

CSRTP_INLINE void csrtp_seal_one(csrtp_packet_job *job) {
    job->result = (int8_t)csrtp_packet_cipher_seal(
        job->cipher, job->packet, job->packet, job->cipher_start, job->cipher_end, job->authenticated_end, job->iv_low,
        job->iv_high, job->trailer, job->has_trailer, job->packet + job->tag_start, job->tag_count);
}

CSRTP_INLINE void csrtp_open_one(csrtp_packet_job *job) {
    job->result = (int8_t)csrtp_packet_cipher_open(
        job->cipher, job->packet, job->packet, job->cipher_start, job->cipher_end, job->authenticated_end, job->iv_low,
        job->iv_high, job->trailer, job->has_trailer, job->packet + job->tag_start, job->tag_count);
}

#endif
