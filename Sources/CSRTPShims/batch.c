// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "csrtp_batch.h"
#include "multi_buffer.h"
#include "one_by_one.h"

#if CSRTP_HAS_MULTI_BUFFER
/// The multi-buffer library's state in this thread. NULL where it is not wanted or not there.
static csrtp_multi_buffer *library(enum csrtp_batch_engine engine) {
    return engine == CSRTP_ENGINE_LIBCRYPTO ? NULL : csrtp_multi_buffer_here();
}
#endif

void csrtp_seal_batch(csrtp_packet_job *jobs, size_t count, enum csrtp_batch_engine engine) {
#if CSRTP_HAS_MULTI_BUFFER
    csrtp_multi_buffer *state = library(engine);
    if (state != NULL) return csrtp_multi_buffer_seal(state, jobs, count, engine == CSRTP_ENGINE_MULTI_BUFFER);
#endif
    (void)engine;
    for (size_t i = 0; i < count; i++) csrtp_seal_one(&jobs[i]);
}

void csrtp_open_batch(csrtp_packet_job *jobs, size_t count, enum csrtp_batch_engine engine) {
#if CSRTP_HAS_MULTI_BUFFER
    csrtp_multi_buffer *state = library(engine);
    if (state != NULL) return csrtp_multi_buffer_open(state, jobs, count, engine == CSRTP_ENGINE_MULTI_BUFFER);
#endif
    (void)engine;
    for (size_t i = 0; i < count; i++) csrtp_open_one(&jobs[i]);
}
