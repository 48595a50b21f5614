/* What a search is asked, as search.c runs it: read from Python, and counted on the way. */
#ifndef REQUEST_H
#define REQUEST_H

#include "search.h"

/* A filter: documents whose code in a column is allowed. */
typedef struct {
    PyObject *column;
    PyObject *allowed; /* tuple of bytes, a byte a code, one for each segment */
} Filter;

/* Counts of the codes of a column over what all filters but one leave. */
typedef struct {
    PyObject *column;
    PyObject *maps; /* tuple of bytes: u32 a code, one for each segment */
    uint32_t size;
    int own;        /* the filter that it ignores, or -1 */
    uint32_t *counts;
} Facet;

/* Hits of one code are collapsed into the best; how many there are of each. */
typedef struct {
    PyObject *codes; /* tuple of bytes: u32 a document, one for each segment; NULL for none */
    uint32_t size;
    uint32_t *counts;
} Collapse;

typedef struct {
    const Column *column;
    const uint8_t *table;
    uint32_t size; /* of the table */
    int64_t low;   /* histograms: the value of its first entry */
} Lookup;

#define MAX_FILTERS 16
#define MAX_FACETS 32

typedef struct {
    PyObject *plan, *segments;
    Top top;
    int n_filters, n_facets;
    Filter filters[MAX_FILTERS];
    Facet facets[MAX_FACETS];
    Spreads spreads;
    Collapse collapse;
    uint64_t matched, total;
    size_t first;
} Search;

/* request.c: read what is asked: 0, or -1 with an exception set. */
int read_keys(PyObject *order, Top *top);
int read_filters(PyObject *filters, Search *search, Py_ssize_t segments);
int read_facets(PyObject *facets, Search *search, Py_ssize_t segments);
int read_collapse(PyObject *asked, Search *search, Py_ssize_t segments);
void free_request(Search *search);

/* facets.c: filters and counts of a segment. */
Lookup lookup_of(const Segment *segment, PyObject *column, PyObject *tables, Py_ssize_t at,
                 uint32_t width);
int apply_filters(Search *search, Bound *bound, Set *set, Py_ssize_t at, const Lookup *lookups,
                  uint32_t count); /* of the set; 0, or -1 with the arena marked */
void count_codes(const Search *search, const Bound *bound, const Set *set);

PyObject *answer_of(const Search *search); /* answer.c */

/* held.c: segments as they are bound, for one request or for those of a whole search. */
typedef struct {
    Arena arena;
    Bound *bounds; /* one a segment */
    void *lent;    /* the Held that is used instead */
} Holding;

int register_held(PyObject *module);
/* Takes what is held, or opens the segments for one request: NULL with an exception set. The plan is
   kept as long. Whatever comes of it, `own` is to be given back. */
Holding *take_holding(PyObject *asked, PyObject *plan, Holding *own, PyObject **segments);
void give_back_holding(Holding *own);

extern PyMethodDef counting_methods[]; /* counting.c: what becomes of counts */

#endif
