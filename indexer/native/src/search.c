/* One search over all segments: what matches, how many, the best, and counts for facets. */
#include "request.h"

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
    Py_ssize_t first = PyLong_AsSsize_t(args[2]), limit = PyLong_AsSsize_t(args[3]);
    if (PyErr_Occurred() || check_segments(search.segments) < 0) return NULL;
    if (first < 0 || limit < 0) {
        PyErr_SetString(PyExc_ValueError, "first and limit are at least 0");
        return NULL;
    }
    search.first = (size_t)first;
    search.top.limit = limit ? (size_t)first + (size_t)limit : 0;
    Py_ssize_t segments = PyTuple_GET_SIZE(search.segments);
    PyObject *answer = NULL;
    if (read_keys(args[4], &search.top) == 0 && read_filters(args[5], &search, segments) == 0 &&
        read_facets(args[6], &search, segments) == 0 &&
        read_spreads(args[7], &search.spreads, segments) == 0 &&
        read_collapse(args[8], &search, segments) == 0 && run(&search) == 0)
        answer = answer_of(&search);
    free_request(&search);
    return answer;
}

static PyMethodDef methods[] = {
    {"words", expansion_words, METH_VARARGS,
     "words(segments, fields, expansion, folds) -> {word: documents, summed over the fields}."},
    {"search", (PyCFunction)(void (*)(void))search_call, METH_FASTCALL,
     "search(segments, plan, first, limit, order, filters, facets, spreads, collapse)\n"
     "-> (matched before filters, total, [(score, document)], (counts,), (spread,), groups, "
     "[others])."},
    {NULL, NULL, 0, NULL},
};

int register_search(PyObject *module) {
    return PyModule_AddFunctions(module, methods) < 0 ? -1 : PyModule_AddFunctions(module, counting_methods);
}
