/* Byte strings in order: their first 8 bytes as a number are sorted byte by byte, and only those that
 * share them are compared. */
#include "keys.h"

#include <stdlib.h>

/* Fewer are sorted sooner by comparing. */
#define WORTH_COUNTING 128
/* Bytes that are told apart by counting: those of long strings that share more are compared. */
#define DEEPEST 32

/* The first 8 bytes as a number, zeros for those that are missing: of two strings that differ in them, the
   lower comes first. */
static uint64_t prefix_of(const char *text, size_t length) {
    uint64_t prefix = 0;
    if (length) memcpy(&prefix, text, length < 8 ? length : 8); /* an empty string may be nowhere */
    return __builtin_bswap64(prefix);
}

Key key_of(const char *text, size_t length, uint32_t term) {
    return (Key){prefix_of(text, length), text, (uint32_t)length, term};
}

/* Of keys whose prefixes begin at the same place, and which share all before it. */
static int compare_keys(const void *left, const void *right) {
    const Key *a = left, *b = right;
    if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
    uint32_t common = a->length < b->length ? a->length : b->length;
    int order = common ? memcmp(a->text, b->text, common) : 0;
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Sorts by one byte of the prefix, keeping the order of those that share it. */
static void sort_by_byte(const Key *from, Key *to, size_t count, const uint32_t *counts, int shift) {
    uint32_t begins[256], at = 0;
    for (int byte = 0; byte < 256; byte++) {
        begins[byte] = at;
        at += counts[byte];
    }
    for (size_t i = 0; i < count; i++) to[begins[from[i].prefix >> shift & 255]++] = from[i];
}

/* Sorts by prefix from the last byte to the first; returns which of the two then holds the keys. */
static Key *sort_by_prefix(Key *keys, Key *spare, size_t count) {
    uint32_t counts[8][256] = {{0}};
    for (size_t i = 0; i < count; i++)
        for (int byte = 0; byte < 8; byte++) counts[byte][keys[i].prefix >> 8 * byte & 255]++;
    for (int byte = 0; byte < 8; byte++) {
        if (counts[byte][keys[0].prefix >> 8 * byte & 255] == count) continue;
        sort_by_byte(keys, spare, count, counts[byte], 8 * byte);
        Key *sorted = spare;
        spare = keys;
        keys = sorted;
    }
    return keys;
}

/* Sorts keys whose prefixes are their bytes from `offset` on; those that share them, by the next bytes. */
static void sort_from(Key *keys, Key *spare, size_t count, size_t offset) {
    if (sort_by_prefix(keys, spare, count) == spare) memcpy(keys, spare, count * sizeof *keys);
    offset += 8;
    for (size_t at = 0, end; at < count; at = end) {
        for (end = at + 1; end < count && keys[end].prefix == keys[at].prefix; end++) {}
        if (end - at == 1) continue;
        if (end - at < WORTH_COUNTING || offset > DEEPEST) {
            qsort(keys + at, end - at, sizeof *keys, compare_keys);
            continue;
        }
        for (size_t i = at; i < end; i++)
            keys[i].prefix = keys[i].length > offset ? prefix_of(keys[i].text + offset, keys[i].length - offset) : 0;
        sort_from(keys + at, spare, end - at, offset);
    }
}

void sort_keys(Key *keys, size_t count) {
    Key *spare = count < WORTH_COUNTING || count > UINT32_MAX ? NULL : malloc(count * sizeof *spare);
    if (spare) sort_from(keys, spare, count, 0);
    else qsort(keys, count, sizeof *keys, compare_keys);
    free(spare);
}

int same_keys(const Key *left, const Key *right) {
    if (left->length != right->length) return 0;
    return !left->length || memcmp(left->text, right->text, left->length) == 0;
}
