/* A plan bound to a segment, and what is computed from it. See indexer/fastwhoosh/plan.py. */
#ifndef SEARCH_H
#define SEARCH_H

#include "segment.h"

enum { WORD = 1, POSITIONAL, TERMS, EXPANSION, RANGE, EVERY, ALL, ANY, CONSTANT };
enum { ORDERED, CHAIN, WINDOW, NEAR };
enum { PREFIX, WILDCARD, FUZZY, BETWEEN };

/* A set of documents of a segment, in the form that suits its size. */
typedef struct {
    enum { SET_NONE, SET_LIST, SET_BITS, SET_ALL } kind;
    uint32_t n;       /* of a list */
    uint32_t *docs;   /* ascending */
    uint64_t *bits;
} Set;

typedef struct {
    List *list;
    const double *weights; /* by norm byte: what one occurrence weighs */
    const float *shares;   /* by tf and norm byte, see Weights */
} Part;

typedef struct {
    int n;
    Part *parts;
    double factor, k1;
} Group;

typedef struct {
    int n;
    List **lists;      /* in the order of the terms */
    int *by_rarity;    /* places in lists, rarest first */
    uint32_t *offsets;
    const double *weights;
    uint64_t all[BATCH_WORDS]; /* documents of a batch that hold all terms, see batch.c */
} Line;

typedef struct Node {
    int op;
    double score;                 /* of TERMS, EXPANSION, RANGE, EVERY, CONSTANT; added by WORD */
    int n_groups, n_lines;
    Group *groups;
    Line *lines;
    double factor, k1;            /* POSITIONAL */
    int mode;
    uint32_t width;
    const Field *field;           /* TERMS, EXPANSION */
    int n_lists;
    List **lists;                 /* TERMS */
    int kind, distance, prefix;   /* EXPANSION */
    const uint8_t *text, *last;
    size_t text_len, last_len;
    const Column *column;         /* RANGE */
    int64_t low, high;
    int n_children, n_without, n_maybe, at_least;
    struct Node **children, **without, **maybe;
    uint16_t *weights;            /* ANY: what each child counts for, NULL for 1 */
    /* once matched */
    int matched;
    Set set;
    double *scores;               /* POSITIONAL: of each document of the list */
    uint32_t at;                  /* where the last look-up in set.docs ended */
    double bound;                 /* no document scores more */
    double *bounds;               /* by window */
    int is_essential;             /* in the window that is looked at */
    uint32_t round;               /* the request that it is a leaf of, see prepare_leaves */
    struct Scores *batch;         /* POSITIONAL: of documents that are scored together */
    uint64_t *together;           /* POSITIONAL: which of its documents may score, or NULL */
} Node;

typedef struct {
    const uint32_t *positions;
    int64_t n, at;
    uint32_t last;
    int seen;
} Cursor;

typedef struct {
    uint32_t *values, room;
} Buffer;

/* A term that was looked up; its list is NULL where the segment has no such term. */
typedef struct {
    const Field *field;
    PyObject *term; /* bytes of a plan; NULL in a free place */
    uint64_t hash;
    List *list;
} KnownTerm;

/* A plan that was bound: as a whole, or only as far as it says which documents match. */
typedef struct {
    PyObject *plan; /* NULL in a free place */
    Node *node;
    int is_whole;
} KnownNode;

/* One segment of one search. */
typedef struct {
    Arena *arena; /* of the whole search */
    Arena scratch;
    Segment *segment;
    uint32_t docs, base, words;   /* words of a bit set */
    int counts_only;              /* no hit is wanted: what only adds to scores is not bound */
    const uint8_t *codes;         /* NULL, or for each document the code under which hits collapse */
    uint32_t n_codes;
    Node *root;
    Weights *weights;             /* those that the segment does not keep */
    KnownTerm *terms;             /* looked up, so that leaves share cursors */
    KnownNode *nodes;             /* bound, each plan once */
    uint32_t n_terms, terms_mask, n_nodes, nodes_mask;
    uint64_t *batch_bits;         /* documents that are scored together, see batch.c */
    uint16_t *batch_ranks;
    uint32_t batches;
    Node **positional;            /* of the plan, those that are looked up */
    int n_positional;
    uint32_t positional_round;
    uint32_t round;               /* which request of a search this is */
    int is_held;                  /* for another request to come */
    int longest, room_longest;    /* terms of the longest line */
    Buffer kept[2];               /* positions that are still possible */
    Cursor *cursors;              /* where each term's positions are read, for windows */
    List **distinct;              /* lists of a line, none twice */
} Bound;

#define MAX_LINE 2048 /* terms of a line */

/* bind.c: 0, or -1 with a Python exception set or the arena marked. */
int bind_plan(Bound *bound, PyObject *plan);
/* bind_known.c: what was bound before, or is now. */
Node *known_node(const Bound *bound, PyObject *plan); /* NULL where it was not bound */
int keep_node(Bound *bound, PyObject *plan, Node *node);
List *bound_list(Bound *bound, const Field *field, PyObject *term); /* NULL where there is none */
const Weights *bound_weights(Bound *bound, double weight, double b, double average, double k1);
double part_weight(const Part *part, uint32_t doc, uint32_t tf);
static inline double saturated(double x, double k1) {
    return k1 > 0 ? x * (k1 + 1) / (x + k1) : x;
}

static inline int child_weight(const Node *any, int i) { return any->weights ? any->weights[i] : 1; }

/* match.c: which documents. */
int match_node(Bound *bound, Node *node); /* fills node->set; 0 or -1 */
/* sets.c */
uint32_t set_count(const Bound *bound, const Set *set);
uint32_t count_bits(const uint64_t *bits, size_t words);
Set copy_set(Bound *bound, const Set *set); /* the same where memory is out: the arena says so */
int set_to_bits(Bound *bound, Set *set);
int set_remove_deleted(Bound *bound, Set *set);
int set_has(const Set *set, uint32_t doc);

/* positions.c: how often the terms of a line stand together in a document that holds them. */
int64_t line_count(Bound *bound, const Node *node, Line *line, uint32_t doc);
int positional_score(Bound *bound, Node *node, uint32_t doc, double *score);

/* expansion.c: calls `found` for each place of a field's terms that an expansion means. */
typedef int (*FoundTerm)(void *self, uint32_t place);
int expand_terms(Bound *bound, const Field *field, const Node *node, FoundTerm found, void *self);

PyObject *expansion_words(PyObject *module, PyObject *args);

/* score.c: what a document that the root matches scores. */
double leaf_score(Bound *bound, Node *node, uint32_t doc);
int node_score(Bound *bound, Node *node, uint32_t doc, double *score); /* 1 where it matches */
int is_flat(const Node *node, int under_any);

/* top.c: the best documents. */
#define FEW_HITS 128 /* up to so many are kept in a heap */
typedef struct {
    const char *column_name;
    PyObject *name;      /* NULL: the score */
    int descending;
    int has_zero_as;
    int64_t zero, zero_as; /* as column_value has numbers */
} Key;

typedef struct {
    double score;
    int64_t keys[4];
    uint32_t doc; /* of the whole index */
    uint32_t code; /* of hits of one code, but 0, only the best is kept */
} Hit;

typedef struct {
    int n_keys, score_first, has_score;
    Key keys[4];
    Hit *hits;
    size_t n, limit, room;
    int is_full;         /* a hit must be better than the worst to enter */
    Hit worst;
    uint32_t *slots;     /* zeros by code, where a buffer must collapse; else NULL */
} Top;

/* bounds.c: bounds by window of what the leaves of a plan add to a document's score. */
/* Smaller windows have tighter bounds, and read the blocks across their borders twice: at 50,000
   documents, 2**13 answers OR of 5 in three quarters of the time of 2**11. */
#define WINDOW_BITS 13
#define WINDOW_DOCS (1u << WINDOW_BITS)

typedef struct {
    Node **leaves, **planned; /* in the order of their bounds in a window, and of the plan */
    int n;
    uint32_t windows;
    double *x, *y; /* one value a window each */
    double *sums;  /* bound of each window */
    int essential; /* so many are to be added up in the window, and what the others can give */
    double rest;
} Leaves;

int prepare_leaves(Bound *bound, Leaves *all);
int prepare_bounds(Bound *bound, Leaves *all);
double block_weight(const List *list, const double *weights, uint32_t block);

static inline uint32_t code_of(const Bound *bound, uint32_t doc) {
    if (!bound->codes) return 0;
    uint32_t code = load_u32(bound->codes + 4 * (size_t)doc);
    return code < bound->n_codes ? code : 0;
}

int collect_top(Bound *bound, Top *top, const Set *matches, int only_leaf);
/* top_hits.c: hits kept while they come: a heap (the worst first) of few, a buffer of many. */
int make_slots(Top *top, uint32_t codes); /* wanted before hits have codes; 0 or -1 */
int push_hit(Top *top, const Hit *hit); /* 0, or -1 where there is no memory */
void sort_hits(Top *top, size_t first); /* those before `first` come in any order */

/* spread.c: numbers of a column by the rows that a document is counted in. */
#define MAX_SPREADS 4
#define MAX_RANKS 8

typedef struct {
    PyObject *column, *numbers;
    PyObject *rows; /* tuple of bytes, one for each segment: where the rows of a code are, and they */
    uint32_t size;
    int n_ranks;
    uint32_t ranks[MAX_RANKS]; /* in the hundred */
    uint64_t *pairs;           /* row in the high half, number in the low one */
    size_t n, room;
} Spread;

typedef struct {
    int n;
    Spread all[MAX_SPREADS];
} Spreads;

int read_spreads(PyObject *asked, Spreads *spreads, Py_ssize_t segments);
int spreads_collect(Spreads *spreads, Bound *bound, const Set *set, Py_ssize_t at); /* of bits */
int spreads_sort(Spreads *spreads); /* 0, or -1 where there is no memory */
PyObject *spreads_of(const Spreads *spreads);
void spreads_free(Spreads *spreads);

#endif
