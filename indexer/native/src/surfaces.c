/* The table of surfaces: an open-addressed table whose slots hold their keys. */
#include "surfaces.h"

#include <stdlib.h>

#include "pages.h"

#define FIRST_SLOTS 1024u

static ShortSlot *empty_slots(uint32_t count) {
    return pages_zeroed((size_t)count * sizeof(ShortSlot));
}

int surfaces_start(Surfaces *surfaces, uint64_t seed) {
    memset(surfaces, 0, sizeof *surfaces);
    surfaces->seed = seed;
    if (words_start(&surfaces->others, seed) < 0) return -1;
    surfaces->slots = empty_slots(FIRST_SLOTS);
    if (!surfaces->slots) {
        words_free(&surfaces->others);
        PyErr_NoMemory();
        return -1;
    }
    surfaces->mask = FIRST_SLOTS - 1;
    return 0;
}

void surfaces_free(Surfaces *surfaces) {
    free(surfaces->slots);
    words_free(&surfaces->others);
    memset(surfaces, 0, sizeof *surfaces);
}

void surfaces_clear(Surfaces *surfaces) {
    memset(surfaces->slots, 0, ((size_t)surfaces->mask + 1) * sizeof(ShortSlot));
    surfaces->count = 0;
    words_clear(&surfaces->others);
}

/* Puts a slot in its place: that of its key, or the first empty one. */
static void put(ShortSlot *slots, uint32_t mask, uint64_t seed, const ShortSlot *slot) {
    uint32_t at = (uint32_t)short_hash(slot->key, seed) & mask;
    while (slots[at].key[0] && (slots[at].key[0] != slot->key[0] || slots[at].key[1] != slot->key[1]))
        at = (at + 1) & mask;
    slots[at] = *slot;
}

static int grow(Surfaces *surfaces) {
    if (surfaces->mask >= UINT32_MAX / 2) return -1;
    uint32_t count = (surfaces->mask + 1) * 2;
    ShortSlot *slots = empty_slots(count);
    if (!slots) return -1;
    for (uint32_t at = 0; at <= surfaces->mask; at++)
        if (surfaces->slots[at].key[0]) put(slots, count - 1, surfaces->seed, surfaces->slots + at);
    free(surfaces->slots);
    surfaces->slots = slots;
    surfaces->mask = count - 1;
    return 0;
}

static int keep_long(Words *others, const Surface *surface, uint32_t note, uint32_t more) {
    size_t length = (size_t)(surface->end - surface->start);
    uint32_t id = words_intern(others, (const char *)surface->key.bytes, length);
    if (id == NO_WORD) return -1;
    others->entries[id].note = note;
    others->entries[id].more = more;
    return 0;
}

int surfaces_keep(Surfaces *surfaces, const Surface *surface, uint32_t note, uint32_t more, uint32_t only) {
    if (!is_short(surface)) return keep_long(&surfaces->others, surface, note, more);
    const uint64_t *key = surface->key.units;
    int is_new = !surfaces_short(surfaces, key, short_hash(key, surfaces->seed));
    if (is_new && surfaces->count >= (surfaces->mask + 1) / 2 && grow(surfaces) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    ShortSlot slot = {{key[0], key[1]}, note, more, only, 0};
    put(surfaces->slots, surfaces->mask, surfaces->seed, &slot);
    surfaces->count += (uint32_t)is_new;
    return 0;
}
