/* Sets of documents of a segment, and what is made of them. All of it fails with -1 or NULL and
   the arena marked. */
#ifndef SETS_H
#define SETS_H

#include "search.h"

/* Fewer postings than documents / this are kept as a list. */
#define LIST_SHARE 48
/* More documents than this of several lists are not sorted: bits order them. */
#define MOST_SORTED 192

static inline Set no_set(void) { return (Set){SET_NONE, 0, NULL, NULL}; }
static inline void set_bit(uint64_t *bits, uint32_t doc) { bits[doc >> 6] |= 1ull << (doc & 63); }
static inline int has_bit(const uint64_t *bits, uint32_t doc) {
    return (int)(bits[doc >> 6] >> (doc & 63) & 1);
}

/* sets.c */
uint64_t *new_bits(Bound *bound); /* zeros */
uint32_t unique_docs(uint32_t *docs, uint32_t n); /* sorts, each once: how many are left */
int set_keep(Bound *bound, Set *set, const Set *other);
int set_remove(Bound *bound, Set *set, const Set *other);
int set_add(Bound *bound, Set *set, const Set *other);

/* unions.c: what lists hold, any of them or all. */
uint32_t copy_docs(List *list, uint32_t *out); /* how many; fewer where damaged */
int add_to_bits(Bound *bound, uint64_t *bits, List *list);
int union_lists(Bound *bound, List **lists, int n, Set *set);
int intersect_lists(Bound *bound, List **lists, int n, Set *set); /* orders them by rarity */

/* ranges.c: what of a set lies in the range of a node. */
int set_keep_range(Bound *bound, Set *set, const Node *node);

int match_positional(Bound *bound, Node *node); /* match_positional.c */
int match_some(Bound *bound, Node *node);       /* match_some.c */
int match_expansion(Bound *bound, Node *node);  /* match_expansion.c */

#endif
