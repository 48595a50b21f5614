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
    /* Scores of positions stand beside the documents of their set, which must stay as it is; so must
       what another request may ask for. */
    Set copy, *set = &bound->root->set;
    if (bound->root->op == POSITIONAL || bound->is_held) {
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

/* Makes a segment of what is held ready for a request: 0, or -1 with an exception set. */
static int prepare(Search *search, Bound *bound, Py_ssize_t i, Lookup *at) {
    Segment *segment = bound->segment;
    bound->counts_only = !search->top.limit && !bound->is_held;
    bound->round++;
    bound->codes = NULL;
    if (search->collapse.codes) {
        bound->codes = (const uint8_t *)PyBytes_AS_STRING(PyTuple_GET_ITEM(search->collapse.codes, i));
        bound->n_codes = search->collapse.size;
    }
    fit_keys(segment, &search->top);
    for (int k = 0; k < search->n_filters; k++)
        at[k] = lookup_of(segment, search->filters[k].column, search->filters[k].allowed, i, 1);
    for (int k = 0; k < search->n_facets; k++)
        at[MAX_FILTERS + k] = lookup_of(segment, search->facets[k].column, search->facets[k].maps, i, 4);
    return bind_plan(bound, search->plan) < 0 ? raise_damage(bound->arena) : 0;
}

/* Searches the segments: 0, or -1 with the arena marked. */
static int search_segments(Search *search, Bound *bounds, Py_ssize_t n, const Lookup *lookups) {
    for (Py_ssize_t i = 0; i < n; i++) {
        const Lookup *at = lookups + i * (MAX_FILTERS + MAX_FACETS);
        if (bounds[i].docs &&
            (search_segment(search, &bounds[i], i, at) < 0 || arena_bad(bounds[i].arena)))
            return -1;
    }
    sort_hits(&search->top, search->first);
    return spreads_sort(&search->spreads);
}

static int run(Search *search, Holding *holding) {
    Py_ssize_t n = PyTuple_GET_SIZE(search->segments);
    Lookup *lookups = PyMem_Calloc(((size_t)n + 1) * (MAX_FILTERS + MAX_FACETS), sizeof(Lookup));
    int state = lookups ? 0 : -1;
    if (state < 0) PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < n && !state; i++)
        state = prepare(search, &holding->bounds[i], i, lookups + i * (MAX_FILTERS + MAX_FACETS));
    if (!state) {
        Py_BEGIN_ALLOW_THREADS
        state = search_segments(search, holding->bounds, n, lookups);
        Py_END_ALLOW_THREADS
        if (state < 0) raise_damage(&holding->arena);
    }
    for (Py_ssize_t i = 0; i < n; i++) arena_free(&holding->bounds[i].scratch);
    PyMem_Free(lookups);
    return state;
}

static PyObject *answer(Search *search, PyObject *const *args, Holding *holding) {
    Py_ssize_t segments = PyTuple_GET_SIZE(search->segments);
    PyObject *answer = NULL;
    if (read_keys(args[4], &search->top) == 0 && read_filters(args[5], search, segments) == 0 &&
        read_facets(args[6], search, segments) == 0 &&
        read_spreads(args[7], &search->spreads, segments) == 0 &&
        read_collapse(args[8], search, segments) == 0 && run(search, holding) == 0)
        answer = answer_of(search);
    free_request(search);
    return answer;
}

/* search(segments, plan, first, limit, order, filters, facets, spreads, collapse) */
static PyObject *search_call(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    (void)module;
    if (n != 9) {
        PyErr_SetString(PyExc_TypeError, "search takes 9 arguments");
        return NULL;
    }
    Search search = {.plan = args[1]};
    Py_ssize_t first = PyLong_AsSsize_t(args[2]), limit = PyLong_AsSsize_t(args[3]);
    if (PyErr_Occurred()) return NULL;
    if (first < 0 || limit < 0) {
        PyErr_SetString(PyExc_ValueError, "first and limit are at least 0");
        return NULL;
    }
    search.first = (size_t)first;
    search.top.limit = limit ? (size_t)first + (size_t)limit : 0;
    Holding own = {0}, *holding = take_holding(args[0], args[1], &own, &search.segments);
    PyObject *found = holding ? answer(&search, args, holding) : NULL;
    give_back_holding(&own);
    return found;
}

static PyMethodDef methods[] = {
    {"words", expansion_words, METH_VARARGS,
     "words(segments, fields, expansion, folds) -> {word: documents, summed over the fields}."},
    {"search", (PyCFunction)(void (*)(void))search_call, METH_FASTCALL,
     "search(segments or Held, plan, first, limit, order, filters, facets, spreads, collapse)\n"
     "-> (matched before filters, total, [(score, document)], (counts,), (spread,), groups, "
     "[others])."},
    {NULL, NULL, 0, NULL},
};

int register_search(PyObject *module) {
    return PyModule_AddFunctions(module, methods) < 0 || register_held(module) < 0 ? -1 : PyModule_AddFunctions(module, counting_methods);
}
