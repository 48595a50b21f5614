/* A mapped segment, its terms, and cursors over postings. Everything read is checked first. */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "kernel.h"

enum { EXISTENCE = 0, FREQUENCIES = 1, POSITIONS = 2 };

/* The first bytes of each term, see key_of_bytes, and where each pair of first bytes begins. */
typedef struct {
    uint32_t *pairs; /* 65,537 places, or NULL where the terms are few */
    uint64_t keys[];
} Keys;

/* Where each term stands, by its hash: a slot holds the place + 1 below and bits of the hash above;
   0 is a free one. */
typedef struct {
    uint32_t mask, place_bits;
    uint32_t slots[];
} TermTable;

#define FOLDED 0x250 /* characters of a folding table, two letters each */
typedef struct {
    uint8_t folds[2 * FOLDED];
    TermTable *terms;
} FoldedTable;

typedef struct {
    PyObject *name;
    int kind;
    uint32_t terms;
    const uint8_t *blob, *offsets, *infos, *postings, *positions, *norms;
    uint64_t blob_len, postings_len, positions_len;
    _Atomic(Keys *) keys; /* made when first needed */
    _Atomic(TermTable *) table; /* made when so many terms have been asked for that it pays */
    _Atomic(FoldedTable *) folded; /* the same of their folded forms */
    _Atomic uint32_t asked, asked_folded;
} Field;

/* The lowest and the highest number of a column in each zone of documents; see column_value. */
#define ZONE_DOCS 64 /* as many as a word has bits */
typedef struct {
    int64_t low, high;
} Zone;

typedef struct {
    PyObject *name;
    char type; /* as Python's struct module: b B h H i I q Q */
    const uint8_t *values;
    _Atomic(Zone *) zones; /* made when first needed */
} Column;

/* The documents of a term that many hold, as bits, with the number of those before each word of
   bits: what a document's place in the postings is follows from it. Made when first needed. */
typedef struct Dense {
    struct Dense *next;
    const Field *field;
    uint32_t place;
    uint64_t *bits;
    uint32_t *ranks;
} Dense;

/* What one occurrence of a term weighs in a document of each length, as a norm byte, and what share
   of the highest score a tf of 1 to SHARE_TFS comes to there, a little more than exactly. */
#define SHARE_TFS 8
#define SHARE_SLACK 1.000001f
typedef struct Weights {
    struct Weights *next;
    double weight, b, average, k1;
    double values[256];
    float shares[SHARE_TFS * 256];
} Weights;

#define DENSE_BUCKETS 512
#define DENSE_SHARE 64 /* a term that one document in so many holds is dense */

typedef struct {
    PyObject_HEAD
    Py_buffer view;
    PyObject *name;     /* of the file, for errors */
    PyObject *places;   /* dict: field name -> its place in fields */
    PyObject *column_places;
    uint32_t docs;
    Py_ssize_t n_fields, n_columns;
    Field *fields;
    Column *columns;
    PyObject *deletions; /* bytes, or NULL */
    const uint8_t *deleted;
    uint32_t n_deleted;
    _Atomic(Dense *) dense[DENSE_BUCKETS]; /* only ever added to, while the segment lives */
    _Atomic size_t dense_bytes;
    Weights *weights; /* of earlier searches */
    int n_weights;
} Segment;

extern PyTypeObject SegmentType;

/* A bump allocator: what a search needs lives as long as the search. */
typedef struct Chunk {
    struct Chunk *next;
    size_t used, size;
} Chunk;

typedef struct {
    Chunk *chunks, *spare;   /* spare ones come from earlier searches */
    int failed;              /* out of memory */
    const char *damaged;     /* what is wrong in the file, or NULL */
    const Segment *where;
} Arena;

void *arena_alloc(Arena *arena, size_t size); /* NULL and failed where there is no memory */
void *arena_zero(Arena *arena, size_t size);
void arena_open(Arena *arena); /* takes spare memory; with arena_free under the lock of Python */
void arena_free(Arena *arena);
void arena_damage(Arena *arena, const Segment *where, const char *what);
static inline int arena_bad(const Arena *arena) { return arena->failed || arena->damaged; }

/* Where the positions of the postings of a block begin, and those of one posting. */
typedef struct {
    uint32_t block, total;      /* which block, how many positions it has */
    uint32_t i, before;         /* before posting i of the block stand so many */
    uint32_t group;             /* groups of positions counted so far: their bytes */
    uint64_t bytes;
    const uint8_t *bits, *data; /* of the groups: a width each, and what they hold */
    uint32_t *values, room;
    int held;                   /* whether the values are those of posting i */
} Occurrences;

#define BATCH 256 /* documents that are scored together */
#define BATCH_WORDS (BATCH / 64)

/* The postings of one term. Blocks are read when asked for; `docs[0..n)` is block `block`. The
   current posting is number `i` of block `current`, whose documents need not have been read. */
typedef struct List {
    Segment *segment;
    const Field *field;
    uint32_t df, cf, place;
    uint32_t blocks;
    int is_short;
    const uint8_t *skip, *data, *pos, *pos_end;
    uint32_t data_len;
    const Dense *dense;
    uint32_t block, n, first, last; /* documents */
    uint32_t current, i;
    uint32_t tf_block;              /* which block tfs are of */
    uint32_t *docs, *tfs;
    uint32_t *short_values; /* decoded positions of a short list */
    Occurrences at;
    uint64_t *held;                 /* documents of a window as bits, see top_together.c */
    uint32_t held_window;
    uint64_t found[BATCH_WORDS];    /* documents of the batch that hold the term, see batch.c */
    uint32_t batch;
    Arena *arena;
} List;

void free_dense(Segment *segment);

#define NO_BLOCK UINT32_MAX
#define NO_TERM (-1)

/* terms.c: the place of a term, NO_TERM where it is not there, -2 where the file is damaged. */
int64_t find_term(const Field *field, const uint8_t *term, size_t length);
/* Returns the first place whose term is not less than the given one; -2 where damaged. */
int64_t lower_bound(const Field *field, const uint8_t *term, size_t length);
/* Points at a term; 0, or -1 where the file is damaged. */
static inline int term_at(const Field *field, uint32_t place, const uint8_t **term, size_t *length) {
    uint32_t start = load_u32(field->offsets + 4 * (size_t)place);
    uint32_t end = load_u32(field->offsets + 4 * (size_t)place + 4);
    if (start > end || end > field->blob_len) return -1;
    *term = field->blob + start;
    *length = end - start;
    return 0;
}

/* The first bytes of a term as a number that has its order; those that it has not are zeros. */
#define KEY_BYTES 8
static inline uint64_t key_of_bytes(const uint8_t *bytes, size_t length, const uint8_t *end) {
    if (!length) return 0;
    size_t used = length < KEY_BYTES ? length : KEY_BYTES;
    uint64_t word = 0;
    if (end - bytes >= KEY_BYTES)
        word = load_u64(bytes);
    else
        memcpy(&word, bytes, used);
    return __builtin_bswap64(word) & UINT64_MAX << 8 * (KEY_BYTES - used);
}
/* The keys of a field's terms; NULL where there is no memory or the file is damaged. */
const Keys *field_keys(const Field *field);
void free_keys(Field *field);
/* term_table.c: the same as find_term, if there is a table of terms: 1, and the place. */
int find_in_table(const Field *field, const uint8_t *term, size_t length, int64_t *place);
void free_table(Field *field);
/* Returns the first of the places from low to before high whose key is not less than `key`. */
uint32_t first_key(const Keys *keys, uint32_t low, uint32_t high, uint64_t key);

int term_frequencies(const Segment *segment, const Field *field, uint32_t place, uint32_t *df,
                     uint32_t *cf);

/* Opens the postings of a term; NULL with the arena marked where that fails. */
List *list_open(Arena *arena, Segment *segment, const Field *field, uint32_t place);
/* Reads block `block` (documents only); 0, or -1 with the arena marked. */
int list_load(List *list, uint32_t block);
int list_load_tfs(List *list, uint32_t block);
/* dense.c: documents as bits, for a list that is dense enough and where there is room, else NULL. */
const Dense *list_dense(List *list);
const Dense *known_dense(Segment *segment, const Field *field, uint32_t place); /* made before */
/* Last document of a block. */
static inline uint32_t block_last(const List *list, uint32_t block) {
    return list->is_short ? list->docs[list->n - 1] : load_u32(list->skip + SKIP_ENTRY * block);
}
static inline uint32_t block_first(const List *list, uint32_t block) {
    return block ? block_last(list, block - 1) + 1 : 0;
}
/* The first block, from `from` on, whose last document is not before `doc`; blocks if none. */
uint32_t list_block(const List *list, uint32_t doc, uint32_t from);
/* Moves to a document: 1 where it is in the list, 0 where not, -1 where damaged. */
int list_seek(List *list, uint32_t doc);
/* tf of the posting moved to; 0 with the arena marked where damaged. */
uint32_t list_far_tf(List *list);
static inline uint32_t list_tf(List *list) {
    return list->tf_block == list->current ? list->tfs[list->i] : list_far_tf(list);
}
/* list_positions.c: the positions of the posting moved to, until another posting of the list is
   asked for: their number, -1 where damaged. */
int64_t list_positions(List *list, const uint32_t **values);

static inline int is_deleted(const Segment *segment, uint32_t doc) {
    return segment->deleted && (segment->deleted[doc >> 3] >> (doc & 7) & 1);
}

Field *segment_field(const Segment *segment, PyObject *name);   /* NULL where there is none */
Column *segment_column(const Segment *segment, PyObject *name); /* NULL where there is none */

/* What 0 becomes in a column of that type: numbers of Q keep their order as signed ones. */
static inline int64_t column_zero(char type) { return type == 'Q' ? INT64_MIN : 0; }

static inline int64_t column_value(const Column *column, uint32_t doc) {
    const uint8_t *values = column->values;
    switch (column->type) {
        case 'b': return (int8_t)values[doc];
        case 'B': return values[doc];
        case 'h': { int16_t v; memcpy(&v, values + 2 * (size_t)doc, 2); return v; }
        case 'H': { uint16_t v; memcpy(&v, values + 2 * (size_t)doc, 2); return v; }
        case 'i': { int32_t v; memcpy(&v, values + 4 * (size_t)doc, 4); return v; }
        case 'I': return load_u32(values + 4 * (size_t)doc);
        default: { int64_t v; memcpy(&v, values + 8 * (size_t)doc, 8); return v ^ column_zero(column->type); }
    }
}

/* zones.c: one zone for each ZONE_DOCS documents; NULL where there is no memory. */
const Zone *column_zones(const Column *column, uint32_t docs);

/* Whoosh's lengths: the length that each norm byte stands for. */
extern double norm_lengths[256];

#endif
