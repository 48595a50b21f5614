/* Terms that are few changes away from a word. */
#include "pattern.h"

/* A walk over the terms as over a tree of characters. `row[j]` is the distance of the characters
   walked so far from the first j of the pattern; where none is below the limit, only characters
   that the pattern has there can follow. With `folds`, an accented letter of a term counts as the
   letter that it stands for; the pattern is without accents. */
typedef struct {
    const uint8_t *folds;
    const Field *field;
    const Keys *keys; /* of the field's terms, or NULL */
    const Node *node;
    const uint32_t *pattern;
    int n, limit;
    const uint8_t *starts[MAX_PATTERN + 1]; /* of the pattern's characters in its text */
    FoundTerm found;
    void *self;
    int damaged;
} Misspelt;

#define FEW_TERMS 6 /* so many are looked at one by one */

static int check_term(Misspelt *walk, uint32_t place) {
    const uint8_t *term;
    size_t length;
    if (term_at(walk->field, place, &term, &length) < 0) {
        walk->damaged = 1;
        return -1;
    }
    return term_fits(walk->node, walk->pattern, walk->n, term, length, walk->folds) ? walk->found(walk->self, place)
                                                                                  : 0;
}

/* Orders a term's bytes at a depth against those of a character: below, at or above it. */
static int compare_at(Misspelt *walk, uint32_t place, size_t depth, const uint8_t *bytes, size_t k) {
    const uint8_t *term;
    size_t length;
    if (term_at(walk->field, place, &term, &length) < 0) {
        walk->damaged = 1;
        return 1;
    }
    size_t room = length > depth ? length - depth : 0;
    int order = memcmp(term + (room ? depth : 0), bytes, room < k ? room : k);
    return order ? order : room < k ? -1 : 0;
}

/* The same without keys. */
static uint32_t seek_bytes(Misspelt *walk, uint32_t low, uint32_t high, size_t depth,
                           const uint8_t *bytes, size_t k, int beyond) {
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_at(walk, middle, depth, bytes, k) < beyond)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first place from low on whose bytes at the depth are at least (or, with `beyond`, above) the
   given. The terms from low to high all begin with the same bytes up to the depth. */
static uint32_t seek_char(Misspelt *walk, uint32_t low, uint32_t high, size_t depth,
                          const uint8_t *bytes, size_t k, int beyond) {
    const Keys *keys = walk->keys;
    /* A zero is not told from the end of a term in a key. */
    if (low == high || !keys || depth >= KEY_BYTES || memchr(bytes, 0, k))
        return seek_bytes(walk, low, high, depth, bytes, k, beyond);
    const size_t used = k < KEY_BYTES - depth ? k : KEY_BYTES - depth;
    const uint64_t same = depth ? UINT64_MAX << 8 * (KEY_BYTES - depth) : 0;
    const uint64_t key =
        (keys->keys[low] & same) | key_of_bytes(bytes, used, bytes + used) >> 8 * depth;
    const uint64_t next = key + (1ull << 8 * (KEY_BYTES - depth - used)); /* 0 where there is none */
    if (used == k && !beyond) return first_key(keys, low, high, key);
    if (used == k) return next ? first_key(keys, low, high, next) : high;
    uint32_t first = first_key(keys, low, high, key);
    uint32_t end = next ? first_key(keys, first, high, next) : high;
    return seek_bytes(walk, first, end, depth, bytes, k, beyond);
}

static int walk_range(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row);

/* Goes on with the terms that have one character at the depth. */
static int walk_char(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row,
                     const uint8_t *bytes, size_t k) {
    uint8_t next[MAX_PATTERN + 1], least = UINT8_MAX;
    const uint8_t *at = bytes;
    uint32_t character = folded(next_char(&at, bytes + k), walk->folds);
    for (int j = 0; j <= walk->n; j++) {
        int value = row[j] + 1;
        if (j && next[j - 1] + 1 < value) value = next[j - 1] + 1;
        if (j && row[j - 1] + (walk->pattern[j - 1] != character) < value)
            value = row[j - 1] + (walk->pattern[j - 1] != character);
        next[j] = (uint8_t)(value > walk->limit ? walk->limit + 1 : value);
        if (next[j] < least) least = next[j];
    }
    return least > walk->limit ? 0 : walk_range(walk, low, high, depth + k, next);
}

/* Where no more can differ, a term goes on as the pattern does from some place to its end. */
static int walk_rest(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    for (int j = 0; j <= walk->n; j++) {
        if (row[j] != walk->limit) continue;
        const uint8_t *rest = walk->starts[j], *term;
        size_t length, k = (size_t)(walk->starts[walk->n] - rest);
        uint32_t place = seek_char(walk, low, high, depth, rest, k, 0);
        if (place == high) continue;
        if (term_at(walk->field, place, &term, &length) < 0) return walk->damaged = 1, -1;
        if (length == depth + k && !memcmp(term + depth, rest, k) && check_term(walk, place) < 0)
            return -1;
    }
    return walk->damaged ? -1 : 0;
}

/* Goes on with every character that the terms have at the depth. */
static int walk_all(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    while (low < high) {
        const uint8_t *term;
        size_t length;
        if (term_at(walk->field, low, &term, &length) < 0) return walk->damaged = 1, -1;
        if (length <= depth) {
            if (check_term(walk, low++) < 0) return -1;
            continue;
        }
        const uint8_t *bytes = term + depth, *at = bytes;
        next_char(&at, term + length);
        size_t k = (size_t)(at - bytes);
        uint32_t end = seek_char(walk, low, high, depth, bytes, k, 1);
        if (end == low) end++; /* in a damaged file */
        if (walk_char(walk, low, end, depth, row, bytes, k) < 0) return -1;
        low = end;
    }
    return walk->damaged ? -1 : 0;
}

/* The same where terms are folded: the pattern's next letters, or any that is not ASCII. */
static int walk_folded(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    uint8_t seen[0x80] = {0}, zero = 0, beyond = 0x80;
    uint32_t start = seek_char(walk, low, high, depth, &zero, 1, 0);
    for (; low < start; low++) { /* terms that end here */
        if (check_term(walk, low) < 0) return -1;
    }
    for (int j = 0; j < walk->n; j++) {
        uint32_t letter = walk->pattern[j];
        if (row[j] != walk->limit || letter >= 0x80 || seen[letter]) continue;
        uint8_t byte = (uint8_t)letter;
        seen[letter] = 1;
        uint32_t from = seek_char(walk, start, high, depth, &byte, 1, 0);
        uint32_t end = seek_char(walk, from, high, depth, &byte, 1, 1);
        if (from < end && walk_char(walk, from, end, depth, row, &byte, 1) < 0) return -1;
    }
    return walk_all(walk, seek_char(walk, start, high, depth, &beyond, 1, 0), high, depth, row);
}

static int walk_range(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    int least = walk->limit + 1;
    for (int j = 0; j <= walk->n; j++) least = row[j] < least ? row[j] : least;
    if (high - low <= FEW_TERMS) {
        for (; low < high; low++) {
            if (check_term(walk, low) < 0) return -1;
        }
        return 0;
    }
    if (least < walk->limit) return walk_all(walk, low, high, depth, row);
    return (walk->folds ? walk_folded : walk_rest)(walk, low, high, depth, row);
}

#define MOST_ALIKE 32 /* terms of one folded form */

/* Terms that are the pattern once folded: 1 where they were found by their hash, 0 where not, or -1. */
static int find_alike(Misspelt *walk) {
    uint32_t places[MOST_ALIKE];
    const int count = find_folded(walk->field, walk->pattern, walk->n, walk->folds, places, MOST_ALIKE);
    for (int i = 0; i < count; i++) {
        if (check_term(walk, places[i]) < 0) return -1;
    }
    return count >= 0;
}

int expand_misspelt(const Field *field, const Node *node, const uint32_t *pattern, int n,
                    const uint8_t *folds, FoundTerm found, void *self) {
    size_t prefix = literal_prefix(node);
    Misspelt walk = {.folds = folds, .field = field, .keys = field_keys(field), .node = node, .pattern = pattern, .n = n,
                     .limit = node->distance, .found = found, .self = self};
    uint8_t row[MAX_PATTERN + 1];
    const uint8_t *at = node->text, *end = at + node->text_len;
    int skipped = 0;
    const int state = folds && !node->distance && !prefix ? find_alike(&walk) : 0;
    if (state) return state < 0 ? -1 : 0;
    for (int j = 0; j < n; j++) {
        walk.starts[j] = at;
        skipped += (size_t)(at - node->text) < prefix;
        next_char(&at, end);
    }
    walk.starts[n] = end;
    for (int j = 0; j <= n; j++) {
        int value = j < skipped ? walk.limit + 1 : j - skipped;
        row[j] = (uint8_t)(value > walk.limit ? walk.limit + 1 : value);
    }
    int64_t first = lower_bound(field, node->text, prefix);
    if (first < 0) return -1;
    uint32_t low = (uint32_t)first;
    uint32_t high = prefix ? seek_char(&walk, low, field->terms, 0, node->text, prefix, 1) : field->terms;
    return walk_range(&walk, low, high, prefix, row);
}
