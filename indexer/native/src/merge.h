/* What the parts of a merge share: merge.c goes through the terms, merge_records.c copies their records. */
#ifndef MERGE_H
#define MERGE_H

#include "invert.h"

enum { BLOB, OFFSETS, INFOS, POSTINGS, POSITIONS_OF, MAP, PARTS };

/* A field of one segment, and the term at which the merge stands. */
typedef struct {
    Py_buffer parts[PARTS];
    uint32_t docs, terms, base;
    int kind;
    uint32_t term, length;
    const uint8_t *text;
} Input;

typedef struct {
    Input *inputs;
    Py_ssize_t count;
    uint32_t *heap, heap_count; /* inputs that are not at their end, lowest term first */
    Sections out;
    const char *damage; /* what is wrong with an input */
    Py_ssize_t damaged; /* which one */
} Merge;

/* merge_records.c: adds the record of the term at which an input stands to the one that is encoded. */
Encoded merge_record(Merge *merge, const Input *input);
/* Notes what is wrong with the first input of the heap. */
Encoded merge_damaged(Merge *merge, const char *what);

#endif
