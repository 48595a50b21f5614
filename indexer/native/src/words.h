/* Interned byte strings: each distinct one has the small id of its first arrival. */
#ifndef WORDS_H
#define WORDS_H

#include "kernel.h"
#include "text.h"

/* What a string carries besides its bytes; note, more and string are the owner's to use. */
typedef struct {
    uint64_t offset;
    uint32_t length, note, more;
    PyObject *string;
} WordEntry;

typedef struct {
    uint32_t hash, id;
} WordSlot;

typedef struct {
    char *bytes; /* the strings one after the other, each padded with zeros to 16 bytes */
    size_t used, room;
    WordEntry *entries;
    uint32_t count, capacity;
    WordSlot *slots;
    uint32_t mask; /* number of slots - 1, a power of two */
    uint64_t seed;
} Words;

/* An empty table: 0, or -1 with MemoryError. The seed keeps hostile texts from colliding. */
int words_start(Words *words, uint64_t seed);
void words_free(Words *words);
/* Forgets every string and its id. */
void words_clear(Words *words);

/* The id of a string, or NO_WORD. */
uint32_t words_find(const Words *words, const char *bytes, size_t length);
/* The id of a string, added with note 0 where it is new; NO_WORD with an exception. */
uint32_t words_intern(Words *words, const char *bytes, size_t length);

static inline const char *words_bytes(const Words *words, uint32_t id) {
    return words->bytes + words->entries[id].offset;
}

#define WORDS_MIX 0x9E3779B97F4A7C15u

/* Of a string that is padded with zeros to 16 bytes. */
static inline uint64_t words_hash(const uint64_t *units, size_t length, uint64_t seed) {
    uint64_t hash = seed ^ length * WORDS_MIX;
    size_t unit = 0;
    do {
        hash = (hash ^ units[unit]) * WORDS_MIX;
        hash = (hash ^ hash >> 32 ^ units[unit + 1]) * WORDS_MIX;
        hash ^= hash >> 32;
        unit += 2;
    } while (unit * 8 < length);
    return hash;
}

/* words_find for a string that is padded so: the inner step of cutting texts. */
static inline uint32_t words_find_padded(const Words *words, const uint64_t *units, size_t length,
                                         uint64_t hash) {
    for (uint32_t at = (uint32_t)hash & words->mask;; at = (at + 1) & words->mask) {
        WordSlot slot = words->slots[at];
        if (slot.id == NO_WORD) return NO_WORD;
        if (slot.hash != (uint32_t)(hash >> 32)) continue;
        const WordEntry *entry = &words->entries[slot.id];
        if (entry->length != length) continue;
        const uint8_t *stored = (const uint8_t *)words->bytes + entry->offset;
        uint64_t differ = 0;
        size_t unit = 0;
        do {
            differ |= load_u64(stored + unit * 8) ^ units[unit];
            differ |= load_u64(stored + unit * 8 + 8) ^ units[unit + 1];
            unit += 2;
        } while (unit * 8 < length);
        if (!differ) return slot.id;
    }
}

#endif
