/* Collecting the best documents of a segment: what its ways have in common. */
#ifndef TOP_H
#define TOP_H

#include "search.h"

#include <float.h>

/* Rounding must never hide a document: bounds are raised by this share. */
#define SLACK 1.000000001

static inline int is_full(const Top *top) { return top->is_full; }

/* Whether a document of that bound can still enter, by its score. */
static inline int can_enter(const Top *top, double bound) {
    return !is_full(top) || !(bound * SLACK < top->worst.score);
}

/* The sum from which on a document can enter, the leaves that were not added giving `rest`. */
static inline double least_sum(const Top *top, double rest) {
    return is_full(top) ? top->worst.score / SLACK - rest : -DBL_MAX;
}

typedef struct {
    const Column *columns[4];
} KeyColumns;

static inline int64_t key_of(const Top *top, const KeyColumns *columns, int i, uint32_t doc) {
    const Key *key = &top->keys[i];
    int64_t value = columns->columns[i] ? column_value(columns->columns[i], doc) : key->zero;
    return value == key->zero && key->has_zero_as ? key->zero_as : value;
}

/* top.c: offers a document of the segment: 0, or -1 where there is no memory. */
int push_scored(Bound *bound, Top *top, const KeyColumns *columns, uint32_t doc, double score);
int push(Bound *bound, Top *top, const Hit *hit);
/* What documents of a window score at most, what stands together counted as its bound there. */
typedef struct {
    const double *most;
    uint32_t window;
} Bounds;
/* batch.c: scores up to BATCH documents that match, which ascend, and offers them: 0, or -1. */
int score_batch(Bound *bound, Top *top, const KeyColumns *columns, const uint32_t *docs, uint32_t n,
                const Bounds *bounds);

/* A walk over the documents of a set, in ascending order. */
typedef struct {
    const Set *set;
    uint32_t at, docs;
    uint64_t left;
} Walk;

static inline Walk walk_from(const Bound *bound, const Set *set, uint32_t first, uint32_t end) {
    Walk walk = {set, first, end < bound->docs ? end : bound->docs, 0};
    if (set->kind == SET_BITS && first < walk.docs) {
        walk.left = set->bits[first >> 6] & (UINT64_MAX << (first & 63));
        walk.at = first >> 6;
    } else if (set->kind == SET_LIST) {
        walk.at = first_not_before(set->docs, set->n, first);
    }
    return walk;
}

static inline int walk_next(Walk *walk, uint32_t *doc) {
    const Set *set = walk->set;
    if (set->kind == SET_BITS) {
        while (!walk->left) {
            if (64 * (uint64_t)(walk->at + 1) >= walk->docs) return 0;
            walk->left = set->bits[++walk->at];
        }
        *doc = 64 * walk->at + (uint32_t)__builtin_ctzll(walk->left);
        walk->left &= walk->left - 1;
        return *doc < walk->docs;
    }
    if (set->kind == SET_LIST) {
        if (walk->at >= set->n || set->docs[walk->at] >= walk->docs) return 0;
        *doc = set->docs[walk->at++];
        return 1;
    }
    if (set->kind == SET_NONE || walk->at >= walk->docs) return 0;
    *doc = walk->at++;
    return 1;
}

/* One list decides what matches and what it scores: whole blocks are left out by their impacts. */
int collect_list(Bound *bound, Top *top, const KeyColumns *columns);     /* top_list.c */
int collect_sorted(Bound *bound, Top *top, const KeyColumns *columns,
                   const Set *matches);                                  /* top_sorted.c */

/* ---- windows -------------------------------------------------------------------------------- */

/* What the windows of a segment are collected with. */
typedef struct {
    Bound *bound;
    Top *top;
    const KeyColumns *columns;
    const Set *matches;
    Leaves *all;
    struct Sums *sums; /* top_sums.c: what is added up in a window */
    int16_t *steps;    /* top_steps.c: the same, rounded up */
    double scale;      /* steps for a score of 1 */
} Collector;

/* top_windows.c */
int collect_windows(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches,
                    Leaves *all);
/* Looks leaves up, those that may add most first, while the document can still enter. Where they
   are all leaves, it is scored as the plan says. */
int look_up(const Collector *to, Node **leaves, int n, double rest, uint32_t w, uint32_t doc,
            double score);
uint64_t postings_in_window(const Bound *bound, const Node *node); /* about so many */
/* Documents of 64 of the window that match. */
uint64_t matches_of_word(const Bound *bound, const Set *matches, uint32_t first, uint32_t word);

/* Adds up in a window what leaves give, and looks at what can enter: 0, or -1. */
int collect_sums(Collector *to, uint32_t w);  /* exactly: for many hits, and any scores */
int collect_steps(Collector *to, uint32_t w); /* rounded up, then exactly for what can enter */
int open_sums(Collector *to);
/* top_together.c: fills node->together: documents of the window that hold all terms of a line. */
int find_together(const Collector *to, Node *node, uint32_t w);
int open_steps(Collector *to); /* 1 where scores can be rounded to steps, 0 where not, -1 */

/* The postings of a list that lie in a window, block by block. */
typedef struct {
    List *list;
    uint32_t first, end; /* documents */
    uint32_t block;      /* the one that comes next */
} Run;

static inline Run run_from(List *list, uint32_t first, uint32_t end) {
    Run run = {list, first, end, 0};
    if (list->is_short) return run;
    const int is_after = list->block != NO_BLOCK && block_first(list, list->block) <= first;
    run.block = list_block(list, first, is_after ? list->block : 0);
    return run;
}

/* Reads a block: 1 with the postings from number *at to before *stop, 0 at the end, or -1. */
static inline int run_next(Run *run, uint32_t *at, uint32_t *stop) {
    List *list = run->list;
    if (run->block >= list->blocks) return 0;
    if (!list->is_short) {
        if (block_first(list, run->block) >= run->end) return 0;
        if (list_load(list, run->block) < 0 || list_load_tfs(list, run->block) < 0) return -1;
    }
    run->block++;
    *at = list->docs[0] >= run->first ? 0 : first_not_before(list->docs, list->n, run->first);
    *stop = list->last < run->end ? list->n
                                  : *at + first_not_before(list->docs + *at, list->n - *at, run->end);
    return 1;
}

#endif
