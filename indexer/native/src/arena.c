/* Memory of a search: it lives as long as the search, and is kept for the next one. */
#include "segment.h"

#include <stdatomic.h>
#include <stdlib.h>

#define CHUNK (256u << 10)
#define MOST_SPARE (16u << 20) /* bytes kept for the next search */

/* Memory of the last search, so that the next one does not ask the system for pages. */
static _Atomic(Chunk *) pool = NULL;

void arena_open(Arena *arena) { arena->spare = atomic_exchange(&pool, NULL); }

static Chunk *new_chunk(Arena *arena, size_t size) {
    for (Chunk **at = &arena->spare; *at; at = &(*at)->next) {
        Chunk *chunk = *at;
        if (chunk->size < size) continue;
        *at = chunk->next;
        return chunk;
    }
    size_t room = size > CHUNK ? size : CHUNK;
    Chunk *chunk = malloc(sizeof(Chunk) + room + 16);
    if (chunk) chunk->size = room;
    return chunk;
}

void *arena_alloc(Arena *arena, size_t size) {
    size = (size + 15) & ~(size_t)15;
    Chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        chunk = new_chunk(arena, size);
        if (!chunk) {
            arena->failed = 1;
            return NULL;
        }
        chunk->used = 0;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    uint8_t *start = (uint8_t *)(((uintptr_t)(chunk + 1) + 15) & ~(uintptr_t)15);
    void *result = start + chunk->used;
    chunk->used += size;
    return result;
}

void *arena_zero(Arena *arena, size_t size) {
    void *result = arena_alloc(arena, size);
    if (result) memset(result, 0, size);
    return result;
}

static void free_chunks(Chunk *chunks) {
    while (chunks) {
        Chunk *next = chunks->next;
        free(chunks);
        chunks = next;
    }
}

void arena_free(Arena *arena) {
    Chunk *kept = NULL;
    size_t bytes = 0;
    for (int spare = 0; spare < 2; spare++) {
        Chunk *chunk = spare ? arena->spare : arena->chunks, *next;
        for (; chunk; chunk = next) {
            next = chunk->next;
            if (bytes + chunk->size > MOST_SPARE) {
                free(chunk);
                continue;
            }
            bytes += chunk->size;
            chunk->next = kept;
            kept = chunk;
        }
    }
    arena->chunks = arena->spare = NULL;
    if (kept) free_chunks(atomic_exchange(&pool, kept)); /* what took nothing leaves what is spare */
}

void arena_damage(Arena *arena, const Segment *where, const char *what) {
    if (!arena->damaged) {
        arena->damaged = what;
        arena->where = where;
    }
}
