// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "allocation_counter.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic int is_counting, is_searching;
static _Atomic uint64_t allocations, blocks, hits;

enum { MOST_PATTERNS = 16, LONGEST = 64 };
static struct {
    uint8_t octets[LONGEST];
    size_t count;
} patterns[MOST_PATTERNS];
static size_t pattern_count;

void allocation_counter_start(void) {
    atomic_store(&allocations, 0);
    atomic_store(&is_counting, 1);
}

uint64_t allocation_counter_stop(void) {
    atomic_store(&is_counting, 0);
    return atomic_load(&allocations);
}

int freed_memory_add_pattern(const void *octets, size_t count) {
    if (pattern_count == MOST_PATTERNS || count == 0 || count > LONGEST) return 0;
    memcpy(patterns[pattern_count].octets, octets, count);
    patterns[pattern_count++].count = count;
    return 1;
}

void freed_memory_start(void) {
    atomic_store(&blocks, 0);
    atomic_store(&hits, 0);
    atomic_store(&is_searching, 1);
}

void freed_memory_stop(void) { atomic_store(&is_searching, 0); }
uint64_t freed_memory_blocks(void) { return atomic_load(&blocks); }
uint64_t freed_memory_hits(void) { return atomic_load(&hits); }

const uint8_t *published_master_key_and_salt(void) {
    static const uint8_t octets[30] = {
        0xE1, 0xF9, 0x7A, 0x0D, 0x3E, 0x01, 0x8B, 0xE0, 0xD6, 0x4F, 0xA3, 0x2C, 0x06, 0xDE, 0x41,
        0x39, 0x0E, 0xC6, 0x75, 0xAD, 0x49, 0x8A, 0xFE, 0xEB, 0xB6, 0x96, 0x0B, 0x3A, 0xAB, 0xE6,
    };
    return octets;
}

#if defined(__GLIBC__)

#include <errno.h>
#include <malloc.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

int allocation_counter_works(void) { return 1; }

static void count(void) {
    if (atomic_load_explicit(&is_counting, memory_order_relaxed)) {
        atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    }
}

static void search(const void *block) {
    size_t size = malloc_usable_size((void *)block);
    atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed);
    for (size_t i = 0; i < pattern_count; i++) {
        if (memmem(block, size, patterns[i].octets, patterns[i].count) != NULL) {
            atomic_fetch_add_explicit(&hits, 1, memory_order_relaxed);
            return;
        }
    }
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void free(void *block) {
    if (block != NULL && atomic_load_explicit(&is_searching, memory_order_relaxed)) search(block);
    __libc_free(block);
}

void *realloc(void *block, size_t size) {
    count();
    if (block == NULL || !atomic_load_explicit(&is_searching, memory_order_relaxed)) return __libc_realloc(block, size);
    // The C library would free the old block where nobody looks.
    void *moved = __libc_malloc(size);
    if (moved == NULL) return NULL;
    size_t old = malloc_usable_size(block);
    memcpy(moved, block, old < size ? old : size);
    free(block);
    return moved;
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
void *valloc(size_t size) { return memalign(4096, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    void *made = memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}

#else

int allocation_counter_works(void) { return 0; }

#endif
