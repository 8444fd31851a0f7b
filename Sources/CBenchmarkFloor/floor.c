// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define OPENSSL_SUPPRESS_DEPRECATED
#include "benchmark_floor.h"

#include "gcm_floor.h"
#include "hmac_floor.h"
#include "session_keys.h"

#include <openssl/crypto.h>
#include <stdlib.h>

// Measured on 2 cores, AMD EPYC with AES-NI, SHA-NI, AVX-512, OpenSSL 3.0.19 (clang -O2, baseline x86-64): ns per packet by
// payload octets, 12-octet header, 10-octet tag, back to back, minimum of interleaved rounds (medians 1 to 2 % higher; the
// machine's clock drifts by 5 % within an hour, so compare only inside one block).
//
//   keystream and xor alone                     20    160    256    500    800   1200   3000   4000
//     CTR, EVP_CipherInit_ex(iv) + EVP_Cipher   69     69     72    108    121    153    316    384
//     CTR, EVP_CIPHER_CTX_iv_noconst pointer    33     33     38     71     85    118    280    346
//     ECB, octet loops                          20     31     34     62     99    148    380    503
//     ECB, vector counters and xor              18     29     32     54     87    126    305    396
//   HMAC-SHA1 alone
//     as many compressions in one dependent run 60    118    176    292    407    609
//     EVP_MAC (two heap allocations)           149    203    265    379    492    700
//     SHA_CTX copies, SHA1_Final                82    119    178    294    408    614
//     own padding, SHA1_Transform               73    111    168    284    399    604
//   protect / unprotect, whole packet
//     CTR, EVP_CipherInit_ex, then HMAC    148/154 199/203 258/268 405/412 546/554 791/797
//     CTR, iv pointer, then HMAC           103/109 164/162 224/230 376/384 513/516 751/760
//     ECB in one call, then HMAC            87/92  153/155 213/220 354/358 508/509 761/766
//     this file                             86/90  159/139 219/195 347/332 482/476 704/700
//
// - AES by ECB over counter blocks at every size: setting an IV through EVP costs 40 to 50 ns, ECB only 0.35 ns more for
//   a block, so CTR wins above about 3,500 octets (800 by writing to the IV pointer, but not once interleaved). Hence no
//   size threshold. The xor must be vector code: an octet loop the compiler leaves scalar makes ECB the slower one.
// - SHA-1 is a chain of dependent rounds that leaves the core half idle. Making keystream between calls of SHA1_Update lets
//   the core overlap the two: about 60 ns at 1200 octets (and a loss of 6 in protect at 160 and 256). protect hashes one
//   step behind what it encrypts, because octets just stored stall the hash; unprotect hashes first, keeps the keystream on
//   the stack and xors once the tag is right.
// - HMAC: 20 octets of saved state, SHA1_Update over whole blocks in place, own padding in one or two SHA1_Transform, the
//   outer hash as one SHA1_Transform of a block padded beforehand. No call allocates.

// Octets of keystream made between two calls of SHA1_Update, and the keystream unprotect makes before the tag is known.
enum { protect_step = 64, unprotect_step = 128, ahead_blocks = 128 };

struct benchmark_floor {
    hmac_floor hmac;
    gcm_floor gcm;
    block salt;
    EVP_CIPHER_CTX *ecb;
    enum floor_way way;
    size_t tag_count;
};

benchmark_floor *floor_new(enum floor_way way, const uint8_t *key_and_salt, size_t key_count, size_t tag_count,
                           int is_rtcp) {
    int is_gcm = way == FLOOR_GCM_EVP || way == FLOOR_GCM_PARTS;
    session_keys keys;
    benchmark_floor *f = aligned_alloc(64, (sizeof *f + 63) & ~(size_t)63);
    if (f == NULL) return NULL;
    memset(f, 0, sizeof *f);
    f->way = way;
    f->tag_count = tag_count;
    int made = derive_session_keys(&keys, key_and_salt, key_count, is_gcm ? 12 : 14, is_rtcp);
    if (made && is_gcm) made = gcm_floor_init(&f->gcm, keys.encryption, key_count, keys.salt, way == FLOOR_GCM_EVP);
    if (made && !is_gcm) {
        memcpy(&f->salt, keys.salt, 14);
        hmac_floor_init(&f->hmac, keys.authentication);
        made = (f->ecb = keyed(aes_ecb(key_count), keys.encryption)) != NULL;
    }
    OPENSSL_cleanse(&keys, sizeof keys);
    if (made) return f;
    floor_free(f);
    return NULL;
}

void floor_free(benchmark_floor *f) {
    if (f == NULL) return;
    gcm_floor_destroy(&f->gcm);
    EVP_CIPHER_CTX_free(f->ecb);
    OPENSSL_cleanse(f, sizeof *f);
    free(f);
}

INLINE block counter_iv(const benchmark_floor *f, uint64_t index, uint32_t ssrc) {
    return f->salt ^ (block){(uint64_t)__builtin_bswap32(ssrc) << 32, __builtin_bswap64(index << 16)};
}

INLINE void write_tag(uint8_t *to, const uint8_t digest[20], size_t tag_count) {
    if (tag_count == 10) memcpy(to, digest, 10);
    else memcpy(to, digest, 4);
}

/// Encrypts `packet[start..<length]` and appends the tag; where `is_rtcp`, with the index before it.
INLINE int protect_with_hmac(benchmark_floor *f, uint8_t *packet, size_t start, size_t length, uint64_t index,
                             uint32_t ssrc, int is_encrypting, int is_rtcp) {
    uint8_t digest[20];
    size_t done = 0;
    hash_begin(&f->hmac);
    if (is_encrypting) {
        block iv = counter_iv(f, index, ssrc), stream[protect_step / 16];
        size_t counter = 0;
        for (size_t at = start; at < length; at += protect_step, counter += protect_step / 16) {
            size_t step = length - at < protect_step ? length - at : protect_step;
            make_keystream(f->ecb, stream, iv, counter, blocks_of(step));
            xor_into(packet + at, stream, step);
            size_t ready = at & ~(size_t)63;  // one step behind
            if (ready > done) {
                SHA1_Update(&f->hmac.sha, packet + done, ready - done);
                done = ready;
            }
        }
    }
    if (is_rtcp) {
        store32(packet + length, (uint32_t)index | (is_encrypting ? 0x80000000 : 0));
        length += 4;
    }
    hash_end(&f->hmac, packet, length, done, !is_rtcp, (uint32_t)(index >> 16), digest);
    write_tag(packet + length, digest, f->tag_count);
    return 1;
}

/// Verifies the tag at the end of `packet[0..<length]`, and only then decrypts from `start` on.
INLINE int unprotect_with_hmac(benchmark_floor *f, uint8_t *packet, size_t start, size_t length, uint64_t index,
                               uint32_t ssrc, int is_encrypted, int is_rtcp) {
    block iv = counter_iv(f, index, ssrc), stream[ahead_blocks];
    length -= f->tag_count;
    size_t payload = length - start - (is_rtcp ? 4 : 0), whole = length & ~(size_t)63;
    size_t blocks = is_encrypted ? blocks_of(payload) : 0, done = 0, counter = 0;
    uint8_t digest[20];
    if (blocks > ahead_blocks) blocks = ahead_blocks;
    hash_begin(&f->hmac);
    while (whole > 0 && counter < blocks) {
        size_t step = whole - done < unprotect_step ? whole - done : unprotect_step;
        if (step > 0) SHA1_Update(&f->hmac.sha, packet + done, step);
        done += step;
        size_t count = blocks - counter < unprotect_step / 16 ? blocks - counter : unprotect_step / 16;
        make_keystream(f->ecb, stream + counter, iv, counter, count);
        counter += count;
    }
    hash_end(&f->hmac, packet, length, done, !is_rtcp, (uint32_t)(index >> 16), digest);
    if (counter < blocks) make_keystream(f->ecb, stream + counter, iv, counter, blocks - counter);
    if (CRYPTO_memcmp(packet + length, digest, f->tag_count) != 0) return 0;
    if (!is_encrypted) return 1;
    uint8_t *p = packet + start;
    for (counter = blocks;;) {
        size_t step = payload < blocks * 16 ? payload : blocks * 16;
        xor_into(p, stream, step);
        p += step, payload -= step;
        if (payload == 0) return 1;
        make_keystream(f->ecb, stream, iv, counter, ahead_blocks);
        counter += ahead_blocks;
    }
}

/// One packet, of which everything but its numbers is a constant wherever this is inlined.
INLINE int run_one(benchmark_floor *f, enum floor_way way, enum floor_work work, uint8_t *packet, size_t length,
                   uint32_t ssrc, uint64_t index) {
    int is_rtcp = work == FLOOR_PROTECT_RTCP || work == FLOOR_UNPROTECT_RTCP;
    int is_protecting = work == FLOOR_PROTECT_RTP || work == FLOOR_PROTECT_RTCP;
    size_t start = is_rtcp ? 8 : 12;
    switch (way) {
    case FLOOR_NULL:
    case FLOOR_COUNTER_MODE: {
        int is_encrypted = way == FLOOR_COUNTER_MODE;
        return is_protecting ? protect_with_hmac(f, packet, start, length, index, ssrc, is_encrypted, is_rtcp)
                             : unprotect_with_hmac(f, packet, start, length, index, ssrc, is_encrypted, is_rtcp);
    }
    case FLOOR_GCM_EVP:
    case FLOOR_GCM_PARTS:
        return is_protecting
                   ? gcm_floor_protect(&f->gcm, packet, start, length, index, ssrc, way == FLOOR_GCM_EVP, is_rtcp)
                   : gcm_floor_unprotect(&f->gcm, packet, start, length, index, ssrc, way == FLOOR_GCM_EVP, is_rtcp);
    }
    return 0;
}

INLINE size_t run_all(benchmark_floor *f, enum floor_way way, enum floor_work work, const floor_packets *packets) {
    size_t done = 0;
    while (done < packets->count && run_one(f, way, work, packets->octets + done * packets->stride, packets->length,
                                            packets->ssrcs[done], packets->indices[done])) {
        done++;
    }
    return done;
}

INLINE size_t run_way(benchmark_floor *f, enum floor_way way, enum floor_work work, const floor_packets *packets) {
    switch (work) {
    case FLOOR_PROTECT_RTP: return run_all(f, way, FLOOR_PROTECT_RTP, packets);
    case FLOOR_UNPROTECT_RTP: return run_all(f, way, FLOOR_UNPROTECT_RTP, packets);
    case FLOOR_PROTECT_RTCP: return run_all(f, way, FLOOR_PROTECT_RTCP, packets);
    case FLOOR_UNPROTECT_RTCP: return run_all(f, way, FLOOR_UNPROTECT_RTCP, packets);
    }
    return 0;
}

size_t floor_run(benchmark_floor *f, enum floor_work work, const floor_packets *packets) {
    switch (f->way) {
    case FLOOR_NULL: return run_way(f, FLOOR_NULL, work, packets);
    case FLOOR_COUNTER_MODE: return run_way(f, FLOOR_COUNTER_MODE, work, packets);
    case FLOOR_GCM_EVP: return run_way(f, FLOOR_GCM_EVP, work, packets);
    case FLOOR_GCM_PARTS: return run_way(f, FLOOR_GCM_PARTS, work, packets);
    }
    return 0;
}
