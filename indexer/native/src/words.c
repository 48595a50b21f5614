/* Interned byte strings: an arena, an array of entries, and an open-addressed table of ids. */
#include "words.h"

#define FIRST_SLOTS 1024u
#define FIRST_BYTES 4096u

static void empty_slots(WordSlot *slots, uint32_t count) {
    memset(slots, 0xff, (size_t)count * sizeof *slots);
}

int words_start(Words *words, uint64_t seed) {
    memset(words, 0, sizeof *words);
    words->slots = PyMem_RawMalloc(FIRST_SLOTS * sizeof *words->slots);
    words->bytes = PyMem_RawMalloc(FIRST_BYTES);
    words->room = FIRST_BYTES;
    if (!words->slots || !words->bytes) {
        words_free(words);
        PyErr_NoMemory();
        return -1;
    }
    empty_slots(words->slots, FIRST_SLOTS);
    words->mask = FIRST_SLOTS - 1;
    words->seed = seed;
    return 0;
}

static void drop_strings(Words *words) {
    for (uint32_t id = 0; id < words->count; id++) Py_CLEAR(words->entries[id].string);
}

void words_free(Words *words) {
    drop_strings(words);
    PyMem_RawFree(words->bytes);
    PyMem_RawFree(words->entries);
    PyMem_RawFree(words->slots);
    memset(words, 0, sizeof *words);
}

void words_clear(Words *words) {
    drop_strings(words);
    words->count = 0;
    words->used = 0;
    empty_slots(words->slots, words->mask + 1);
}

static uint64_t hash_of(const Words *words, const char *bytes, size_t length) {
    uint64_t hash = words->seed ^ length * WORDS_MIX;
    size_t at = 0;
    do {
        uint64_t units[2] = {0, 0};
        memcpy(units, bytes + at, length - at < 16 ? length - at : 16);
        hash = (hash ^ units[0]) * WORDS_MIX;
        hash = (hash ^ hash >> 32 ^ units[1]) * WORDS_MIX;
        hash ^= hash >> 32;
        at += 16;
    } while (at < length);
    return hash;
}

static uint32_t find(const Words *words, const char *bytes, size_t length, uint64_t hash) {
    for (uint32_t at = (uint32_t)hash & words->mask;; at = (at + 1) & words->mask) {
        WordSlot slot = words->slots[at];
        if (slot.id == NO_WORD) return NO_WORD;
        if (slot.hash != (uint32_t)(hash >> 32)) continue;
        const WordEntry *entry = &words->entries[slot.id];
        if (entry->length == length && !memcmp(words->bytes + entry->offset, bytes, length))
            return slot.id;
    }
}

uint32_t words_find(const Words *words, const char *bytes, size_t length) {
    return find(words, bytes, length, hash_of(words, bytes, length));
}

static void place(WordSlot *slots, uint32_t mask, uint64_t hash, uint32_t id) {
    uint32_t at = (uint32_t)hash & mask;
    while (slots[at].id != NO_WORD) at = (at + 1) & mask;
    slots[at] = (WordSlot){(uint32_t)(hash >> 32), id};
}

static int grow_slots(Words *words) {
    if (words->mask >= UINT32_MAX / 2) return -1;
    uint32_t count = (words->mask + 1) * 2;
    WordSlot *slots = PyMem_RawMalloc((size_t)count * sizeof *slots);
    if (!slots) return -1;
    empty_slots(slots, count);
    for (uint32_t id = 0; id < words->count; id++)
        place(slots, count - 1, hash_of(words, words_bytes(words, id), words->entries[id].length), id);
    PyMem_RawFree(words->slots);
    words->slots = slots;
    words->mask = count - 1;
    return 0;
}

static int grow_entries(Words *words) {
    if (words->capacity >= UINT32_MAX / 4) return -1;
    uint32_t capacity = words->capacity ? words->capacity * 2 : 256;
    WordEntry *entries = PyMem_RawRealloc(words->entries, (size_t)capacity * sizeof *entries);
    if (!entries) return -1;
    words->entries = entries;
    words->capacity = capacity;
    return 0;
}

static int grow_bytes(Words *words, size_t needed) {
    size_t room = words->room;
    while (room < needed) {
        if (room > SIZE_MAX / 2) return -1;
        room *= 2;
    }
    char *bytes = PyMem_RawRealloc(words->bytes, room);
    if (!bytes) return -1;
    words->bytes = bytes;
    words->room = room;
    return 0;
}

uint32_t words_intern(Words *words, const char *bytes, size_t length) {
    uint64_t hash = hash_of(words, bytes, length);
    uint32_t id = find(words, bytes, length, hash);
    if (id != NO_WORD) return id;
    size_t padded = length ? (length + 15) & ~(size_t)15 : 16;
    if (length > UINT32_MAX / 2 ||
        (words->count >= (words->mask + 1) / 2 && grow_slots(words) < 0) ||
        (words->count == words->capacity && grow_entries(words) < 0) ||
        (words->used + padded > words->room && grow_bytes(words, words->used + padded) < 0)) {
        PyErr_NoMemory();
        return NO_WORD;
    }
    memset(words->bytes + words->used, 0, padded);
    memcpy(words->bytes + words->used, bytes, length);
    id = words->count++;
    words->entries[id] = (WordEntry){words->used, (uint32_t)length, 0, 0, NULL};
    words->used += padded;
    place(words->slots, words->mask, hash, id);
    return id;
}
