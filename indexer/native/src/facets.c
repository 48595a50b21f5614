/* Filters, facets and groups: what the columns of the documents that match say. */
#include "request.h"

static int allows(const Lookup *lookup, uint32_t doc) {
    int64_t code = lookup->column ? column_value(lookup->column, doc) : 0;
    return code >= 0 && code < (int64_t)lookup->size && lookup->table[code];
}

static inline void count_doc(const Lookup *lookup, Facet *facet, uint32_t doc) {
    int64_t code = lookup->column ? column_value(lookup->column, doc) : 0;
    if (code < 0 || code >= (int64_t)lookup->size) return;
    uint32_t place = load_u32(lookup->table + 4 * (size_t)code);
    if (place < facet->size) facet->counts[place]++;
}

Lookup lookup_of(const Segment *segment, PyObject *column, PyObject *tables, Py_ssize_t at,
                        uint32_t width) {
    PyObject *table = PyTuple_GET_ITEM(tables, at);
    return (Lookup){segment_column(segment, column), (const uint8_t *)PyBytes_AS_STRING(table),
                    (uint32_t)(PyBytes_GET_SIZE(table) / width), 0};
}

static void count_kept(Search *search, const Lookup *facets, uint32_t doc, int failed) {
    for (int i = 0; i < search->n_facets; i++) {
        if (failed < 0 || search->facets[i].own == failed) count_doc(&facets[i], &search->facets[i], doc);
    }
}

/* Keeps what passes every filter; facets count what fails none, or none but their own. */
static void filter_and_count(Search *search, const Lookup *filters, const Lookup *facets,
                             Bound *bound, Set *set) {
    uint64_t *bits = set->bits;
    for (uint32_t w = 0; w < bound->words; w++) {
        uint64_t kept = bits[w];
        for (uint64_t left = kept; left; left &= left - 1) {
            uint32_t bit = (uint32_t)__builtin_ctzll(left), doc = 64 * w + bit;
            int failed = -1, failures = 0;
            for (int i = 0; i < search->n_filters && failures < 2; i++) {
                if (allows(&filters[i], doc)) continue;
                failed = i;
                failures++;
            }
            if (failures) kept &= ~(1ull << bit);
            if (failures < 2 && search->n_facets) count_kept(search, facets, doc, failed);
        }
        bits[w] = kept;
    }
}

/* One loop a width of codes: the column's type is looked at once, not for each document. Codes are
   counted in turn in one of some rows, since two that follow one another are often the same, and
   adding to a number that was only just written waits for it. */
#define ROWS 4
#define COUNT_CODES(TYPE)                                                                     \
    for (uint32_t w = 0; w < bound->words; w++) {                                             \
        for (uint64_t left = set->bits[w]; left; left &= left - 1) {                          \
            TYPE code;                                                                        \
            memcpy(&code, values + sizeof(TYPE) * (64 * (size_t)w + (size_t)__builtin_ctzll(left)), \
                   sizeof(TYPE));                                                             \
            if (code < size) rows[(row++ % ROWS) * (size_t)size + code]++;                    \
        }                                                                                     \
    }

/* Counts each code of a column, then adds them to where they belong. */
static int count_codes_of(const Lookup *lookup, Facet *facet, Bound *bound, const Set *set) {
    const uint8_t *values = lookup->column->values;
    const uint32_t size = lookup->size;
    uint32_t *rows = arena_zero(bound->arena, 4 * ROWS * (size_t)size + 4), row = 0;
    if (!rows) return -1;
    switch (lookup->column->type) {
        case 'B': COUNT_CODES(uint8_t) break;
        case 'H': COUNT_CODES(uint16_t) break;
        default: COUNT_CODES(uint32_t) break;
    }
    for (size_t code = 0; code < size; code++) {
        const uint32_t place = load_u32(lookup->table + 4 * code);
        if (place >= facet->size) continue;
        for (size_t r = 0; r < ROWS; r++) facet->counts[place] += rows[r * size + code];
    }
    return 0;
}

/* Counting codes first pays where there are fewer of them than documents / this. */
#define CODES_SHARE 4

static int count_column(const Lookup *lookup, Facet *facet, Bound *bound, const Set *set, uint32_t count) {
    const char type = lookup->column ? lookup->column->type : 0;
    if ((type == 'B' || type == 'H' || type == 'I') && lookup->size <= count / CODES_SHARE)
        return count_codes_of(lookup, facet, bound, set);
    for (uint32_t w = 0; w < bound->words; w++) {
        for (uint64_t left = set->bits[w]; left; left &= left - 1)
            count_doc(lookup, facet, 64 * w + (uint32_t)__builtin_ctzll(left));
    }
    return 0;
}

int apply_filters(Search *search, Bound *bound, Set *set, Py_ssize_t at, const Lookup *lookups,
                         uint32_t count) {
    const Lookup *facets = lookups + MAX_FILTERS;
    if (!search->n_filters && !search->n_facets && !search->spreads.n) return 0;
    if (set_to_bits(bound, set) < 0) return -1;
    if (search->n_filters) filter_and_count(search, lookups, facets, bound, set);
    for (int i = 0; i < search->n_facets && !search->n_filters; i++) {
        if (count_column(&facets[i], &search->facets[i], bound, set, count) < 0) return -1;
    }
    return spreads_collect(&search->spreads, bound, set, at);
}

#define COUNT_CODE(doc)                                       \
    do {                                                      \
        uint32_t code = code_of(bound, doc);                  \
        if (code) counts[code]++;                             \
    } while (0)

void count_codes(const Search *search, const Bound *bound, const Set *set) {
    uint32_t *counts = search->collapse.counts;
    if (set->kind == SET_LIST) {
        for (uint32_t i = 0; i < set->n; i++) COUNT_CODE(set->docs[i]);
    } else if (set->kind == SET_ALL) {
        for (uint32_t doc = 0; doc < bound->docs; doc++) COUNT_CODE(doc);
    } else if (set->kind == SET_BITS) {
        for (uint32_t w = 0; w < bound->words; w++) {
            for (uint64_t left = set->bits[w]; left; left &= left - 1)
                COUNT_CODE(64 * w + (uint32_t)__builtin_ctzll(left));
        }
    }
}
