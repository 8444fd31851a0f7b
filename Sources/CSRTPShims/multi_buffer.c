// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "multi_buffer.h"

#if CSRTP_HAS_MULTI_BUFFER

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

// A manager is 200,000 octets, of which a few pages are ever touched. Both of a thread lie in one allocation behind the
// thread's own structure, so that one call wipes them all.

enum { ALIGNMENT = 64 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_thread_end;
static const char *reason;  // why there is no engine; NULL where there is one
static _Thread_local csrtp_multi_buffer *here;
static _Thread_local int has_failed;

static size_t aligned_count(size_t count) { return (count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }
static size_t manager_count(void) { return aligned_count(imb_get_mb_mgr_size()); }
static size_t state_count(void) { return aligned_count(sizeof(csrtp_multi_buffer)) + 2 * manager_count(); }

static void end_thread(void *state) {
    here = NULL;
    OPENSSL_cleanse(state, state_count());
    free(state);
}

/// The version that this was compiled for, or a later one with the same layout.
static int has_version(void) {
    unsigned version = imb_get_version();
    return version >= IMB_VERSION_NUM && version >> 16 == IMB_VERSION_NUM >> 16;
}

static int has(uint64_t features) { return (imb_get_feature_flags() & features) == features; }

static void look(void) {
    if (!has_version()) {
        reason = "the library is not of the version that this was built for";
    } else if (!has(IMB_CPUFLAGS_AVX2) && !has(IMB_CPUFLAGS_SSE_T2)) {
        reason = "the processor has neither AVX2 nor SHA instructions";
    } else if (!has(IMB_FEATURE_SAFE_DATA)) {
        reason = "the library was built without SAFE_DATA and would leave keys in memory";
    } else if (pthread_key_create(&at_thread_end, end_thread) != 0) {
        reason = "no thread-specific storage is left";
    }
}

/// A manager in the memory at `place`; NULL where the library's own test failed.
static IMB_MGR *start(uint8_t *place, void (*initialize)(IMB_MGR *)) {
    IMB_MGR *manager = imb_set_pointers_mb_mgr(place, 0, 1);
    if (manager == NULL) return NULL;
    initialize(manager);
    return imb_get_errno(manager) == 0 ? manager : NULL;
}

static void initialize_widest(IMB_MGR *manager) { init_mb_mgr_auto(manager, NULL); }

static csrtp_multi_buffer *make(void) {
    void *made;
    if (posix_memalign(&made, ALIGNMENT, state_count()) != 0) return NULL;
    csrtp_multi_buffer *state = made;
    memset(state, 0, sizeof *state);
    csrtp_multi_buffer_lay_out(&state->hmac);
    uint8_t *place = (uint8_t *)state + aligned_count(sizeof *state);
    state->wide = start(place, initialize_widest);
    if (has(IMB_CPUFLAGS_SSE_T2)) state->narrow = start(place + manager_count(), init_mb_mgr_sse);
    // Two lanes of SHA instructions are faster than eight of AVX2.
    state->has_many_lanes = state->narrow == NULL || has(IMB_CPUFLAGS_AVX512);
    if (state->wide == NULL || pthread_setspecific(at_thread_end, state) != 0) {
        end_thread(state);
        return NULL;
    }
    return state;
}

const char *csrtp_multi_buffer_missing(void) {
    pthread_once(&once, look);
    return reason;
}

csrtp_multi_buffer *csrtp_multi_buffer_here(void) {
    if (here != NULL) return here;
    if (has_failed || csrtp_multi_buffer_missing() != NULL) return NULL;
    here = make();
    has_failed = here == NULL;
    return here;
}

const char *csrtp_multi_buffer_version(void) { return imb_get_version_str(); }

#else

const char *csrtp_multi_buffer_missing(void) { return "the package was built without the trait MultiBuffer"; }
const char *csrtp_multi_buffer_version(void) { return NULL; }

#endif
