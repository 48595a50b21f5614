/* The terms of a field, which are sorted: where one stands. */
#include "segment.h"

#include <stdatomic.h>
#include <stdlib.h>

static int compare_terms(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len) {
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

#define PAIRS 65536
#define WORTH_PAIRS 2048 /* terms */

/* Where each pair of first bytes begins among the keys, which ascend. */
static uint32_t *make_pairs(const uint64_t *keys, uint32_t terms) {
    uint32_t *pairs = malloc(4 * (size_t)(PAIRS + 1)), pair = 0;
    for (uint32_t place = 0; pairs && place < terms; place++) {
        while (pair <= keys[place] >> 48) pairs[pair++] = place;
    }
    while (pairs && pair <= PAIRS) pairs[pair++] = terms;
    return pairs;
}

static Keys *make_keys(const Field *field) {
    Keys *made = malloc(sizeof(Keys) + 8 * (size_t)field->terms);
    for (uint32_t place = 0; made && place < field->terms; place++) {
        const uint8_t *term;
        size_t length;
        if (term_at(field, place, &term, &length) < 0) {
            free(made);
            return NULL;
        }
        made->keys[place] = key_of_bytes(term, length, field->blob + field->blob_len);
    }
    if (made) made->pairs = field->terms < WORTH_PAIRS ? NULL : make_pairs(made->keys, field->terms);
    return made;
}

const Keys *field_keys(const Field *field) {
    Keys *known = atomic_load_explicit(&field->keys, memory_order_acquire);
    if (known) return known;
    Keys *made = make_keys(field);
    /* What is remembered of a field changes nothing that it is. */
    if (made && !atomic_compare_exchange_strong(&((Field *)field)->keys, &known, made)) {
        free(made->pairs); /* another thread was first */
        free(made);
        return known;
    }
    return made;
}

void free_keys(Field *field) {
    Keys *keys = atomic_load(&field->keys);
    if (keys) free(keys->pairs);
    free(keys);
}

#define FEW 16

uint32_t first_key(const Keys *keys, uint32_t low, uint32_t high, uint64_t key) {
    if (keys->pairs && high - low > FEW) {
        const uint32_t from = keys->pairs[key >> 48], to = keys->pairs[(key >> 48) + 1];
        if (from > low) low = from < high ? from : high;
        if (to < high) high = to > low ? to : low;
    }
    const uint64_t *base = keys->keys + low;
    uint32_t n = high - low;
    while (n > 1) {
        uint32_t half = n / 2;
        base += base[half - 1] < key ? half : 0;
        n -= half;
    }
    return (uint32_t)(base - keys->keys) + (n == 1 && *base < key);
}

/* The first of the places from low to before high whose key is above that of the one at low: most
   keys are of one term. */
static uint32_t last_key(const Keys *keys, uint32_t low, uint32_t high, uint64_t key) {
    uint32_t end = low;
    for (uint32_t step = 1; end < high && keys->keys[end] == key; step *= 2)
        end = high - end > step ? end + step : high;
    return key < UINT64_MAX ? first_key(keys, low, end, key + 1) : high;
}

int64_t lower_bound(const Field *field, const uint8_t *term, size_t length) {
    const Keys *keys = field_keys(field);
    uint32_t low = 0, high = field->terms;
    if (keys) {
        uint64_t key = key_of_bytes(term, length, term + length);
        low = first_key(keys, 0, high, key);
        high = last_key(keys, low, high, key);
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *other;
        size_t other_len;
        if (term_at(field, middle, &other, &other_len) < 0) return -2;
        if (compare_terms(other, other_len, term, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t find_term(const Field *field, const uint8_t *term, size_t length) {
    int64_t place;
    if (find_in_table(field, term, length, &place)) return place;
    place = lower_bound(field, term, length);
    if (place < 0 || place == field->terms) return place < 0 ? place : NO_TERM;
    const uint8_t *other;
    size_t other_len;
    if (term_at(field, (uint32_t)place, &other, &other_len) < 0) return -2;
    return other_len == length && !memcmp(other, term, length) ? place : NO_TERM;
}

int term_frequencies(const Segment *segment, const Field *field, uint32_t place, uint32_t *df,
                     uint32_t *cf) {
    const uint8_t *info = field->infos + 16 * (size_t)place;
    *df = load_u32(info + 8);
    *cf = load_u32(info + 12);
    return *df >= 1 && *df <= segment->docs ? 0 : -1;
}
