/* Byte strings to be sorted: terms of a field, values of a column. */
#ifndef KEYS_H
#define KEYS_H

#include "kernel.h"

/* A string with its number, which is the owner's. */
typedef struct {
    uint64_t prefix; /* the first 8 bytes, big-endian */
    const char *text;
    uint32_t length, term;
} Key;

Key key_of(const char *text, size_t length, uint32_t term);
int compare_keys(const void *left, const void *right);
/* Sorts by bytes, a string before those that it begins; keeps nothing of the order of equal ones. */
void sort_keys(Key *keys, size_t count);

#endif
