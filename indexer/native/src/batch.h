/* A few documents that are scored together. */
#ifndef BATCH_H
#define BATCH_H

#include "sets.h"
#include "top.h"

/* The documents, with what tells the place of one among them. */
typedef struct Batch {
    Bound *bound;
    const uint32_t *docs;
    uint32_t n;
    uint64_t *bits;  /* of the segment */
    uint16_t *ranks; /* documents of the batch before each word that has any */
} Batch;

typedef struct Scores {
    double scores[BATCH];
    uint64_t found[BATCH_WORDS];
} Scores;

#define EACH(set, s)                                                 \
    for (uint32_t word_ = 0; word_ < BATCH_WORDS; word_++)           \
        for (uint64_t left_ = (set)[word_]; left_; left_ &= left_ - 1) \
            for (uint32_t s = 64 * word_ + (uint32_t)__builtin_ctzll(left_), once_ = 1; once_; once_ = 0)

static inline int has_place(const uint64_t *set, uint32_t s) { return (int)(set[s >> 6] >> (s & 63) & 1); }

/* batch.c: goes through a list and notes which documents hold it. What a part weighs is added to x,
   unless there are no weights. */
typedef struct {
    const uint8_t *norms;
    const double *weights;
    double *x;
} Adding;

int go_through(const Batch *batch, List *list, const Adding *adding);

/* batch_positions.c */
int find_positional(Bound *bound); /* the nodes of a request whose positions are looked at only now */
/* Looks at positions document by document: what stands in several lines is read once. A document is
   dropped when it cannot enter any more, where there are bounds. */
int weigh_positions(const Batch *batch, const Top *top, const Bounds *bounds, uint64_t *dropped);

#endif
