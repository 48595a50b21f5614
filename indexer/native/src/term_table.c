/* Terms by their hash. To find a term among the sorted ones takes a dozen reads all over memory, by its
   hash two or three; but to make the table takes as long as finding a thousand terms. */
#include "pattern.h"

#include <stdatomic.h>
#include <stdlib.h>

#define WORTH_MAKING 1000 /* terms asked for */
#define WORTH_FOLDING 300

static uint64_t hash_of(const uint8_t *bytes, size_t length) {
    uint64_t hash = length * 0x9E3779B97F4A7C15u;
    for (; length; bytes += 8) {
        const size_t used = length < 8 ? length : 8;
        uint64_t unit = 0;
        memcpy(&unit, bytes, used);
        hash = (hash ^ unit) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
        length -= used;
    }
    return hash;
}

/* The bits of a hash that stand in a slot. */
static inline uint32_t tag_of(const TermTable *table, uint64_t hash) {
    return table->place_bits < 32 ? (uint32_t)(hash >> 32) >> table->place_bits << table->place_bits : 0;
}

/* Characters are hashed as bytes: those of ASCII as they are, others behind one that is none. */
static uint64_t hash_of_chars(const uint32_t *chars, int n) {
    uint8_t bytes[5 * MAX_PATTERN];
    size_t used = 0;
    for (int i = 0; i < n; i++) {
        if (chars[i] < 0x80) {
            bytes[used++] = (uint8_t)chars[i];
            continue;
        }
        bytes[used++] = UINT8_MAX;
        memcpy(bytes + used, &chars[i], 4);
        used += 4;
    }
    return hash_of(bytes, used);
}

static int is_ascii(const uint8_t *bytes, size_t length) {
    uint8_t all = 0;
    for (size_t i = 0; i < length; i++) all |= bytes[i];
    return all < 0x80;
}

static uint64_t hash_of_folded(const uint8_t *term, size_t length, const uint8_t *folds) {
    uint32_t chars[MAX_PATTERN];
    if (is_ascii(term, length)) return hash_of(term, length);
    const int n = decode_chars(term, length, chars, MAX_PATTERN);
    for (int i = 0; i < n; i++) chars[i] = folded(chars[i], folds);
    return hash_of_chars(chars, n < 0 ? 0 : n); /* no pattern means so long a term */
}

/* Fills a table that is all zeros with the terms, folded where there are folds. */
static int fill(TermTable *table, const Field *field, uint32_t size, const uint8_t *folds) {
    table->mask = size - 1;
    table->place_bits = (uint32_t)bits_of(field->terms);
    for (uint32_t place = 0; place < field->terms; place++) {
        const uint8_t *term;
        size_t length;
        if (term_at(field, place, &term, &length) < 0) return -1;
        const uint64_t hash = folds ? hash_of_folded(term, length, folds) : hash_of(term, length);
        uint32_t at = (uint32_t)hash & table->mask;
        while (table->slots[at]) at = (at + 1) & table->mask;
        table->slots[at] = tag_of(table, hash) | (place + 1);
    }
    return 0;
}

/* Slots for the terms, half of them free; 0 where there are too many. */
static uint32_t size_for(const Field *field) {
    uint32_t size = 16;
    if (!field->terms || field->terms > 1u << 30) return 0;
    while (size < 2 * field->terms) size *= 2;
    return size;
}

/* NULL where there is no memory, there are too many terms, or the file is damaged. */
static TermTable *make_table(const Field *field, const uint8_t *folds) {
    const uint32_t size = size_for(field);
    TermTable *table = size ? calloc(1, sizeof(TermTable) + 4 * (size_t)size) : NULL;
    if (!table || fill(table, field, size, folds) == 0) return table;
    free(table);
    return NULL;
}

static void free_folded(FoldedTable *folded) {
    if (folded) free(folded->terms);
    free(folded);
}

static FoldedTable *make_folded(const Field *field, const uint8_t *folds) {
    int folds_ascii = 0;
    for (int c = 0; c < 0x80; c++) folds_ascii |= folds[2 * c];
    FoldedTable *made = folds_ascii ? NULL : malloc(sizeof(FoldedTable));
    if (!made) return NULL;
    memcpy(made->folds, folds, sizeof made->folds);
    made->terms = make_table(field, folds);
    if (made->terms) return made;
    free_folded(made);
    return NULL;
}

static const TermTable *table_of(const Field *field) {
    /* What is remembered of a field changes nothing that it is. */
    Field *known = (Field *)field;
    TermTable *table = atomic_load_explicit(&known->table, memory_order_acquire), *none = NULL;
    if (table || atomic_fetch_add_explicit(&known->asked, 1, memory_order_relaxed) != WORTH_MAKING)
        return table;
    table = make_table(field, NULL);
    if (!table || atomic_compare_exchange_strong(&known->table, &none, table)) return table;
    free(table); /* another thread was first */
    return none;
}

int find_in_table(const Field *field, const uint8_t *term, size_t length, int64_t *place) {
    const TermTable *table = table_of(field);
    if (!table) return 0;
    const uint64_t hash = hash_of(term, length);
    const uint32_t tag = tag_of(table, hash);
    const uint64_t places = (1ull << table->place_bits) - 1;
    for (uint32_t at = (uint32_t)hash & table->mask; table->slots[at]; at = (at + 1) & table->mask) {
        const uint32_t slot = table->slots[at], found = (uint32_t)(slot & places) - 1;
        const uint8_t *other;
        size_t other_len;
        if ((slot & ~places) != tag || term_at(field, found, &other, &other_len) < 0) continue;
        if (other_len == length && !memcmp(other, term, length)) {
            *place = found;
            return 1;
        }
    }
    *place = NO_TERM;
    return 1;
}

static const FoldedTable *folded_of(const Field *field, const uint8_t *folds) {
    Field *known = (Field *)field;
    FoldedTable *made = atomic_load_explicit(&known->folded, memory_order_acquire), *none = NULL;
    if (made) return memcmp(made->folds, folds, sizeof made->folds) ? NULL : made;
    /* Several fields are asked for the same words: they are not all folded in one search. */
    const uint32_t worth = WORTH_FOLDING + field->terms % 8 * 64;
    if (atomic_fetch_add_explicit(&known->asked_folded, 1, memory_order_relaxed) != worth) return NULL;
    made = make_folded(field, folds);
    if (!made || atomic_compare_exchange_strong(&known->folded, &none, made)) return made;
    free_folded(made); /* another thread was first, whatever its folds */
    return NULL;
}

int find_folded(const Field *field, const uint32_t *pattern, int n, const uint8_t *folds,
                uint32_t *places, int room) {
    const FoldedTable *known = folded_of(field, folds);
    if (!known) return -1;
    const TermTable *table = known->terms;
    const uint64_t hash = hash_of_chars(pattern, n), slot_places = (1ull << table->place_bits) - 1;
    const uint32_t tag = tag_of(table, hash);
    int found = 0;
    for (uint32_t at = (uint32_t)hash & table->mask; table->slots[at]; at = (at + 1) & table->mask) {
        const uint32_t slot = table->slots[at], place = (uint32_t)(slot & slot_places) - 1;
        if ((slot & ~slot_places) != tag) continue;
        if (found == room) return -1;
        int i = found++;
        for (; i > 0 && places[i - 1] > place; i--) places[i] = places[i - 1];
        places[i] = place;
    }
    return found;
}

void free_table(Field *field) {
    free(atomic_load(&field->table));
    free_folded(atomic_load(&field->folded));
}
