// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The C side of CryptoPrimitives: thin functions over libcrypto. They exist for what Swift cannot say (macros, saved digest
// states, vectorised exclusive-or, work on two algorithms in turns), not for policy: what is encrypted, under which IV and
// with how long a tag is decided in Swift.
//
// Functions that can fail return 1 for success and 0 for failure. Contexts are opaque: made by `_new`, NULL on failure,
// ended by `_free`, which wipes them. A context belongs to one thread at a time.

#ifndef CSRTP_SHIMS_H
#define CSRTP_SHIMS_H

#include <stddef.h>
#include <stdint.h>

// Memory and random octets.

/// Overwrites `count` octets in a way that no optimiser drops.
void csrtp_cleanse(void *bytes, size_t count);
/// 1 where the two runs of `count` octets are equal. The time taken depends on `count` alone.
int csrtp_constant_time_equal(const void *left, const void *right, size_t count);
/// Fills `count` octets from libcrypto's generator for secrets.
int csrtp_random(void *bytes, size_t count);
/// The version text of the libcrypto in use.
const char *csrtp_libcrypto_version(void);

// Large memory.

/// `count` octets of address space at the start of a page: zeros that take memory as they are touched. NULL where there is none.
void *csrtp_reserve(size_t count);
/// Gives back what was reserved, with the same `count`.
void csrtp_release(void *start, size_t count);
/// Has the cache line at `address` fetched, whatever lies there.
static inline void csrtp_prefetch(const void *address) { __builtin_prefetch(address, 1); }

// Block ciphers in counter mode.

enum csrtp_block_cipher { CSRTP_AES, CSRTP_ARIA };

typedef struct csrtp_counter_mode csrtp_counter_mode;

/// A key of 16, 24 or 32 octets. Without `has_long_runs` there is no second key schedule for them; they are only slower.
csrtp_counter_mode *csrtp_counter_mode_new(enum csrtp_block_cipher cipher, const void *key, size_t key_count,
                                           int has_long_runs);
void csrtp_counter_mode_free(csrtp_counter_mode *context);
/// From how many octets on the keystream comes from libcrypto's CTR mode instead of from its block calls. The octets are
/// the same either way; the time is not.
void csrtp_counter_mode_set_crossover(csrtp_counter_mode *context, size_t count);
/// Exclusive-ors `count` octets of keystream into `output`. The first counter block is the big-endian 128-bit number
/// `iv_high || iv_low`. `input` and `output` are the same pointer or do not overlap; `count` is below 2^31.
int csrtp_counter_mode_apply(csrtp_counter_mode *context, uint64_t iv_high, uint64_t iv_low, const void *input,
                             void *output, size_t count);

// HMAC of a message that comes in pieces.

typedef struct evp_mac_ctx_st csrtp_hmac;

enum csrtp_digest { CSRTP_SHA1, CSRTP_SHA256 };

/// A key of any length.
csrtp_hmac *csrtp_hmac_new(enum csrtp_digest digest, const void *key, size_t key_count);
void csrtp_hmac_free(csrtp_hmac *context);
/// Takes `count` octets of the message.
int csrtp_hmac_update(csrtp_hmac *context, const void *octets, size_t count);
/// Writes the MAC, whose length `mac_count` must be, and starts over with the next message.
int csrtp_hmac_finish(csrtp_hmac *context, void *mac, size_t mac_count);

// HMAC-SHA1 that starts from saved states of the padded key.

typedef struct csrtp_hmac_sha1 csrtp_hmac_sha1;

#define CSRTP_HMAC_SHA1_COUNT 20

/// A key of any length. With `through_evp`, or where the digest's own calls are not to be had, each MAC goes through
/// libcrypto's EVP_MAC, which allocates.
csrtp_hmac_sha1 *csrtp_hmac_sha1_new(const void *key, size_t key_count, int through_evp);
void csrtp_hmac_sha1_free(csrtp_hmac_sha1 *context);
/// 1 where this context goes through EVP_MAC.
int csrtp_hmac_sha1_is_through_evp(const csrtp_hmac_sha1 *context);
/// The MAC of `count` octets of `message`, followed by `trailer_count` (at most 8) octets of `trailer`.
int csrtp_hmac_sha1_compute(csrtp_hmac_sha1 *context, const void *message, size_t count, const void *trailer,
                            size_t trailer_count, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]);

// Encryption and MAC of a packet in one call, in which the two overlap in time.

typedef struct csrtp_packet_cipher csrtp_packet_cipher;

/// What encrypts. Counter mode and f8 go with HMAC-SHA1, GCM makes its own tags.
enum csrtp_mode { CSRTP_NULL_CIPHER, CSRTP_COUNTER_MODE, CSRTP_F8, CSRTP_GCM };

/// A key of 16, 24 or 32 octets, except for the NULL cipher; a salt of 12 octets for GCM, of up to 14 for counter mode, of
/// up to the key's length for f8; an HMAC-SHA1 key of any length, NULL where no MACs are wanted. `cipher` is AES for f8.
csrtp_packet_cipher *csrtp_packet_cipher_new(enum csrtp_mode mode, enum csrtp_block_cipher cipher, const void *key,
                                             size_t key_count, const void *salt, size_t salt_count,
                                             const void *mac_key, size_t mac_key_count, int through_evp);
void csrtp_packet_cipher_free(csrtp_packet_cipher *context);
/// 1 where this context's MACs go through EVP_MAC, or all of GCM through EVP.
int csrtp_packet_cipher_is_through_evp(const csrtp_packet_cipher *context);

// A packet is described by offsets from its start, `cipher_start <= cipher_end <= authenticated_end`: the octets that are
// encrypted, at most 2^20, and the end of those that the MAC covers. The first counter block, before the salt, is the
// big-endian 128-bit number `iv_high || iv_low`; for f8 that is the whole IV. Where `has_trailer`, the MAC also covers
// `trailer`, as four big-endian octets behind the packet's. `input` and `output` are the same pointer or do not overlap.
//
// For GCM the IV is octets 2 to 13 of that counter block; the octets before `cipher_start` and then the trailer are the
// associated data; `authenticated_end` is `cipher_end`, and a tag is 16 octets; less than 2^31 octets are encrypted.
//
// The numbers come one by one and not in a structure: they travel in registers, and a structure that was just written would
// be read back with a delay. For the same reason the lower half of the counter block comes first: the caller has it behind
// the upper one, and would copy the two as one.

/// Exclusive-ors keystream into the octets that are encrypted, from `input` to `output`; no MAC.
int csrtp_packet_cipher_apply(csrtp_packet_cipher *context, const void *input, void *output, size_t cipher_start,
                              size_t cipher_end, uint64_t iv_low, uint64_t iv_high);
/// Encrypts from `input` to `output`, then makes the MAC over `output`, which holds everything but the encrypted octets
/// already, and writes its first `tag_count` (at most 20) octets to `tag`.
int csrtp_packet_cipher_seal(csrtp_packet_cipher *context, const void *input, void *output, size_t cipher_start,
                             size_t cipher_end, size_t authenticated_end, uint64_t iv_low, uint64_t iv_high,
                             uint32_t trailer, int has_trailer, void *tag, size_t tag_count);

/// The tag was not the packet's.
#define CSRTP_TAG_DIFFERS (-1)

/// Compares the MAC over `input` with the `tag_count` (at most 20) octets of `tag`, in constant time, and only where they
/// agree decrypts from `input` to `output`. CSRTP_TAG_DIFFERS otherwise; `output` is then untouched.
int csrtp_packet_cipher_open(csrtp_packet_cipher *context, const void *input, void *output, size_t cipher_start,
                             size_t cipher_end, size_t authenticated_end, uint64_t iv_low, uint64_t iv_high,
                             uint32_t trailer, int has_trailer, const void *tag, size_t tag_count);

/// Compares the tag as opening does, and writes nothing.
int csrtp_packet_cipher_verify(csrtp_packet_cipher *context, const void *input, size_t cipher_start, size_t cipher_end,
                               size_t authenticated_end, uint64_t iv_low, uint64_t iv_high, uint32_t trailer,
                               int has_trailer, const void *tag, size_t tag_count);
/// The whole HMAC-SHA1 over the first `authenticated_end` octets and the trailer.
int csrtp_packet_cipher_mac(csrtp_packet_cipher *context, const void *input, size_t authenticated_end,
                            uint32_t trailer, int has_trailer, uint8_t mac[CSRTP_HMAC_SHA1_COUNT]);
/// GCM alone: encrypts `count` octets of `text` in place and writes the 16 octets of their tag. The associated data is
/// `first` with `second` behind it.
int csrtp_packet_cipher_seal_aead(csrtp_packet_cipher *context, uint64_t iv_low, uint64_t iv_high, const void *first,
                                  size_t first_count, const void *second, size_t second_count, void *text,
                                  size_t count, void *tag);
/// The other way round. CSRTP_TAG_DIFFERS, with `text` untouched, where the tag is not theirs.
int csrtp_packet_cipher_open_aead(csrtp_packet_cipher *context, uint64_t iv_low, uint64_t iv_high, const void *first,
                                  size_t first_count, const void *second, size_t second_count, void *text,
                                  size_t count, const void *tag);

// Digests.

#define CSRTP_SHA256_COUNT 32

/// The SHA-256 digest of `count` octets.
int csrtp_sha256(const void *octets, size_t count, uint8_t digest[CSRTP_SHA256_COUNT]);
/// The HMAC-SHA256 of `count` octets under a key of any length.
int csrtp_hmac_sha256(const void *key, size_t key_count, const void *message, size_t count,
                      uint8_t mac[CSRTP_SHA256_COUNT]);

// AES key wrap (RFC 3394).

#define CSRTP_KEY_WRAP_IV_COUNT 8

/// Wraps `count` octets of `key`, 16 or more and a multiple of 8, under one of 16, 24 or 32; `wrapped` has room for 8 more.
/// The initial value is `iv`.
int csrtp_aes_key_wrap(const void *kek, size_t kek_count, const uint8_t iv[CSRTP_KEY_WRAP_IV_COUNT], const void *key,
                       size_t count, void *wrapped);
/// Unwraps `count` octets of `wrapped`; `key` has room for 8 less. CSRTP_TAG_DIFFERS where they are not a key that was
/// wrapped with this key and initial value.
int csrtp_aes_key_unwrap(const void *kek, size_t kek_count, const uint8_t iv[CSRTP_KEY_WRAP_IV_COUNT],
                         const void *wrapped, size_t count, void *key);

#endif
