/* One search over all segments: what matches, how many, the best, and counts for facets. */
#include "search.h"

#include <stdlib.h>

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

/* ---- reading the request -------------------------------------------------------------------- */

static int read_keys(PyObject *order, Top *top) {
    if (!PyTuple_Check(order) || PyTuple_GET_SIZE(order) < 1 || PyTuple_GET_SIZE(order) > 4) {
        PyErr_SetString(PyExc_TypeError, "order is 1 to 4 keys");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(order); i++) {
        PyObject *name, *zero_as;
        Key *key = &top->keys[i];
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(order, i), "OpO", &name, &key->descending, &zero_as))
            return -1;
        key->name = name == Py_None ? NULL : name;
        key->has_zero_as = zero_as != Py_None;
        if (key->has_zero_as) key->zero_as = PyLong_AsLongLong(zero_as);
        if (PyErr_Occurred()) return -1;
        top->has_score |= !key->name;
    }
    top->n_keys = (int)PyTuple_GET_SIZE(order);
    top->score_first = !top->keys[0].name;
    return 0;
}

/* Keys as column_value has numbers; the column is of one type in all segments. */
static void fit_keys(const Segment *segment, Top *top) {
    for (int i = 0; i < top->n_keys; i++) {
        Key *key = &top->keys[i];
        const Column *column = key->name ? segment_column(segment, key->name) : NULL;
        if (!column || key->zero == column_zero(column->type)) continue;
        key->zero = column_zero(column->type);
        key->zero_as ^= key->zero;
    }
}

static int check_tables(PyObject *tables, Py_ssize_t n) {
    if (PyTuple_Check(tables) && PyTuple_GET_SIZE(tables) == n) {
        Py_ssize_t i = 0;
        while (i < n && PyBytes_Check(PyTuple_GET_ITEM(tables, i))) i++;
        if (i == n) return 0;
    }
    PyErr_SetString(PyExc_TypeError, "one table of bytes for each segment is wanted");
    return -1;
}

static int read_filters(PyObject *filters, Search *search, Py_ssize_t segments) {
    if (!PyTuple_Check(filters) || PyTuple_GET_SIZE(filters) > MAX_FILTERS) {
        PyErr_SetString(PyExc_TypeError, "filters are a tuple of at most 16");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(filters); i++) {
        Filter *filter = &search->filters[i];
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(filters, i), "UO", &filter->column, &filter->allowed) ||
            check_tables(filter->allowed, segments) < 0)
            return -1;
        search->n_filters++;
    }
    return 0;
}

static int read_facets(PyObject *facets, Search *search, Py_ssize_t segments) {
    if (!PyTuple_Check(facets) || PyTuple_GET_SIZE(facets) > MAX_FACETS) {
        PyErr_SetString(PyExc_TypeError, "facets are a tuple of at most 32");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(facets); i++) {
        Facet *facet = &search->facets[i];
        unsigned int size;
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(facets, i), "UOIi", &facet->column, &facet->maps,
                              &size, &facet->own) ||
            check_tables(facet->maps, segments) < 0)
            return -1;
        facet->size = size;
        facet->counts = calloc((size_t)size + 1, 4);
        search->n_facets++;
        if (!facet->counts) {
            PyErr_NoMemory();
            return -1;
        }
    }
    return 0;
}

static int read_collapse(PyObject *asked, Search *search, Py_ssize_t segments) {
    Collapse *collapse = &search->collapse;
    unsigned int size;
    if (asked == Py_None) return 0;
    if (!PyTuple_Check(asked) || !PyArg_ParseTuple(asked, "OI", &collapse->codes, &size) ||
        check_tables(collapse->codes, segments) < 0) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "collapse is codes and their number");
        return -1;
    }
    for (Py_ssize_t i = 0; i < segments; i++) {
        const Segment *segment = (Segment *)PyTuple_GET_ITEM(search->segments, i);
        if (PyBytes_GET_SIZE(PyTuple_GET_ITEM(collapse->codes, i)) == 4 * (Py_ssize_t)segment->docs) continue;
        PyErr_SetString(PyExc_ValueError, "a code for each document is wanted");
        return -1;
    }
    collapse->size = size;
    collapse->counts = calloc((size_t)size + 1, 4);
    if (collapse->counts && make_slots(&search->top, size) == 0) return 0;
    PyErr_NoMemory();
    return -1;
}

/* ---- one segment ---------------------------------------------------------------------------- */

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

static Lookup lookup_of(const Segment *segment, PyObject *column, PyObject *tables, Py_ssize_t at,
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

static int apply_filters(Search *search, Bound *bound, Set *set, Py_ssize_t at, const Lookup *lookups,
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

static void count_codes(const Search *search, const Bound *bound, const Set *set) {
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

/* Whether one list decides what matches and what it scores. */
static int is_one_list(const Search *search, const Bound *bound) {
    const Node *root = bound->root;
    return root->op == WORD && root->n_groups == 1 && root->groups[0].n == 1 && !search->n_filters &&
           !bound->codes && !bound->segment->n_deleted && search->top.score_first;
}

static int search_one_list(Search *search, Bound *bound, Py_ssize_t at, const Lookup *lookups) {
    const uint32_t df = bound->root->groups[0].parts[0].list->df;
    search->matched += df;
    search->total += df;
    if (search->n_facets || search->spreads.n) {
        if (match_node(bound, bound->root) < 0 ||
            apply_filters(search, bound, &bound->root->set, at, lookups, df) < 0)
            return -1;
    }
    return collect_top(bound, &search->top, NULL, 1);
}

static int search_segment(Search *search, Bound *bound, Py_ssize_t at, const Lookup *lookups) {
    if (is_one_list(search, bound)) return search_one_list(search, bound, at, lookups);
    if (match_node(bound, bound->root) < 0) return -1;
    /* Scores of positions stand beside the documents of their set, which must stay as it is. */
    Set copy, *set = &bound->root->set;
    if (bound->root->op == POSITIONAL) {
        copy = copy_set(bound, set);
        set = &copy;
    }
    if (set_remove_deleted(bound, set) < 0) return -1;
    const uint32_t count = set_count(bound, set);
    search->matched += count;
    if (apply_filters(search, bound, set, at, lookups, count) < 0) return -1;
    search->total += search->n_filters ? set_count(bound, set) : count;
    if (bound->codes) count_codes(search, bound, set);
    return collect_top(bound, &search->top, set, 0);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int raise_damage(const Arena *arena) {
    if (PyErr_Occurred()) return -1;
    if (arena->damaged)
        PyErr_Format(Damaged, "%U: %s", arena->where->name, arena->damaged);
    else
        PyErr_NoMemory();
    return -1;
}

static int run(Search *search) {
    Py_ssize_t n = PyTuple_GET_SIZE(search->segments);
    Bound *bounds = PyMem_Calloc((size_t)n + 1, sizeof(Bound));
    Lookup *lookups = PyMem_Calloc(((size_t)n + 1) * (MAX_FILTERS + MAX_FACETS), sizeof(Lookup));
    Arena arena = {0};
    arena_open(&arena);
    int state = bounds && lookups ? 0 : -1;
    if (state < 0) PyErr_NoMemory();
    uint32_t base = 0;
    for (Py_ssize_t i = 0; i < n && !state; i++) {
        Segment *segment = (Segment *)PyTuple_GET_ITEM(search->segments, i);
        Bound *bound = &bounds[i];
        Lookup *at = lookups + i * (MAX_FILTERS + MAX_FACETS);
        bound->arena = &arena;
        bound->segment = segment;
        bound->docs = segment->docs;
        bound->words = (segment->docs + 63) / 64;
        bound->base = base;
        bound->counts_only = !search->top.limit;
        base += segment->docs;
        if (search->collapse.codes) {
            bound->codes = (const uint8_t *)PyBytes_AS_STRING(PyTuple_GET_ITEM(search->collapse.codes, i));
            bound->n_codes = search->collapse.size;
        }
        fit_keys(segment, &search->top);
        for (int k = 0; k < search->n_filters; k++)
            at[k] = lookup_of(segment, search->filters[k].column, search->filters[k].allowed, i, 1);
        for (int k = 0; k < search->n_facets; k++)
            at[MAX_FILTERS + k] = lookup_of(segment, search->facets[k].column, search->facets[k].maps, i, 4);
        if (bind_plan(bound, search->plan) < 0) state = raise_damage(&arena);
    }
    if (!state) {
        Py_ssize_t bad = -1;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < n && bad < 0; i++) {
            if (bounds[i].docs &&
                (search_segment(search, &bounds[i], i, lookups + i * (MAX_FILTERS + MAX_FACETS)) < 0 ||
                 arena_bad(&arena)))
                bad = i;
        }
        if (bad < 0) sort_hits(&search->top, search->first);
        if (bad < 0 && spreads_sort(&search->spreads) < 0) {
            arena.failed = 1;
            bad = n;
        }
        Py_END_ALLOW_THREADS
        if (bad >= 0) state = raise_damage(&arena);
    }
    for (Py_ssize_t i = 0; bounds && i < n; i++) arena_free(&bounds[i].scratch);
    arena_free(&arena);
    PyMem_Free(bounds);
    PyMem_Free(lookups);
    return state;
}

static PyObject *hits_of(const Top *top, size_t first) {
    size_t n = top->n > first ? top->n - first : 0;
    PyObject *hits = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; hits && i < n; i++) {
        const Hit *hit = &top->hits[first + i];
        PyObject *pair = PyTuple_New(2);
        PyObject *score = PyFloat_FromDouble(hit->score), *doc = PyLong_FromUnsignedLong(hit->doc);
        if (!pair || !score || !doc) {
            Py_XDECREF(pair);
            Py_XDECREF(score);
            Py_XDECREF(doc);
            Py_CLEAR(hits);
            break;
        }
        PyTuple_SET_ITEM(pair, 0, score);
        PyTuple_SET_ITEM(pair, 1, doc);
        PyList_SET_ITEM(hits, (Py_ssize_t)i, pair);
    }
    return hits;
}

static PyObject *counts_of(const Search *search) {
    PyObject *counts = PyTuple_New(search->n_facets);
    for (int i = 0; counts && i < search->n_facets; i++) {
        PyObject *bytes = PyBytes_FromStringAndSize((const char *)search->facets[i].counts,
                                                    4 * (Py_ssize_t)search->facets[i].size);
        if (!bytes) {
            Py_CLEAR(counts);
            break;
        }
        PyTuple_SET_ITEM(counts, i, bytes);
    }
    return counts;
}

/* Hits that are left once those of one code are one. */
static uint64_t count_groups(const Search *search) {
    uint64_t groups = search->total;
    for (uint32_t code = 1; code < search->collapse.size; code++) {
        uint32_t count = search->collapse.counts[code];
        groups -= count ? count - 1 : 0;
    }
    return groups;
}

/* How many others share the code of each hit; nothing where nothing collapses. */
static PyObject *others_of(const Search *search) {
    const Top *top = &search->top;
    size_t n = search->collapse.codes && top->n > search->first ? top->n - search->first : 0;
    PyObject *others = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; others && i < n; i++) {
        uint32_t code = top->hits[search->first + i].code;
        PyObject *count = PyLong_FromUnsignedLong(code ? search->collapse.counts[code] - 1 : 0);
        if (count)
            PyList_SET_ITEM(others, (Py_ssize_t)i, count);
        else
            Py_CLEAR(others);
    }
    return others;
}

static int check_segments(PyObject *segments) {
    if (!PyTuple_Check(segments)) {
        PyErr_SetString(PyExc_TypeError, "segments are a tuple");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(segments); i++) {
        if (!PyObject_TypeCheck(PyTuple_GET_ITEM(segments, i), &SegmentType)) {
            PyErr_SetString(PyExc_TypeError, "a segment is a Segment");
            return -1;
        }
    }
    return 0;
}

/* search(segments, plan, first, limit, order, filters, facets, spreads, collapse) */
static PyObject *search_call(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    (void)module;
    if (n != 9) {
        PyErr_SetString(PyExc_TypeError, "search takes 9 arguments");
        return NULL;
    }
    Search search = {.segments = args[0], .plan = args[1]};
    PyObject *result = NULL, *hits = NULL, *counts = NULL, *spreads = NULL, *others = NULL;
    Py_ssize_t first = PyLong_AsSsize_t(args[2]), limit = PyLong_AsSsize_t(args[3]);
    if (PyErr_Occurred() || check_segments(search.segments) < 0) return NULL;
    if (first < 0 || limit < 0) {
        PyErr_SetString(PyExc_ValueError, "first and limit are at least 0");
        return NULL;
    }
    search.first = (size_t)first;
    search.top.limit = limit ? (size_t)first + (size_t)limit : 0;
    Py_ssize_t segments = PyTuple_GET_SIZE(search.segments);
    if (read_keys(args[4], &search.top) == 0 && read_filters(args[5], &search, segments) == 0 &&
        read_facets(args[6], &search, segments) == 0 &&
        read_spreads(args[7], &search.spreads, segments) == 0 &&
        read_collapse(args[8], &search, segments) == 0 && run(&search) == 0 &&
        (hits = hits_of(&search.top, (size_t)first)) && (counts = counts_of(&search)) &&
        (spreads = spreads_of(&search.spreads)) && (others = others_of(&search))) {
        result = Py_BuildValue("(KKNNNKN)", (unsigned long long)search.matched,
                               (unsigned long long)search.total, hits, counts, spreads,
                               (unsigned long long)count_groups(&search), others);
        hits = counts = spreads = others = NULL;
    }
    Py_XDECREF(hits);
    Py_XDECREF(counts);
    Py_XDECREF(spreads);
    Py_XDECREF(others);
    spreads_free(&search.spreads);
    free(search.collapse.counts);
    free(search.top.slots);
    for (int i = 0; i < search.n_facets; i++) free(search.facets[i].counts);
    free(search.top.hits);
    return result;
}

/* top_counts(counts, n) -> the n highest, most first, ties by place; and how many are not 0. */
static PyObject *top_counts(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer view;
    Py_ssize_t wanted;
    if (!PyArg_ParseTuple(args, "y*n", &view, &wanted)) return NULL;
    Py_ssize_t size = view.len / 4, n = 0, used = 0;
    if (wanted < 0) wanted = 0;
    if (wanted > size) wanted = size;
    uint32_t *places = PyMem_Malloc(4 * (size_t)wanted + 4);
    if (!places) {
        PyBuffer_Release(&view);
        return PyErr_NoMemory();
    }
    const uint8_t *counts = view.buf;
    for (Py_ssize_t i = 0; i < size; i++) {
        uint32_t count = load_u32(counts + 4 * i);
        if (!count) continue;
        used++;
        if (n == wanted && (!n || load_u32(counts + 4 * (size_t)places[n - 1]) >= count)) continue;
        Py_ssize_t at = n < wanted ? n++ : n - 1;
        for (; at > 0 && load_u32(counts + 4 * (size_t)places[at - 1]) < count; at--)
            places[at] = places[at - 1];
        places[at] = (uint32_t)i;
    }
    PyObject *top = PyList_New(n);
    for (Py_ssize_t i = 0; top && i < n; i++) {
        PyObject *pair = Py_BuildValue("II", places[i], load_u32(counts + 4 * (size_t)places[i]));
        if (!pair) {
            Py_CLEAR(top);
            break;
        }
        PyList_SET_ITEM(top, i, pair);
    }
    PyMem_Free(places);
    PyBuffer_Release(&view);
    return top ? Py_BuildValue("Nn", top, used) : NULL;
}

/* named_counts(names, counts) -> {name: count} of the counts that are not 0. */
static PyObject *named_counts(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *names;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "O!y*", &PyList_Type, &names, &view)) return NULL;
    PyObject *named = PyDict_New();
    if (named && PyList_GET_SIZE(names) != view.len / 4) {
        PyErr_SetString(PyExc_ValueError, "one count a name is wanted");
        Py_CLEAR(named);
    }
    for (Py_ssize_t i = 0; named && i < PyList_GET_SIZE(names); i++) {
        uint32_t count = load_u32((const uint8_t *)view.buf + 4 * i);
        if (!count) continue;
        PyObject *number = PyLong_FromUnsignedLong(count);
        if (!number || PyDict_SetItem(named, PyList_GET_ITEM(names, i), number) < 0) Py_CLEAR(named);
        Py_XDECREF(number);
    }
    PyBuffer_Release(&view);
    return named;
}

/* highest(numbers, width) -> the highest of unsigned numbers of 1, 2 or 4 bytes, 0 where none. */
static PyObject *highest(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer view;
    int width;
    if (!PyArg_ParseTuple(args, "y*i", &view, &width)) return NULL;
    const uint8_t *at = view.buf, *end = at + view.len - (width > 0 ? view.len % width : 0);
    uint32_t most = 0;
    for (; width == 1 && at < end; at++) most = *at > most ? *at : most;
    for (; width == 2 && at < end; at += 2) {
        uint16_t number;
        memcpy(&number, at, 2);
        most = number > most ? number : most;
    }
    for (; width == 4 && at < end; at += 4) most = load_u32(at) > most ? load_u32(at) : most;
    PyBuffer_Release(&view);
    return PyLong_FromUnsignedLong(most);
}

static PyMethodDef methods[] = {
    {"highest", highest, METH_VARARGS,
     "highest(numbers, width) -> the highest of unsigned numbers of 1, 2 or 4 bytes."},
    {"named_counts", named_counts, METH_VARARGS,
     "named_counts(names, counts) -> {name: count} of the counts that are not 0."},
    {"words", expansion_words, METH_VARARGS,
     "words(segments, fields, expansion, folds) -> {word: documents, summed over the fields}."},
    {"top_counts", top_counts, METH_VARARGS,
     "top_counts(counts, n) -> ([(place, count)] of the n highest, how many are not 0)."},
    {"search", (PyCFunction)(void (*)(void))search_call, METH_FASTCALL,
     "search(segments, plan, first, limit, order, filters, facets, spreads, collapse)\n"
     "-> (matched before filters, total, [(score, document)], (counts,), (spread,), groups, "
     "[others])."},
    {NULL, NULL, 0, NULL},
};

int register_search(PyObject *module) { return PyModule_AddFunctions(module, methods); }
