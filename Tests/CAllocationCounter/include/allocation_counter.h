// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Stands in for the C library's allocator in the process that links this: counts what is allocated by Swift, the C shim and
// libcrypto alike, and looks into what is freed.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stddef.h>
#include <stdint.h>

/// 1 where the allocator is stood in for: on Linux with glibc.
int allocation_counter_works(void);

/// Starts counting at 0.
void allocation_counter_start(void);
/// Stops counting; the allocations since the start: malloc, calloc, realloc and the aligned ones.
uint64_t allocation_counter_stop(void);

/// From here on, each freed block is searched for `octets`; at most 16 patterns of at most 64 octets.
int freed_memory_add_pattern(const void *octets, size_t count);
/// Starts searching, with all counts at 0.
void freed_memory_start(void);
/// Stops searching.
void freed_memory_stop(void);
/// The freed blocks that were searched.
uint64_t freed_memory_blocks(void);
/// Those that held a pattern.
uint64_t freed_memory_hits(void);

/// The master key and master salt of RFC 3711 B.3, 30 octets that are never freed.
const uint8_t *published_master_key_and_salt(void);

#endif
