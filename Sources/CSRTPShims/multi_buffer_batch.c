// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define OPENSSL_SUPPRESS_DEPRECATED

#include "hmac_sha1.h"
#include "multi_buffer.h"
#include "one_by_one.h"

#if CSRTP_HAS_MULTI_BUFFER

enum {
    /// The octets of an HMAC that the library writes fastest, where no tag is longer.
    SHORT_TAG = 12,
    GCM_TAG = 16,
    /// The library counts a hash's octets in 16 bits.
    LONGEST = 65500,
    /// Fewer packets with HMAC-SHA1 than these are faster one by one.
    LEAST = 2,
    LEAST_WITHOUT_SHA = 8,
};

CSRTP_INLINE int fits_gcm(const csrtp_packet_job *job) {
    return job->tag_count == GCM_TAG && job->authenticated_end == job->cipher_end && job->cipher_end <= LONGEST &&
           job->tag_start >= job->cipher_end &&
           (!job->has_trailer || job->cipher_start + sizeof job->trailer <= CSRTP_MULTI_BUFFER_ASSOCIATED);
}

/// The trailer has to have room in the packet, and the counter must not count past its lowest octets.
CSRTP_INLINE int fits_hmac(const csrtp_packet_job *job) {
    size_t room = job->has_trailer ? sizeof job->trailer : 0;
    return job->authenticated_end > 0 && job->authenticated_end <= LONGEST && job->tag_count <= CSRTP_HMAC_SHA1_COUNT &&
           job->tag_start >= job->authenticated_end && job->tag_start - job->authenticated_end + job->tag_count >= room &&
           (uint16_t)job->iv_low == 0;
}

/// The library's keys for a job that it can do; NULL for another one.
CSRTP_INLINE const csrtp_multi_buffer_keys *keys_for(csrtp_multi_buffer *state, const csrtp_packet_job *job) {
    csrtp_batched *batched = csrtp_batched_of(job->cipher);
    if (!batched->is_served || !(batched->is_gcm ? fits_gcm(job) : fits_hmac(job))) return NULL;
    return csrtp_batched_keys(batched, state->wide);
}

/// Puts a job with HMAC-SHA1 where those are. The IV is written long before it is used: the library's masked loads would wait
/// for a store that is still under way. The trailer goes behind the octets that it is hashed with.
CSRTP_INLINE void gather(csrtp_gathered *gathered, csrtp_packet_job *job, const csrtp_multi_buffer_keys *keys) {
    size_t position = gathered->count++, hashed = job->authenticated_end;
    IMB_JOB *described = &gathered->described[position];
    gathered->jobs[position] = job;
    gathered->ivs[position] = csrtp_counter_block(job->iv_high, job->iv_low) ^ keys->salt;
    if (job->has_trailer) {
        memcpy(&gathered->displaced[position], job->packet + hashed, sizeof job->trailer);
        csrtp_store_32(job->packet + hashed, job->trailer);
        hashed += sizeof job->trailer;
    }
    described->enc_keys = keys->rounds;
    described->key_len_in_bytes = job->cipher_start < job->cipher_end ? keys->key_count : 0;
    described->src = job->packet;
    described->dst = job->packet + job->cipher_start;
    described->cipher_start_src_offset_in_bytes = job->cipher_start;
    described->msg_len_to_cipher_in_bytes = job->cipher_end - job->cipher_start;
    described->msg_len_to_hash_in_bytes = hashed;
    described->auth_tag_output_len_in_bytes = job->tag_count <= SHORT_TAG ? SHORT_TAG : CSRTP_HMAC_SHA1_COUNT;
    described->u.HMAC._hashed_auth_key_xor_ipad = (const uint8_t *)keys->inner;
    described->u.HMAC._hashed_auth_key_xor_opad = (const uint8_t *)keys->outer;
    // With the padding, and the outer block.
    size_t blocks = (hashed + 9 + CSRTP_SHA1_BLOCK - 1) / CSRTP_SHA1_BLOCK + 1;
    gathered->blocks += blocks;
    if (gathered->most_blocks < blocks) gathered->most_blocks = blocks;
}

/// Whether the jobs with HMAC-SHA1 are worth the library's while.
static int pays(const csrtp_multi_buffer *state, int forced) {
    return state->hmac.count >= (forced ? 1 : state->narrow != NULL ? LEAST : LEAST_WITHOUT_SHA);
}

/// Wipes what would tell something of salts, keystreams and of the tags that were not sent.
static void forget(csrtp_multi_buffer *state) {
    csrtp_gathered *gathered = &state->hmac;
    csrtp_wipe(&state->direct.context, sizeof state->direct.context);
    csrtp_wipe(gathered->ivs, gathered->count * sizeof *gathered->ivs);
    csrtp_wipe(gathered->macs, gathered->count * sizeof *gathered->macs);
    gathered->count = gathered->blocks = gathered->most_blocks = 0;
}

void csrtp_multi_buffer_seal(csrtp_multi_buffer *state, csrtp_packet_job *jobs, size_t count, int forced) {
    for (csrtp_packet_job *job = jobs; job < jobs + count; job++) {
        const csrtp_multi_buffer_keys *keys = keys_for(state, job);
        if (keys == NULL) {
            csrtp_seal_one(job);
        } else if (keys->is_gcm) {
            csrtp_multi_buffer_seal_gcm(state, job, keys);
        } else {
            gather(&state->hmac, job, keys);
        }
    }
    if (pays(state, forced)) {
        csrtp_multi_buffer_seal_hmac(state);
    } else {
        csrtp_multi_buffer_give_back(&state->hmac);
        for (size_t i = 0; i < state->hmac.count; i++) csrtp_seal_one(state->hmac.jobs[i]);
    }
    forget(state);
}

void csrtp_multi_buffer_open(csrtp_multi_buffer *state, csrtp_packet_job *jobs, size_t count, int forced) {
    for (csrtp_packet_job *job = jobs; job < jobs + count; job++) {
        const csrtp_multi_buffer_keys *keys = keys_for(state, job);
        if (keys == NULL) {
            csrtp_open_one(job);
        } else if (keys->is_gcm) {
            csrtp_multi_buffer_open_gcm(state, job, keys);
        } else {
            gather(&state->hmac, job, keys);
        }
    }
    if (pays(state, forced)) {
        csrtp_multi_buffer_open_hmac(state);
    } else {
        csrtp_multi_buffer_give_back(&state->hmac);
        for (size_t i = 0; i < state->hmac.count; i++) csrtp_open_one(state->hmac.jobs[i]);
    }
    forget(state);
}

#endif
