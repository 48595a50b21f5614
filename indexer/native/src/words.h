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

#endif
