// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "multi_buffer.h"

#if CSRTP_HAS_MULTI_BUFFER

#include <openssl/crypto.h>

// The library's direct calls: one packet of GCM fills the processor by itself, and jobs would only add to its time.

enum { TAG = 16, IV_AT = 2 };

/// What is authenticated and not encrypted, in one run.
typedef struct {
    const uint8_t *octets;
    size_t count;
    uint8_t joined[CSRTP_MULTI_BUFFER_ASSOCIATED];
} associated;

CSRTP_INLINE void associate(associated *all, const csrtp_packet_job *job) {
    all->octets = job->packet;
    all->count = job->cipher_start;
    if (!job->has_trailer) return;
    memcpy(all->joined, job->packet, job->cipher_start);
    csrtp_store_32(all->joined + job->cipher_start, job->trailer);
    all->octets = all->joined;
    all->count += sizeof job->trailer;
}

CSRTP_INLINE aes_gcm_enc_dec_t sealing(const IMB_MGR *manager, size_t key_count) {
    return key_count == 16 ? manager->gcm128_enc : key_count == 24 ? manager->gcm192_enc : manager->gcm256_enc;
}

CSRTP_INLINE aes_gcm_enc_dec_t opening(const IMB_MGR *manager, size_t key_count) {
    return key_count == 16 ? manager->gcm128_dec : key_count == 24 ? manager->gcm192_dec : manager->gcm256_dec;
}

/// Works on the packet in place by one call of the library, which writes the tag that belongs to it.
CSRTP_INLINE void run(csrtp_multi_buffer *state, aes_gcm_enc_dec_t call, size_t position, uint8_t *tag) {
    const csrtp_packet_job *job = state->gcm.jobs[position];
    associated all;
    associate(&all, job);
    uint8_t *text = job->packet + job->cipher_start;
    call(&state->gcm.keys[position]->gcm, &state->gcm_context, text, text, job->cipher_end - job->cipher_start,
         (const uint8_t *)&state->gcm.ivs[position] + IV_AT, all.octets, all.count, tag, TAG);
}

void csrtp_multi_buffer_seal_gcm(csrtp_multi_buffer *state) {
    for (size_t i = 0; i < state->gcm.count; i++) {
        csrtp_packet_job *job = state->gcm.jobs[i];
        run(state, sealing(state->wide, state->gcm.keys[i]->key_count), i, job->packet + job->tag_start);
        job->result = 1;
    }
    csrtp_wipe(&state->gcm_context, sizeof state->gcm_context);
}

/// Takes back what the library decrypted while it hashed: the same keystream once more.
static int take_back(csrtp_packet_job *job) {
    uint8_t *packet = job->packet;
    if (csrtp_packet_cipher_apply(job->cipher, packet, packet, job->cipher_start, job->cipher_end, job->iv_low,
                                  job->iv_high)) return CSRTP_TAG_DIFFERS;
    csrtp_wipe(packet + job->cipher_start, job->cipher_end - job->cipher_start);
    return 0;
}

void csrtp_multi_buffer_open_gcm(csrtp_multi_buffer *state) {
    for (size_t i = 0; i < state->gcm.count; i++) {
        csrtp_packet_job *job = state->gcm.jobs[i];
        uint8_t *tag = state->gcm.macs[i];
        run(state, opening(state->wide, state->gcm.keys[i]->key_count), i, tag);
        job->result = (int8_t)(CRYPTO_memcmp(tag, job->packet + job->tag_start, TAG) == 0 ? 1 : take_back(job));
    }
    csrtp_wipe(&state->gcm_context, sizeof state->gcm_context);
}

#endif
