/* Documents that may be nearly the same: groups of those that share a band of their signatures or a key. */
#ifndef KIN_H
#define KIN_H

#include "kernel.h"

#define BINS 128

/* A growing array. */
typedef struct {
    uint32_t *items;
    size_t count, room;
} Numbers;

void free_numbers(Numbers *numbers);

typedef struct {
    const uint8_t *signatures;
    const uint64_t *keys;
    uint32_t n, key_groups; /* groups from key_groups on are those of a key */
    Numbers members, ends;  /* the documents of each group; where in them each group ends */
    const uint8_t *least; /* by the number of bins that either fills: equal ones wanted */
} Families;

/* Finds the groups of at least two documents, band by band and then key by key; bands by two threads, where
 * `helped` and the system has another: 0, or -1 without memory. */
int find_groups(Families *self, int helped);

#endif
