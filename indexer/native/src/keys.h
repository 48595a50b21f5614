/* Byte strings to be sorted: terms of a field, values of a column. */
#ifndef KEYS_H
#define KEYS_H

#include "kernel.h"

/* A string with its number, which is the owner's. */
typedef struct {
    uint64_t prefix; /* for sorting */
    const char *text;
    uint32_t length, term;
} Key;

Key key_of(const char *text, size_t length, uint32_t term);
/* Sorts by bytes, a string before those that it begins; prefixes are used up, equal ones in any order. */
void sort_keys(Key *keys, size_t count);
int same_keys(const Key *left, const Key *right);

#endif
