// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A batch by Intel's multi-buffer library alone: jobs whose unchanging parts are set once, counter mode and HMAC-SHA1 as
// two synchronous bursts without checks of arguments, GCM as a direct call a packet.

#include "benchmark_floor.h"

#if defined(CSRTP_MULTI_BUFFER)

#define OPENSSL_SUPPRESS_DEPRECATED
#include "session_keys.h"

#include <intel-ipsec-mb.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

enum { most_packets = 128, header_length = 12, scratch_tag = 12, gcm_tag_count = 16 };

struct multi_buffer_floor {
    struct gcm_key_data gcm_key;
    _Alignas(64) uint8_t encrypt_keys[16 * 15], decrypt_keys[16 * 15];
    _Alignas(16) uint8_t inner[20], outer[20];
    block salt, ivs[most_packets];
    uint8_t tags[most_packets][scratch_tag], sent_tags[most_packets][scratch_tag];
    IMB_JOB cipher_jobs[most_packets], hash_jobs[most_packets];
    IMB_MGR *manager;
    enum floor_way way;
    size_t tag_count, batch_count;
};

static void set_pad(IMB_MGR *manager, uint8_t state[20], const uint8_t key[20], uint8_t pad) {
    uint8_t octets[64];
    memset(octets, pad, sizeof octets);
    for (int i = 0; i < 20; i++) octets[i] ^= key[i];
    IMB_SHA1_ONE_BLOCK(manager, octets, state);
}

int multi_buffer_floor_is_built(void) { return 1; }

multi_buffer_floor *multi_buffer_floor_new(enum floor_way way, const uint8_t *key_and_salt, size_t tag_count,
                                           size_t batch_count) {
    int is_gcm = way != FLOOR_COUNTER_MODE;
    session_keys keys;
    multi_buffer_floor *f = aligned_alloc(64, (sizeof *f + 63) & ~(size_t)63);
    if (f == NULL) return NULL;
    memset(f, 0, sizeof *f);
    f->way = way;
    f->tag_count = tag_count;
    f->batch_count = batch_count;
    f->manager = alloc_mb_mgr(0);
    if (f->manager == NULL || batch_count < 1 || batch_count > most_packets ||
        !derive_session_keys(&keys, key_and_salt, 16, is_gcm ? 12 : 14, 0)) {
        multi_buffer_floor_free(f);
        return NULL;
    }
    init_mb_mgr_auto(f->manager, NULL);
    memcpy(&f->salt, keys.salt, is_gcm ? 12 : 14);
    if (is_gcm) {
        IMB_AES128_GCM_PRE(f->manager, keys.encryption, &f->gcm_key);
    } else {
        IMB_AES_KEYEXP_128(f->manager, keys.encryption, f->encrypt_keys, f->decrypt_keys);
        set_pad(f->manager, f->inner, keys.authentication, 0x36);
        set_pad(f->manager, f->outer, keys.authentication, 0x5c);
    }
    OPENSSL_cleanse(&keys, sizeof keys);
    for (size_t i = 0; i < most_packets; i++) {
        IMB_JOB *cipher = &f->cipher_jobs[i], *hash = &f->hash_jobs[i];
        cipher->cipher_mode = IMB_CIPHER_CNTR;
        cipher->cipher_direction = IMB_DIR_ENCRYPT;
        cipher->hash_alg = IMB_AUTH_NULL;
        cipher->enc_keys = f->encrypt_keys;
        cipher->dec_keys = f->decrypt_keys;
        cipher->key_len_in_bytes = 16;
        cipher->iv = (const uint8_t *)&f->ivs[i];
        cipher->iv_len_in_bytes = 16;
        cipher->cipher_start_src_offset_in_bytes = header_length;
        hash->hash_alg = IMB_AUTH_HMAC_SHA_1;
        hash->cipher_mode = IMB_CIPHER_NULL;
        hash->u.HMAC._hashed_auth_key_xor_ipad = f->inner;
        hash->u.HMAC._hashed_auth_key_xor_opad = f->outer;
        hash->auth_tag_output = f->tags[i];
        hash->auth_tag_output_len_in_bytes = scratch_tag;
    }
    return f;
}

void multi_buffer_floor_free(multi_buffer_floor *f) {
    if (f == NULL) return;
    if (f->manager != NULL) free_mb_mgr(f->manager);
    OPENSSL_cleanse(f, sizeof *f);
    free(f);
}

INLINE void set_cipher_job(multi_buffer_floor *f, size_t i, uint8_t *packet, size_t end, uint64_t index, uint32_t ssrc) {
    f->ivs[i] = f->salt ^ (block){(uint64_t)__builtin_bswap32(ssrc) << 32, __builtin_bswap64(index << 16)};
    f->cipher_jobs[i].src = packet;
    f->cipher_jobs[i].dst = packet + header_length;
    f->cipher_jobs[i].msg_len_to_cipher_in_bytes = end - header_length;
}

/// The rollover counter is hashed where the tag is going to be, or was.
INLINE void set_hash_job(multi_buffer_floor *f, size_t i, uint8_t *packet, size_t end, uint64_t index) {
    store32(packet + end, (uint32_t)(index >> 16));
    f->hash_jobs[i].src = packet;
    f->hash_jobs[i].msg_len_to_hash_in_bytes = end + 4;
}

static size_t run_with_hmac(multi_buffer_floor *f, int is_protecting, const floor_packets *packets, size_t first,
                            size_t count) {
    size_t tag_count = f->tag_count, end = packets->length - (is_protecting ? 0 : tag_count);
    for (size_t i = 0; i < count; i++) {
        uint8_t *packet = packets->octets + (first + i) * packets->stride;
        uint64_t index = packets->indices[first + i];
        set_cipher_job(f, i, packet, end, index, packets->ssrcs[first + i]);
        if (!is_protecting) memcpy(f->sent_tags[i], packet + end, 10);
        set_hash_job(f, i, packet, end, index);
    }
    if (is_protecting && IMB_SUBMIT_CIPHER_BURST_NOCHECK(f->manager, f->cipher_jobs, (uint32_t)count, IMB_CIPHER_CNTR,
                                                         IMB_DIR_ENCRYPT, IMB_KEY_128_BYTES) != count) {
        return 0;
    }
    if (IMB_SUBMIT_HASH_BURST_NOCHECK(f->manager, f->hash_jobs, (uint32_t)count, IMB_AUTH_HMAC_SHA_1) != count) return 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t *tag = packets->octets + (first + i) * packets->stride + end;
        if (is_protecting) {
            if (tag_count == 10) memcpy(tag, f->tags[i], 10);
            else memcpy(tag, f->tags[i], 4);
        } else if (CRYPTO_memcmp(f->sent_tags[i], f->tags[i], tag_count) != 0) {
            return 0;
        }
    }
    if (!is_protecting && IMB_SUBMIT_CIPHER_BURST_NOCHECK(f->manager, f->cipher_jobs, (uint32_t)count, IMB_CIPHER_CNTR,
                                                          IMB_DIR_ENCRYPT, IMB_KEY_128_BYTES) != count) {
        return 0;
    }
    return count;
}

static size_t run_gcm(multi_buffer_floor *f, int is_protecting, const floor_packets *packets, size_t first,
                      size_t count) {
    struct gcm_context_data context;
    size_t end = packets->length - (is_protecting ? 0 : gcm_tag_count);
    for (size_t i = 0; i < count; i++) {
        uint8_t *packet = packets->octets + (first + i) * packets->stride, *text = packet + header_length;
        uint64_t index = packets->indices[first + i], upper = __builtin_bswap16((uint16_t)(index >> 32));
        block iv = f->salt ^ (block){(uint64_t)__builtin_bswap32(packets->ssrcs[first + i]) << 16 | upper << 48,
                                     __builtin_bswap32((uint32_t)index)};
        if (is_protecting) {
            IMB_AES128_GCM_ENC(f->manager, &f->gcm_key, &context, text, text, end - header_length, (uint8_t *)&iv, packet,
                               header_length, packet + end, gcm_tag_count);
        } else {
            uint8_t tag[gcm_tag_count];
            IMB_AES128_GCM_DEC(f->manager, &f->gcm_key, &context, text, text, end - header_length, (uint8_t *)&iv, packet,
                               header_length, tag, gcm_tag_count);
            if (CRYPTO_memcmp(tag, packet + end, gcm_tag_count) != 0) return i;
        }
    }
    return count;
}

size_t multi_buffer_floor_run(multi_buffer_floor *f, enum floor_work work, const floor_packets *packets) {
    int is_protecting = work == FLOOR_PROTECT_RTP;
    size_t done = 0;
    if (!is_protecting && work != FLOOR_UNPROTECT_RTP) return 0;
    while (done < packets->count) {
        size_t count = packets->count - done < f->batch_count ? packets->count - done : f->batch_count;
        size_t part = f->way == FLOOR_COUNTER_MODE ? run_with_hmac(f, is_protecting, packets, done, count)
                                                   : run_gcm(f, is_protecting, packets, done, count);
        if (part != count) return done + part;
        done += count;
    }
    return done;
}

const char *multi_buffer_floor_description(void) {
    static char text[64];
    IMB_MGR *manager = alloc_mb_mgr(0);
    IMB_ARCH variant = IMB_ARCH_NONE;
    if (manager == NULL) return "";
    init_mb_mgr_auto(manager, &variant);
    const char *name = variant == IMB_ARCH_AVX512 ? "AVX-512" : variant == IMB_ARCH_AVX2 ? "AVX2"
                       : variant == IMB_ARCH_AVX ? "AVX" : "SSE";
    snprintf(text, sizeof text, "ipsec-mb %s, %s", imb_get_version_str(), name);
    free_mb_mgr(manager);
    return text;
}

#else

int multi_buffer_floor_is_built(void) { return 0; }

multi_buffer_floor *multi_buffer_floor_new(enum floor_way way, const uint8_t *key_and_salt, size_t tag_count,
                                           size_t batch_count) {
    (void)way, (void)key_and_salt, (void)tag_count, (void)batch_count;
    return NULL;
}

void multi_buffer_floor_free(multi_buffer_floor *floor) { (void)floor; }

size_t multi_buffer_floor_run(multi_buffer_floor *floor, enum floor_work work, const floor_packets *packets) {
    (void)floor, (void)work, (void)packets;
    return 0;
}

const char *multi_buffer_floor_description(void) { return ""; }

#endif
