/* What the surfaces that were met stand for: a table that answers most questions from one line of
 * the processor's cache. Surfaces of up to 16 characters stand in it with their keys; longer ones are
 * interned as words are. */
#ifndef SURFACES_H
#define SURFACES_H

#include "scan.h"
#include "words.h"

#define SHORT_KEY 16

/* A surface is one word (`more` is 0, `note` the word) or `more` parts from number `note` on. */
typedef struct {
    uint64_t key[2]; /* both 0: an empty slot */
    uint32_t note, more;
    uint32_t only, unused; /* see surfaces_keep(); two slots a line of 64 bytes */
} ShortSlot;

typedef struct {
    ShortSlot *slots;
    uint32_t mask, count; /* number of slots - 1, a power of two; surfaces in them */
    uint64_t seed;
    Words others;
} Surfaces;

/* An empty table: 0, or -1 with MemoryError. */
int surfaces_start(Surfaces *surfaces, uint64_t seed);
void surfaces_free(Surfaces *surfaces);
/* Forgets all surfaces. */
void surfaces_clear(Surfaces *surfaces);
/* Keeps what a surface that has a key stands for, and what `only` is of it for an inversion (see
 * cut_texts.h): one word, or NO_WORD for several. 0, or -1 with MemoryError. */
int surfaces_keep(Surfaces *surfaces, const Surface *surface, uint32_t note, uint32_t more, uint32_t only);

static inline uint32_t surfaces_count(const Surfaces *surfaces) {
    return surfaces->count + surfaces->others.count;
}

static inline uint64_t short_hash(const uint64_t *key, uint64_t seed) {
    uint64_t hash = (key[0] ^ seed) * WORDS_MIX;
    hash = (hash ^ hash >> 32 ^ key[1]) * WORDS_MIX;
    return hash ^ hash >> 32;
}

static inline int is_short(const Surface *surface) {
    return surface->narrow && surface->end - surface->start <= SHORT_KEY;
}

static inline void surfaces_prefetch(const Surfaces *surfaces, uint64_t hash) {
    __builtin_prefetch(surfaces->slots + ((uint32_t)hash & surfaces->mask));
}

/* Where a short surface stands, NULL where it is new. */
static inline const ShortSlot *surfaces_short(const Surfaces *surfaces, const uint64_t *key, uint64_t hash) {
    for (uint32_t at = (uint32_t)hash & surfaces->mask;; at = (at + 1) & surfaces->mask) {
        const ShortSlot *slot = surfaces->slots + at;
        if (slot->key[0] == key[0] && slot->key[1] == key[1]) return slot;
        if (!slot->key[0]) return NULL;
    }
}

#endif
