// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define OPENSSL_SUPPRESS_DEPRECATED

#include "counter_blocks.h"
#include "counter_mode.h"
#include "f8.h"
#include "gcm.h"
#include "hmac_sha1.h"
#include "multi_buffer.h"

#include <openssl/crypto.h>

// SHA-1 is a chain of dependent rounds that leaves most of the processor idle. Where keystream is made between its
// steps, the processor works on both at once, and AES costs next to nothing (1200 octets: 700 ns instead of 760).
//
// Sealing hashes one step behind what it encrypts: a hash that reads octets just stored would wait for them. Opening
// hashes first and keeps the keystream aside, since nothing may be decrypted before the tag was compared.

#define NOT_INLINE __attribute__((noinline))

enum {
    /// Blocks of keystream between two steps of the hash.
    SEAL_RUN = 8,
    OPEN_RUN = 8,
    /// Payloads up to these many blocks are sealed without turns, since there is too little to overlap, and opened in
    /// shorter ones.
    FEW_BLOCKS = 16,
    OPEN_FEW_RUN = 4,
    /// The keystream that opening makes before the tag was compared; the rest of a longer packet is decrypted after.
    AHEAD_BLOCKS = 128,
    /// The octets of 2^16 blocks: beyond them a counter would come back.
    MAXIMUM = 1 << 20,
    GCM_SALT = 12,
    GCM_TAG = 16,
};

/// At most one of `counter_mode`, `f8` and `gcm` is there.
struct csrtp_packet_cipher {
#if CSRTP_HAS_MULTI_BUFFER
    csrtp_batched batched;  // first, where batches look for it
#endif
    uint8_t salt[CSRTP_BLOCK];
    csrtp_counter_mode *counter_mode;
    csrtp_hmac_sha1 *mac;  // NULL for GCM, and where there is only encryption
    EVP_CIPHER_CTX *ecb;   // the block calls of `counter_mode`, where encryption and MAC can overlap; NULL elsewhere
    csrtp_f8 *f8;
    csrtp_gcm *gcm;
};

/// A packet, as the functions of the header describe it.
typedef struct {
    size_t cipher_start, cipher_end, authenticated_end;
    csrtp_block counter;  // the salt in it
    uint64_t trailer;     // in the order of memory
    size_t trailer_count;
} packet_job;

CSRTP_INLINE packet_job job_of(const csrtp_packet_cipher *context, size_t cipher_start, size_t cipher_end,
                               size_t authenticated_end, uint64_t iv_low, uint64_t iv_high, uint32_t trailer,
                               int has_trailer) {
    return (packet_job){.cipher_start = cipher_start,
                        .cipher_end = cipher_end,
                        .authenticated_end = authenticated_end,
                        .counter = csrtp_counter_block(iv_high, iv_low) ^ *(const csrtp_unaligned_block *)context->salt,
                        .trailer = has_trailer ? csrtp_big_endian_64((uint64_t)trailer << 32) : 0,
                        .trailer_count = has_trailer ? sizeof trailer : 0};
}

/// Where the salt lies in the counter block (RFC 3711 section 4.1.1, RFC 7714 section 8.1); f8 has it in its key.
static int place_salt(uint8_t block[CSRTP_BLOCK], enum csrtp_mode mode, const void *salt, size_t salt_count) {
    size_t start = mode == CSRTP_GCM ? CSRTP_BLOCK - 2 - GCM_SALT : 0;
    if (mode == CSRTP_NULL_CIPHER || mode == CSRTP_F8) return 1;
    if (start + salt_count > CSRTP_BLOCK - 2) return 0;
    if (salt_count > 0) memcpy(block + start, salt, salt_count);
    return 1;
}

csrtp_packet_cipher *csrtp_packet_cipher_new(enum csrtp_mode mode, enum csrtp_block_cipher cipher, const void *key,
                                             size_t key_count, const void *salt, size_t salt_count,
                                             const void *mac_key, size_t mac_key_count, int through_evp) {
    csrtp_packet_cipher *context = OPENSSL_zalloc(sizeof *context);
    if (context == NULL) return NULL;
    int made = place_salt(context->salt, mode, salt, salt_count);
    switch (mode) {
    case CSRTP_NULL_CIPHER: break;
    case CSRTP_COUNTER_MODE:
        made = made && (context->counter_mode = csrtp_counter_mode_new(cipher, key, key_count, 1)) != NULL;
        break;
    case CSRTP_F8: made = made && (context->f8 = csrtp_f8_new(key, key_count, salt, salt_count)) != NULL; break;
    case CSRTP_GCM:
        made = made && (context->gcm = csrtp_gcm_new(cipher, key, key_count, through_evp)) != NULL;
        break;
    }
    if (mode != CSRTP_GCM && mac_key != NULL) {
        made = made && (context->mac = csrtp_hmac_sha1_new(mac_key, mac_key_count, through_evp)) != NULL;
    }
    if (!made) {
        csrtp_packet_cipher_free(context);
        return NULL;
    }
    if (context->counter_mode != NULL && context->mac != NULL && context->mac->evp == NULL) {
        context->ecb = context->counter_mode->ecb;
    }
#if CSRTP_HAS_MULTI_BUFFER
    csrtp_batched_start(&context->batched, mode, cipher, key, key_count, context->salt, context->mac,
                        csrtp_packet_cipher_is_through_evp(context));
#endif
    return context;
}

void csrtp_packet_cipher_free(csrtp_packet_cipher *context) {
    if (context == NULL) return;
#if CSRTP_HAS_MULTI_BUFFER
    csrtp_batched_end(&context->batched);
#endif
    csrtp_counter_mode_free(context->counter_mode);
    csrtp_f8_free(context->f8);
    csrtp_gcm_free(context->gcm);
    csrtp_hmac_sha1_free(context->mac);
    OPENSSL_clear_free(context, sizeof *context);
}

int csrtp_packet_cipher_is_through_evp(const csrtp_packet_cipher *context) {
    if (context->gcm != NULL) return csrtp_gcm_is_through_evp(context->gcm);
    return context->mac != NULL && csrtp_hmac_sha1_is_through_evp(context->mac);
}

// One after the other: where there is nothing to encrypt, where the MAC goes through EVP, behind what was made ahead.
// Not inlined, and called with copies, so that the other way keeps its job in registers.

/// Exclusive-ors keystream from block `first` on into what it belongs to.
static NOT_INLINE int apply(csrtp_packet_cipher *context, const packet_job *job, size_t first, const uint8_t *input,
                            uint8_t *output) {
    size_t start = job->cipher_start + first * CSRTP_BLOCK, count = job->cipher_end - start;
    if (context->counter_mode != NULL) {
        csrtp_halves halves = (csrtp_halves)job->counter;
        uint64_t low = csrtp_big_endian_64(halves[1]) + first, high = csrtp_big_endian_64(halves[0]) + (low < first);
        return csrtp_counter_mode_apply(context->counter_mode, high, low, input + start, output + start, count);
    }
    if (context->gcm != NULL) return csrtp_gcm_apply(context->gcm, job->counter, input + start, output + start, count);
    if (context->f8 != NULL) return csrtp_f8_apply(context->f8, job->counter, input + start, output + start, count);
    if (input != output && count > 0) memcpy(output + start, input + start, count);
    return 1;
}

static int compute(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *octets,
                   uint8_t mac[CSRTP_HMAC_SHA1_COUNT]) {
    return context->mac != NULL && csrtp_hmac_sha1_compute(context->mac, octets, job->authenticated_end, &job->trailer,
                                                           job->trailer_count, mac);
}

static NOT_INLINE int seal_in_sequence(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *input,
                                       uint8_t *output, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]) {
    return context->mac != NULL && apply(context, job, 0, input, output) && compute(context, job, output, mac);
}

/// Compares the tag; where `output` is not NULL, decrypts after that.
static NOT_INLINE int open_in_sequence(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *input,
                                       uint8_t *output, const uint8_t *tag, size_t tag_count) {
    uint8_t mac[CSRTP_HMAC_SHA1_COUNT];
    int done = compute(context, job, input, mac);
    int agrees = done && !csrtp_tag_differs(mac, tag, tag_count);
    csrtp_wipe(mac, sizeof mac);
    if (!done) return 0;
    if (!agrees) return CSRTP_TAG_DIFFERS;
    return output == NULL || apply(context, job, 0, input, output);
}

// GCM: what lies before the encrypted octets is associated, and the trailer behind that.

/// Whether GCM can do the job: it has one length of tag, and nothing between the encrypted octets and the tag.
static int fits_gcm(const packet_job *job, size_t tag_count) {
    return tag_count == GCM_TAG && job->authenticated_end == job->cipher_end;
}

static csrtp_associated associated(const packet_job *job, const uint8_t *octets) {
    return (csrtp_associated){octets, job->cipher_start, &job->trailer, job->trailer_count};
}

static NOT_INLINE int seal_gcm(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *input,
                               uint8_t *output, uint8_t *tag, size_t tag_count) {
    size_t start = job->cipher_start;
    return fits_gcm(job, tag_count) && csrtp_gcm_seal(context->gcm, job->counter, associated(job, output),
                                                      input + start, output + start, job->cipher_end - start, tag);
}

static NOT_INLINE int open_gcm(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *input,
                               uint8_t *output, const uint8_t *tag, size_t tag_count) {
    size_t start = job->cipher_start;
    if (!fits_gcm(job, tag_count)) return 0;
    return csrtp_gcm_open(context->gcm, job->counter, associated(job, input), input + start, output + start,
                          job->cipher_end - start, tag);
}

#if CSRTP_HAS_SHA1_CALLS

/// Whether the work can be done in turns. Counter blocks start at a multiple of 2^16, as all of SRTP's do (RFC 3711
/// section 4.1.1), so that no run carries past the last octet; the salt has no octets there.
CSRTP_INLINE int overlaps(const csrtp_packet_cipher *context, size_t cipher_start, size_t cipher_end, uint64_t iv_low,
                          size_t tag_count) {
    return context->ecb != NULL && cipher_end - cipher_start - 1 < MAXIMUM && (iv_low & 0xFFFF) == 0 &&
           tag_count <= CSRTP_HMAC_SHA1_COUNT;
}

CSRTP_INLINE int seal_overlapped(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *input,
                                 uint8_t *output, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]) {
    enum { STEP = SEAL_RUN * CSRTP_BLOCK, WHOLE = FEW_BLOCKS * CSRTP_BLOCK };
    csrtp_block keystream[FEW_BLOCKS];
    const csrtp_block counter = job->counter;
    EVP_CIPHER_CTX *ecb = context->ecb;
    size_t whole = job->authenticated_end / CSRTP_SHA1_BLOCK * CSRTP_SHA1_BLOCK, absorbed = 0;
    size_t at = job->cipher_start, end = job->cipher_end, made = 0;
    int done = 1;
    csrtp_hmac_begin(context->mac);
    if (end - at > WHOLE) {
        for (; end - at >= STEP; at += STEP, made += SEAL_RUN) {
            done = csrtp_keystream(ecb, keystream, csrtp_counter_after(counter, made), SEAL_RUN);
            if (!done) break;
            csrtp_exclusive_or(output + at, input + at, keystream, STEP);
            size_t ready = at / CSRTP_SHA1_BLOCK * CSRTP_SHA1_BLOCK;
            csrtp_hmac_absorb(context->mac, output + absorbed, ready - absorbed);
            absorbed = ready;
        }
    }
    if (at < end && done) {
        size_t blocks = (end - at + CSRTP_BLOCK - 1) / CSRTP_BLOCK;
        done = csrtp_keystream(ecb, keystream, csrtp_counter_after(counter, made), blocks);
        if (done) csrtp_exclusive_or(output + at, input + at, keystream, end - at);
    }
    csrtp_wipe(keystream, sizeof keystream);
    if (!done) return 0;
    csrtp_hmac_put_aside(context->mac, output, job->authenticated_end, job->trailer, job->trailer_count);
    csrtp_hmac_absorb(context->mac, output + absorbed, whole - absorbed);
    csrtp_hmac_end(context->mac, mac);
    return 1;
}

/// Makes `blocks` blocks of keystream and the MAC over `input`, of which `absorbed` octets were taken, in turns: `run` blocks
/// between two steps of the hash. `run` is a constant wherever this is inlined.
CSRTP_INLINE int prepare_and_hash(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *input,
                                  size_t absorbed, csrtp_block *keystream, size_t blocks, size_t run,
                                  uint8_t mac[CSRTP_HMAC_SHA1_COUNT]) {
    const csrtp_block counter = job->counter;
    size_t whole = job->authenticated_end / CSRTP_SHA1_BLOCK * CSRTP_SHA1_BLOCK;
    int done = 1;
    for (size_t made = 0; made < blocks && done;) {
        size_t step = whole - absorbed < run * CSRTP_BLOCK ? whole - absorbed : run * CSRTP_BLOCK;
        if (made > 0) {
            csrtp_hmac_absorb(context->mac, input + absorbed, step);
            absorbed += step;
        }
        size_t part = absorbed < whole && blocks - made > run ? run : blocks - made;
        done = csrtp_keystream(context->ecb, keystream + made, csrtp_counter_after(counter, made), part);
        made += part;
    }
    csrtp_hmac_absorb(context->mac, input + absorbed, whole - absorbed);
    csrtp_hmac_end(context->mac, mac);
    return done;
}

/// Takes the first block of `input` before anything is worked out: the hash is what everything waits for, and the processor sees
/// only some 400 instructions ahead, so that every one that comes before delays it. Says how much was taken.
CSRTP_INLINE size_t begin_early(csrtp_packet_cipher *context, const uint8_t *input, size_t count) {
    csrtp_hmac_begin(context->mac);
    if (count < CSRTP_SHA1_BLOCK) return 0;
    csrtp_hmac_absorb(context->mac, input, CSRTP_SHA1_BLOCK);
    return CSRTP_SHA1_BLOCK;
}

CSRTP_INLINE int open_overlapped(csrtp_packet_cipher *context, const packet_job *job, const uint8_t *input,
                                 size_t absorbed, uint8_t *output, const uint8_t *tag, size_t tag_count) {
    csrtp_block keystream[AHEAD_BLOCKS];
    uint8_t mac[CSRTP_HMAC_SHA1_COUNT];
    size_t total = job->cipher_end - job->cipher_start;
    size_t blocks = (total + CSRTP_BLOCK - 1) / CSRTP_BLOCK;
    if (blocks > AHEAD_BLOCKS) blocks = AHEAD_BLOCKS;
    csrtp_hmac_put_aside(context->mac, input, job->authenticated_end, job->trailer, job->trailer_count);
    int done = blocks <= FEW_BLOCKS
                   ? prepare_and_hash(context, job, input, absorbed, keystream, blocks, OPEN_FEW_RUN, mac)
                   : prepare_and_hash(context, job, input, absorbed, keystream, blocks, OPEN_RUN, mac);
    int result = !done ? 0 : csrtp_tag_differs(mac, tag, tag_count) ? CSRTP_TAG_DIFFERS : 1;
    if (result == 1) {
        size_t ahead = total < sizeof keystream ? total : sizeof keystream;
        csrtp_exclusive_or(output + job->cipher_start, input + job->cipher_start, keystream, ahead);
        if (total > ahead) {
            const packet_job copy = *job;
            result = apply(context, &copy, AHEAD_BLOCKS, input, output);
        }
    }
    csrtp_wipe(keystream, blocks * CSRTP_BLOCK);
    csrtp_wipe(mac, sizeof mac);
    return result;
}

#endif

/// Counters of GCM are four octets wide, and its own calls look after its lengths.
CSRTP_INLINE int is_too_long(const csrtp_packet_cipher *context, const packet_job *job) {
    return job->cipher_end - job->cipher_start > MAXIMUM && context->gcm == NULL;
}

int csrtp_packet_cipher_apply(csrtp_packet_cipher *context, const void *input, void *output, size_t cipher_start,
                              size_t cipher_end, uint64_t iv_low, uint64_t iv_high) {
    const packet_job job = job_of(context, cipher_start, cipher_end, cipher_end, iv_low, iv_high, 0, 0);
    return !is_too_long(context, &job) && apply(context, &job, 0, input, output);
}

int csrtp_packet_cipher_seal(csrtp_packet_cipher *context, const void *input, void *output, size_t cipher_start,
                             size_t cipher_end, size_t authenticated_end, uint64_t iv_low, uint64_t iv_high,
                             uint32_t trailer, int has_trailer, void *tag, size_t tag_count) {
    const packet_job job =
        job_of(context, cipher_start, cipher_end, authenticated_end, iv_low, iv_high, trailer, has_trailer);
    if (is_too_long(context, &job) || tag_count > CSRTP_HMAC_SHA1_COUNT) return 0;
    uint8_t mac[CSRTP_HMAC_SHA1_COUNT];
    int done;
#if CSRTP_HAS_SHA1_CALLS
    if (overlaps(context, cipher_start, cipher_end, iv_low, tag_count)) {
        done = seal_overlapped(context, &job, input, output, mac);
    } else
#endif
    {
        const packet_job copy = job;
        if (context->gcm != NULL) return seal_gcm(context, &copy, input, output, tag, tag_count);
        done = seal_in_sequence(context, &copy, input, output, mac);
    }
    if (done) {
        if (tag_count == 10) {
            memcpy(tag, mac, 10);  // a constant count is two moves, not a call
        } else {
            memcpy(tag, mac, tag_count);
        }
    }
    csrtp_wipe(mac, sizeof mac);
    return done;
}

int csrtp_packet_cipher_open(csrtp_packet_cipher *context, const void *input, void *output, size_t cipher_start,
                             size_t cipher_end, size_t authenticated_end, uint64_t iv_low, uint64_t iv_high,
                             uint32_t trailer, int has_trailer, const void *tag, size_t tag_count) {
#if CSRTP_HAS_SHA1_CALLS
    int is_overlapped = overlaps(context, cipher_start, cipher_end, iv_low, tag_count);
    size_t absorbed = is_overlapped ? begin_early(context, input, authenticated_end) : 0;
#endif
    const packet_job job =
        job_of(context, cipher_start, cipher_end, authenticated_end, iv_low, iv_high, trailer, has_trailer);
#if CSRTP_HAS_SHA1_CALLS
    if (is_overlapped) return open_overlapped(context, &job, input, absorbed, output, tag, tag_count);
#endif
    if (is_too_long(context, &job) || tag_count > CSRTP_HMAC_SHA1_COUNT) return 0;
    const packet_job copy = job;
    if (context->gcm != NULL) return open_gcm(context, &copy, input, output, tag, tag_count);
    return open_in_sequence(context, &copy, input, output, tag, tag_count);
}

int csrtp_packet_cipher_verify(csrtp_packet_cipher *context, const void *input, size_t cipher_start, size_t cipher_end,
                               size_t authenticated_end, uint64_t iv_low, uint64_t iv_high, uint32_t trailer,
                               int has_trailer, const void *tag, size_t tag_count) {
    const packet_job job =
        job_of(context, cipher_start, cipher_end, authenticated_end, iv_low, iv_high, trailer, has_trailer);
    if (is_too_long(context, &job) || tag_count > CSRTP_HMAC_SHA1_COUNT) return 0;
    if (context->gcm == NULL) return open_in_sequence(context, &job, input, NULL, tag, tag_count);
    if (!fits_gcm(&job, tag_count)) return 0;
    return csrtp_gcm_verify(context->gcm, job.counter, associated(&job, input), (const uint8_t *)input + cipher_start,
                            cipher_end - cipher_start, tag);
}

int csrtp_packet_cipher_mac(csrtp_packet_cipher *context, const void *input, size_t authenticated_end,
                            uint32_t trailer, int has_trailer, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]) {
    const packet_job job = job_of(context, 0, 0, authenticated_end, 0, 0, trailer, has_trailer);
    return compute(context, &job, input, mac);
}

int csrtp_packet_cipher_seal_aead(csrtp_packet_cipher *context, uint64_t iv_low, uint64_t iv_high, const void *first,
                                  size_t first_count, const void *second, size_t second_count, void *text,
                                  size_t count, void *tag) {
    if (context->gcm == NULL) return 0;
    const packet_job job = job_of(context, 0, 0, 0, iv_low, iv_high, 0, 0);
    const csrtp_associated associated = {first, first_count, second, second_count};
    return csrtp_gcm_seal(context->gcm, job.counter, associated, text, text, count, tag);
}

int csrtp_packet_cipher_open_aead(csrtp_packet_cipher *context, uint64_t iv_low, uint64_t iv_high, const void *first,
                                  size_t first_count, const void *second, size_t second_count, void *text,
                                  size_t count, const void *tag) {
    if (context->gcm == NULL) return 0;
    const packet_job job = job_of(context, 0, 0, 0, iv_low, iv_high, 0, 0);
    const csrtp_associated associated = {first, first_count, second, second_count};
    return csrtp_gcm_open(context->gcm, job.counter, associated, text, text, count, tag);
}
