// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "multi_buffer.h"

#if CSRTP_HAS_MULTI_BUFFER

#include <openssl/crypto.h>

// The library's direct calls: one packet of GCM fills the processor by itself, and jobs would only add to its time.

enum { TAG = 16 };

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

/// Works on a packet in place by one call of the library, which writes the tag that belongs to it.
///
/// The IV, octets 2 to 13 of the counter block, is moved to the front of a block: the library loads 16 octets for its 12, and a
/// load that reaches beyond what was just stored waits until that is in the cache, and the whole packet with it.
CSRTP_INLINE void run(aes_gcm_enc_dec_t call, const csrtp_multi_buffer_keys *keys, struct gcm_context_data *context,
                      uint8_t *text, size_t count, uint64_t iv_high, uint64_t iv_low, const uint8_t *associated,
                      size_t associated_count, uint8_t *tag) {
    const csrtp_block block = csrtp_counter_block(iv_high, iv_low) ^ keys->salt;
    const csrtp_block iv = __builtin_shufflevector(block, block, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1);
    call(&keys->gcm, context, text, text, count, (const uint8_t *)&iv, associated, associated_count, tag, TAG);
}

/// Compares a packet's tag. What was decrypted while it was hashed is taken back where the tag differs: the same keystream once
/// more. The tag that the packet should have had is nobody's business then.
CSRTP_INLINE int compare(csrtp_packet_cipher *cipher, uint8_t *packet, size_t cipher_start, size_t cipher_end,
                         uint64_t iv_low, uint64_t iv_high, uint8_t *tag, const uint8_t *sent_tag) {
    if (CRYPTO_memcmp(tag, sent_tag, TAG) == 0) return 1;
    csrtp_wipe(tag, TAG);
    if (csrtp_packet_cipher_apply(cipher, packet, packet, cipher_start, cipher_end, iv_low, iv_high)) {
        return CSRTP_TAG_DIFFERS;
    }
    csrtp_wipe(packet + cipher_start, cipher_end - cipher_start);
    return 0;
}

// Jobs of a batch.

CSRTP_INLINE void run_job(csrtp_multi_buffer *state, aes_gcm_enc_dec_t call, const csrtp_packet_job *job,
                          const csrtp_multi_buffer_keys *keys, uint8_t *tag) {
    associated all;
    associate(&all, job);
    run(call, keys, &state->direct.context, job->packet + job->cipher_start, job->cipher_end - job->cipher_start,
        job->iv_high, job->iv_low, all.octets, all.count, tag);
}

void csrtp_multi_buffer_seal_gcm(csrtp_multi_buffer *state, csrtp_packet_job *job, const csrtp_multi_buffer_keys *keys) {
    run_job(state, sealing(state->wide, keys->key_count), job, keys, job->packet + job->tag_start);
    job->result = 1;
}

void csrtp_multi_buffer_open_gcm(csrtp_multi_buffer *state, csrtp_packet_job *job, const csrtp_multi_buffer_keys *keys) {
    uint8_t tag[TAG];
    run_job(state, opening(state->wide, keys->key_count), job, keys, tag);
    job->result = (int8_t)compare(job->cipher, job->packet, job->cipher_start, job->cipher_end, job->iv_low, job->iv_high,
                                  tag, job->packet + job->tag_start);
}

// One packet after the other.

csrtp_direct *csrtp_direct_begin(csrtp_packet_cipher *cipher, enum csrtp_batch_engine engine) {
    csrtp_batched *batched = csrtp_batched_of(cipher);
    if (engine == CSRTP_ENGINE_LIBCRYPTO || !batched->is_served || !batched->is_gcm) return NULL;
    csrtp_multi_buffer *state = csrtp_multi_buffer_here();
    if (state == NULL) return NULL;
    csrtp_direct *direct = &state->direct;
    direct->cipher = cipher;
    direct->keys = csrtp_batched_keys(batched, state->wide);
    if (direct->keys == NULL) return NULL;
    direct->seal = sealing(state->wide, direct->keys->key_count);
    direct->open = opening(state->wide, direct->keys->key_count);
    return direct;
}

void csrtp_direct_seal(csrtp_direct *direct, uint8_t *packet, size_t cipher_start, size_t cipher_end, uint64_t iv_low,
                       uint64_t iv_high) {
    run(direct->seal, direct->keys, &direct->context, packet + cipher_start, cipher_end - cipher_start, iv_high, iv_low,
        packet, cipher_start, packet + cipher_end);
}

int csrtp_direct_open(csrtp_direct *direct, uint8_t *packet, size_t cipher_start, size_t cipher_end, uint64_t iv_low,
                      uint64_t iv_high) {
    uint8_t tag[TAG];
    run(direct->open, direct->keys, &direct->context, packet + cipher_start, cipher_end - cipher_start, iv_high, iv_low,
        packet, cipher_start, tag);
    return compare(direct->cipher, packet, cipher_start, cipher_end, iv_low, iv_high, tag, packet + cipher_end);
}

void csrtp_direct_end(csrtp_direct *direct) { csrtp_wipe(&direct->context, sizeof direct->context); }

#else

csrtp_direct *csrtp_direct_begin(csrtp_packet_cipher *cipher, enum csrtp_batch_engine engine) {
    (void)cipher, (void)engine;
    return NULL;
}

// Not called: there is none.

void csrtp_direct_seal(csrtp_direct *direct, uint8_t *packet, size_t cipher_start, size_t cipher_end, uint64_t iv_low,
                       uint64_t iv_high) {
    (void)direct, (void)packet, (void)cipher_start, (void)cipher_end, (void)iv_low, (void)iv_high;
}

int csrtp_direct_open(csrtp_direct *direct, uint8_t *packet, size_t cipher_start, size_t cipher_end, uint64_t iv_low,
                      uint64_t iv_high) {
    (void)direct, (void)packet, (void)cipher_start, (void)cipher_end, (void)iv_low, (void)iv_high;
    return 0;
}

void csrtp_direct_end(csrtp_direct *direct) { (void)direct; }

#endif
