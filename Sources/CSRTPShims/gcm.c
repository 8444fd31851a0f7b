// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "gcm.h"
#include "counter_mode.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/modes.h>

enum {
    TAG = 16,
    /// The keystream that is made in one call, with the block that masks the tag.
    AHEAD_BLOCKS = 128,
    /// The octets that EVP decrypts at once where only the tag is wanted.
    SCRATCH = 1024,
};

struct csrtp_gcm {
    csrtp_counter_mode *counter_mode;
    GCM128_CONTEXT *hash;  // NULL where everything goes through EVP
    EVP_CIPHER_CTX *evp;   // NULL elsewhere
    csrtp_unaligned_block answer;  // what the hash is told whenever it asks for an encrypted block
};

/// The hash never encrypts by itself: whoever calls it knows which block it will ask for.
static void answer(const unsigned char block[CSRTP_BLOCK], unsigned char encrypted[CSRTP_BLOCK], const void *context) {
    (void)block;
    memcpy(encrypted, &((const csrtp_gcm *)context)->answer, CSRTP_BLOCK);
}

/// Keystream that leaves everything as it is.
static void leave(const unsigned char *input, unsigned char *output, size_t blocks, const void *context,
                  const unsigned char iv[CSRTP_BLOCK]) {
    (void)input, (void)output, (void)blocks, (void)context, (void)iv;
}

csrtp_gcm *csrtp_gcm_new(enum csrtp_block_cipher cipher, const void *key, size_t key_count, int through_evp) {
    csrtp_gcm *context = OPENSSL_zalloc(sizeof *context);
    if (context == NULL) return NULL;
    context->counter_mode = csrtp_counter_mode_new(cipher, key, key_count, 1);
    // In FIPS mode the whole of GCM must come from the FIPS provider, which only EVP reaches.
    if (context->counter_mode != NULL && (through_evp || EVP_default_properties_is_fips_enabled(NULL))) {
        context->evp = csrtp_keyed(csrtp_algorithms_for(cipher, key_count).gcm, key);
    } else if (context->counter_mode != NULL) {
        // The hash asks for its key, the encrypted zero block.
        uint8_t *zeros = (uint8_t *)&context->answer;
        if (EVP_Cipher(context->counter_mode->ecb, zeros, zeros, CSRTP_BLOCK) > 0) {
            context->hash = CRYPTO_gcm128_new(context, answer);
        }
        context->answer = (csrtp_block){0};
    }
    if (context->hash != NULL || context->evp != NULL) return context;
    csrtp_gcm_free(context);
    return NULL;
}

void csrtp_gcm_free(csrtp_gcm *context) {
    if (context == NULL) return;
    csrtp_counter_mode_free(context->counter_mode);
    if (context->hash != NULL) CRYPTO_gcm128_release(context->hash);  // wipes it
    EVP_CIPHER_CTX_free(context->evp);
    OPENSSL_clear_free(context, sizeof *context);
}

int csrtp_gcm_is_through_evp(const csrtp_gcm *context) { return context->evp != NULL; }

/// Octets 2 to 13 of `counter`, and the number `block` behind them. Block 1 masks the tag, text starts at block 2.
CSRTP_INLINE csrtp_halves numbered(csrtp_block counter, uint32_t block) {
    csrtp_halves halves = (csrtp_halves)counter;
    uint64_t high = csrtp_big_endian_64(halves[0]), low = csrtp_big_endian_64(halves[1]);
    return (csrtp_halves){high << 16 | low >> 48, (low >> 16 << 32) + block};
}

/// Exclusive-ors keystream from block `block` on.
static int apply_from(csrtp_gcm *context, csrtp_block counter, uint32_t block, const uint8_t *input, uint8_t *output,
                      size_t count) {
    csrtp_halves first = numbered(counter, block);
    return csrtp_counter_mode_apply(context->counter_mode, first[0], first[1], input, output, count);
}

int csrtp_gcm_apply(csrtp_gcm *context, csrtp_block counter, const uint8_t *input, uint8_t *output, size_t count) {
    return apply_from(context, counter, 2, input, output, count);
}

// By hash and keystream.

/// Starts a tag that is masked by `mask`, and hashes what is associated.
CSRTP_INLINE int begin(csrtp_gcm *context, csrtp_block mask, csrtp_associated associated) {
    // The IV matters for nothing but the block that is answered.
    static const uint8_t iv[12];
    context->answer = mask;
    CRYPTO_gcm128_setiv(context->hash, iv, sizeof iv);
    context->answer = (csrtp_block){0};
    return (associated.first_count == 0 ||
            CRYPTO_gcm128_aad(context->hash, associated.first, associated.first_count) == 0) &&
           (associated.second_count == 0 ||
            CRYPTO_gcm128_aad(context->hash, associated.second, associated.second_count) == 0);
}

/// Hashes the encrypted octets. What decrypts them is keystream of zeros, so that whole blocks are not written; the rest
/// would be, with the octets that it has, and is copied.
CSRTP_INLINE int absorb(csrtp_gcm *context, const uint8_t *octets, size_t count) {
    uint8_t rest[CSRTP_BLOCK];
    size_t whole = count - count % CSRTP_BLOCK;
    if (whole > 0 && CRYPTO_gcm128_decrypt_ctr32(context->hash, octets, (uint8_t *)octets, whole, leave) != 0) return 0;
    if (whole == count) return 1;
    memcpy(rest, octets + whole, count - whole);
    return CRYPTO_gcm128_decrypt_ctr32(context->hash, rest, rest, count - whole, leave) == 0;
}

static int seal_by_parts(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                         uint8_t *output, size_t count, uint8_t *tag) {
    csrtp_block keystream[1 + AHEAD_BLOCKS];
    size_t ahead = count < AHEAD_BLOCKS * CSRTP_BLOCK ? count : AHEAD_BLOCKS * CSRTP_BLOCK;
    size_t blocks = 1 + csrtp_blocks(ahead);
    csrtp_halves first = numbered(counter, 1);
    int done = csrtp_keystream(context->counter_mode->ecb, keystream, csrtp_counter_block(first[0], first[1]), blocks) &&
               begin(context, keystream[0], associated);
    if (done) csrtp_exclusive_or(output, input, keystream + 1, ahead);
    if (done && ahead < count) {
        done = apply_from(context, counter, 2 + AHEAD_BLOCKS, input + ahead, output + ahead, count - ahead);
    }
    done = done && absorb(context, output, count);
    if (done) CRYPTO_gcm128_tag(context->hash, tag, TAG);
    csrtp_wipe(keystream, blocks * CSRTP_BLOCK);
    return done;
}

/// Compares the tag; where `output` is not NULL, decrypts after that.
CSRTP_INLINE int open_by_parts(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated,
                               const uint8_t *input, uint8_t *output, size_t count, const uint8_t *tag) {
    csrtp_block keystream[1 + AHEAD_BLOCKS];
    size_t ahead = output == NULL ? 0 : count < AHEAD_BLOCKS * CSRTP_BLOCK ? count : AHEAD_BLOCKS * CSRTP_BLOCK;
    size_t blocks = 1 + csrtp_blocks(ahead);
    csrtp_halves first = numbered(counter, 1);
    int done = csrtp_keystream(context->counter_mode->ecb, keystream, csrtp_counter_block(first[0], first[1]), blocks) &&
               begin(context, keystream[0], associated) && absorb(context, input, count);
    int result = !done ? 0 : CRYPTO_gcm128_finish(context->hash, tag, TAG) == 0 ? 1 : CSRTP_TAG_DIFFERS;
    if (result == 1 && output != NULL) {
        csrtp_exclusive_or(output, input, keystream + 1, ahead);
        if (ahead < count) {
            result = apply_from(context, counter, 2 + AHEAD_BLOCKS, input + ahead, output + ahead, count - ahead);
        }
    }
    csrtp_wipe(keystream, blocks * CSRTP_BLOCK);
    return result;
}

// Through EVP.

static int associate(EVP_CIPHER_CTX *evp, csrtp_associated associated) {
    int written;
    return (associated.first_count == 0 ||
            EVP_CipherUpdate(evp, NULL, &written, associated.first, (int)associated.first_count) == 1) &&
           (associated.second_count == 0 ||
            EVP_CipherUpdate(evp, NULL, &written, associated.second, (int)associated.second_count) == 1);
}

static int start_evp(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, int is_sealing) {
    return EVP_CipherInit_ex(context->evp, NULL, NULL, NULL, (const uint8_t *)&counter + 2, is_sealing) == 1 &&
           associate(context->evp, associated);
}

static int seal_through_evp(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                            uint8_t *output, size_t count, uint8_t *tag) {
    int written;
    return start_evp(context, counter, associated, 1) &&
           (count == 0 || EVP_EncryptUpdate(context->evp, output, &written, input, (int)count) == 1) &&
           EVP_EncryptFinal_ex(context->evp, tag, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context->evp, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1;
}

/// Decrypts into a scratch that is wiped, since EVP has no other way to the tag.
static int verify_through_evp(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated,
                              const uint8_t *input, size_t count, const uint8_t *tag) {
    uint8_t scratch[SCRATCH], expected[TAG];
    int written, done = start_evp(context, counter, associated, 0);
    for (size_t at = 0; at < count && done; at += sizeof scratch) {
        size_t part = count - at < sizeof scratch ? count - at : sizeof scratch;
        done = EVP_DecryptUpdate(context->evp, scratch, &written, input + at, (int)part) == 1;
    }
    memcpy(expected, tag, sizeof expected);  // the call takes no constant
    done = done && EVP_CIPHER_CTX_ctrl(context->evp, EVP_CTRL_AEAD_SET_TAG, TAG, expected) == 1;
    int result = !done ? 0 : EVP_DecryptFinal_ex(context->evp, scratch, &written) == 1 ? 1 : CSRTP_TAG_DIFFERS;
    csrtp_wipe(scratch, sizeof scratch);
    return result;
}

int csrtp_gcm_seal(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                   uint8_t *output, size_t count, uint8_t *tag) {
    if (count > INT_MAX || associated.first_count > INT_MAX || associated.second_count > INT_MAX) return 0;
    return context->hash != NULL ? seal_by_parts(context, counter, associated, input, output, count, tag)
                                 : seal_through_evp(context, counter, associated, input, output, count, tag);
}

int csrtp_gcm_verify(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                     size_t count, const uint8_t *tag) {
    if (count > INT_MAX || associated.first_count > INT_MAX || associated.second_count > INT_MAX) return 0;
    return context->hash != NULL ? open_by_parts(context, counter, associated, input, NULL, count, tag)
                                 : verify_through_evp(context, counter, associated, input, count, tag);
}

int csrtp_gcm_open(csrtp_gcm *context, csrtp_block counter, csrtp_associated associated, const uint8_t *input,
                   uint8_t *output, size_t count, const uint8_t *tag) {
    if (context->hash == NULL) {
        int result = csrtp_gcm_verify(context, counter, associated, input, count, tag);
        return result == 1 ? csrtp_gcm_apply(context, counter, input, output, count) : result;
    }
    if (count > INT_MAX || associated.first_count > INT_MAX || associated.second_count > INT_MAX) return 0;
    return open_by_parts(context, counter, associated, input, output, count, tag);
}
