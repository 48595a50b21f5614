/* A plan of Python tuples, bound to one segment: names looked up, postings opened. */
#include "search.h"

#define MAX_DEPTH 100

static int wrong(const char *what) {
    if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "plan: %s", what);
    return -1;
}

static int failed(const Bound *bound) { return PyErr_Occurred() || arena_bad(bound->arena); }

static double number(PyObject *item) { return PyFloat_AsDouble(item); }

static int is_tuple(PyObject *item, Py_ssize_t size) {
    return PyTuple_Check(item) && (size < 0 || PyTuple_GET_SIZE(item) == size);
}

#define ITEM(tuple, i) PyTuple_GET_ITEM(tuple, i)

/* ---- leaves --------------------------------------------------------------------------------- */

static int bind_group(Bound *bound, PyObject *item, Group *group) {
    if (!is_tuple(item, 3) || !is_tuple(ITEM(item, 0), -1)) return wrong("a group is three values");
    PyObject *parts = ITEM(item, 0);
    group->factor = number(ITEM(item, 1));
    group->k1 = number(ITEM(item, 2));
    group->parts = arena_alloc(bound->arena, sizeof(Part) * ((size_t)PyTuple_GET_SIZE(parts) + 1));
    if (!group->parts || PyErr_Occurred()) return -1;
    group->n = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parts); i++) {
        PyObject *part = ITEM(parts, i);
        if (!is_tuple(part, 5)) return wrong("a part is five values");
        const Field *field = segment_field(bound->segment, ITEM(part, 0));
        List *list = field ? bound_list(bound, field, ITEM(part, 1)) : NULL;
        if (!list) {
            if (failed(bound)) return -1;
            continue;
        }
        const Weights *weights = bound_weights(bound, number(ITEM(part, 2)), number(ITEM(part, 3)),
                                            number(ITEM(part, 4)), group->k1);
        if (!weights || PyErr_Occurred()) return -1;
        group->parts[group->n++] = (Part){list, weights->values, weights->shares};
    }
    return 0;
}

static int bind_word(Bound *bound, PyObject *plan, Node *node) {
    if (!is_tuple(plan, 3) || !is_tuple(ITEM(plan, 0), -1)) return wrong("a word is three values");
    PyObject *groups = ITEM(plan, 0);
    Py_ssize_t n = PyTuple_GET_SIZE(groups);
    node->score = number(ITEM(plan, 1));
    node->groups = arena_zero(bound->arena, sizeof(Group) * ((size_t)n + 1));
    if (!node->groups) return -1;
    for (Py_ssize_t i = 0; i < (bound->counts_only && n ? 1 : n); i++, node->n_groups++) {
        if (bind_group(bound, ITEM(groups, i), &node->groups[i]) < 0) return -1;
    }
    return 0;
}

/* Fills a line; its n stays 0 where a term is not in the segment. */
static int bind_line(Bound *bound, PyObject *item, double k1, Line *line) {
    if (!is_tuple(item, 6) || !is_tuple(ITEM(item, 1), -1) || !is_tuple(ITEM(item, 2), -1))
        return wrong("a line is six values");
    const Field *field = segment_field(bound->segment, ITEM(item, 0));
    PyObject *terms = ITEM(item, 1), *offsets = ITEM(item, 2);
    Py_ssize_t n = PyTuple_GET_SIZE(terms);
    if (n < 1 || n > MAX_LINE) return wrong("a line has 1 to 2048 terms");
    if (n > bound->longest) bound->longest = (int)n;
    if (!field || field->kind != POSITIONS) return PyErr_Occurred() ? -1 : 0;
    line->lists = arena_alloc(bound->arena, sizeof(List *) * (size_t)n);
    line->by_rarity = arena_alloc(bound->arena, sizeof(int) * (size_t)n);
    line->offsets = arena_zero(bound->arena, 4 * (size_t)n);
    const Weights *weights =
        bound_weights(bound, number(ITEM(item, 3)), number(ITEM(item, 4)), number(ITEM(item, 5)), k1);
    line->weights = weights ? weights->values : NULL;
    if (!line->lists || !line->by_rarity || !line->offsets || !line->weights) return -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        line->lists[i] = bound_list(bound, field, ITEM(terms, i));
        if (!line->lists[i]) return failed(bound) ? -1 : 0;
        if (i < PyTuple_GET_SIZE(offsets))
            line->offsets[i] = (uint32_t)PyLong_AsUnsignedLong(ITEM(offsets, i));
        Py_ssize_t place = i;
        while (place > 0 && line->lists[line->by_rarity[place - 1]]->df > line->lists[i]->df) {
            line->by_rarity[place] = line->by_rarity[place - 1];
            place--;
        }
        line->by_rarity[place] = (int)i;
    }
    line->n = (int)n;
    return PyErr_Occurred() ? -1 : 0;
}

static int bind_positional(Bound *bound, PyObject *plan, Node *node) {
    if (!is_tuple(plan, 6) || !is_tuple(ITEM(plan, 0), -1)) return wrong("positional: six values");
    PyObject *lines = ITEM(plan, 0);
    Py_ssize_t n = PyTuple_GET_SIZE(lines);
    node->factor = number(ITEM(plan, 1));
    node->k1 = number(ITEM(plan, 2));
    node->mode = (int)PyLong_AsLong(ITEM(plan, 3));
    node->width = (uint32_t)PyLong_AsUnsignedLong(ITEM(plan, 4));
    node->lines = arena_zero(bound->arena, sizeof(Line) * ((size_t)n + 1));
    if (!node->lines || PyErr_Occurred()) return -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (bind_line(bound, ITEM(lines, i), node->k1, &node->lines[node->n_lines]) < 0) return -1;
        if (node->lines[node->n_lines].n) node->n_lines++;
    }
    return 0;
}

static int bind_terms(Bound *bound, PyObject *plan, Node *node) {
    if (!is_tuple(plan, 4) || !is_tuple(ITEM(plan, 1), -1)) return wrong("terms: four values");
    PyObject *terms = ITEM(plan, 1);
    node->field = segment_field(bound->segment, ITEM(plan, 0));
    node->score = number(ITEM(plan, 2));
    node->lists =
        arena_alloc(bound->arena, sizeof(List *) * ((size_t)PyTuple_GET_SIZE(terms) + 1));
    if (!node->lists || PyErr_Occurred()) return -1;
    for (Py_ssize_t i = 0; node->field && i < PyTuple_GET_SIZE(terms); i++) {
        List *list = bound_list(bound, node->field, ITEM(terms, i));
        if (list)
            node->lists[node->n_lists++] = list;
        else if (failed(bound))
            return -1;
    }
    return 0;
}

static int bind_expansion(Bound *bound, PyObject *plan, Node *node) {
    char *text;
    Py_ssize_t length;
    if (!is_tuple(plan, 8)) return wrong("an expansion is eight values");
    node->field = segment_field(bound->segment, ITEM(plan, 0));
    node->kind = (int)PyLong_AsLong(ITEM(plan, 1));
    if (PyBytes_AsStringAndSize(ITEM(plan, 2), &text, &length) < 0) return -1;
    node->text = (uint8_t *)text;
    node->text_len = (size_t)length;
    if (ITEM(plan, 3) != Py_None) {
        if (PyBytes_AsStringAndSize(ITEM(plan, 3), &text, &length) < 0) return -1;
        node->last = (uint8_t *)text;
        node->last_len = (size_t)length;
    }
    node->distance = (int)PyLong_AsLong(ITEM(plan, 4));
    node->prefix = (int)PyLong_AsLong(ITEM(plan, 5));
    node->score = number(ITEM(plan, 6));
    return PyErr_Occurred() ? -1 : 0;
}

/* Reads an end of a range as column_value has numbers; `beyond` is -1 below and 1 above them. */
static int64_t range_end(PyObject *item, const Column *column, int *beyond) {
    int64_t value = PyLong_AsLongLongAndOverflow(item, beyond);
    if (*beyond > 0 && column && column->type == 'Q') {
        uint64_t large = PyLong_AsUnsignedLongLong(item);
        if (PyErr_Occurred()) {
            PyErr_Clear();
            return INT64_MAX;
        }
        *beyond = 0;
        return (int64_t)(large ^ (uint64_t)INT64_MIN);
    }
    if (*beyond) return *beyond > 0 ? INT64_MAX : INT64_MIN;
    if (!column || column->type != 'Q') return value;
    if (value < 0) *beyond = -1;
    return value < 0 ? INT64_MIN : value ^ INT64_MIN;
}

static int bind_range(Bound *bound, PyObject *plan, Node *node) {
    int low_beyond, high_beyond;
    if (!is_tuple(plan, 5)) return wrong("a range is five values");
    node->column = segment_column(bound->segment, ITEM(plan, 0));
    node->low = range_end(ITEM(plan, 1), node->column, &low_beyond);
    node->high = range_end(ITEM(plan, 2), node->column, &high_beyond);
    if (low_beyond > 0 || high_beyond < 0) node->column = NULL; /* holds no number at all */
    node->score = number(ITEM(plan, 3));
    return PyErr_Occurred() ? -1 : 0;
}

static Node *bind_node(Bound *bound, PyObject *plan, int depth);

static int bind_children(Bound *bound, PyObject *items, Node ***nodes, int *n, int depth) {
    if (!is_tuple(items, -1)) return wrong("children are a tuple");
    Py_ssize_t size = PyTuple_GET_SIZE(items);
    *nodes = arena_alloc(bound->arena, sizeof(Node *) * ((size_t)size + 1));
    if (!*nodes) return -1;
    for (Py_ssize_t i = 0; i < size; i++) {
        Node *child = bind_node(bound, ITEM(items, i), depth + 1);
        if (!child) return -1;
        (*nodes)[(*n)++] = child;
    }
    return 0;
}

/* Of what a document must not hold, only what decides whether it does is bound. */
static int bind_without(Bound *bound, PyObject *items, Node *node, int depth) {
    const int counts_only = bound->counts_only;
    bound->counts_only = 1;
    const int state = bind_children(bound, items, &node->without, &node->n_without, depth);
    bound->counts_only = counts_only;
    return state;
}

static int bind_all(Bound *bound, PyObject *plan, Node *node, int depth) {
    if (!is_tuple(plan, 4)) return wrong("all: four values");
    if (bind_children(bound, ITEM(plan, 0), &node->children, &node->n_children, depth) < 0 ||
        bind_without(bound, ITEM(plan, 1), node, depth) < 0)
        return -1;
    if (bound->counts_only && is_tuple(ITEM(plan, 2), -1)) return 0;
    return bind_children(bound, ITEM(plan, 2), &node->maybe, &node->n_maybe, depth);
}

/* What the children count for: none, or a number each that sum up to what 16 bits hold. */
static int bind_weights(Bound *bound, PyObject *weights, Py_ssize_t children, Node *node) {
    if (!is_tuple(weights, -1)) return wrong("weights are a tuple");
    Py_ssize_t n = PyTuple_GET_SIZE(weights);
    if (!n) return 0;
    if (n != children) return wrong("one weight a child");
    node->weights = arena_alloc(bound->arena, sizeof(uint16_t) * (size_t)n);
    if (!node->weights) return -1;
    long sum = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        long weight = PyLong_AsLong(ITEM(weights, i));
        if (PyErr_Occurred()) return -1;
        if (weight < 1 || weight > UINT16_MAX - sum) return wrong("weights are 1 to 65535 in all");
        node->weights[i] = (uint16_t)weight;
        sum += weight;
    }
    return 0;
}

static int bind_any(Bound *bound, PyObject *plan, Node *node, int depth) {
    if (!is_tuple(plan, 4) || !is_tuple(ITEM(plan, 0), -1)) return wrong("any: four values");
    node->at_least = (int)PyLong_AsLong(ITEM(plan, 1));
    if (PyErr_Occurred()) return -1;
    if (bind_weights(bound, ITEM(plan, 2), PyTuple_GET_SIZE(ITEM(plan, 0)), node) < 0) return -1;
    if (node->at_least < 1 || PyTuple_GET_SIZE(ITEM(plan, 0)) > UINT16_MAX)
        return wrong("at_least is at least 1, of at most 65535 children");
    return bind_children(bound, ITEM(plan, 0), &node->children, &node->n_children, depth);
}

static int bind_constant(Bound *bound, PyObject *plan, Node *node, int depth) {
    if (!is_tuple(plan, 3)) return wrong("constant: three values");
    Node *child = bind_node(bound, ITEM(plan, 0), depth + 1);
    node->children = arena_alloc(bound->arena, sizeof(Node *));
    if (!child || !node->children) return -1;
    node->children[0] = child;
    node->n_children = 1;
    node->score = number(ITEM(plan, 1));
    return PyErr_Occurred() ? -1 : 0;
}

static int bind_every(PyObject *plan, Node *node) {
    if (!is_tuple(plan, 2)) return wrong("every: two values");
    node->score = number(ITEM(plan, 0));
    return PyErr_Occurred() ? -1 : 0;
}

static Node *bind_node(Bound *bound, PyObject *plan, int depth) {
    if (!PyTuple_Check(plan) || PyTuple_GET_SIZE(plan) < 2 || depth > MAX_DEPTH) {
        wrong(depth > MAX_DEPTH ? "too deep" : "a node is a tuple");
        return NULL;
    }
    Node *node = known_node(bound, plan);
    if (node) return node;
    long op = PyLong_AsLong(ITEM(plan, PyTuple_GET_SIZE(plan) - 1));
    node = arena_zero(bound->arena, sizeof(Node));
    if (!node || PyErr_Occurred()) return NULL;
    node->op = (int)op;
    int state;
    switch (op) {
        case WORD: state = bind_word(bound, plan, node); break;
        case POSITIONAL: state = bind_positional(bound, plan, node); break;
        case TERMS: state = bind_terms(bound, plan, node); break;
        case EXPANSION: state = bind_expansion(bound, plan, node); break;
        case RANGE: state = bind_range(bound, plan, node); break;
        case EVERY: state = bind_every(plan, node); break;
        case ALL: state = bind_all(bound, plan, node, depth); break;
        case ANY: state = bind_any(bound, plan, node, depth); break;
        case CONSTANT: state = bind_constant(bound, plan, node, depth); break;
        default: state = wrong("no such node");
    }
    return state < 0 || keep_node(bound, plan, node) < 0 ? NULL : node;
}

int bind_plan(Bound *bound, PyObject *plan) {
    bound->root = bind_node(bound, plan, 0);
    if (!bound->root || PyErr_Occurred()) return -1;
    if (bound->longest <= bound->room_longest) return 0;
    size_t n = (size_t)bound->longest;
    bound->room_longest = bound->longest;
    bound->cursors = arena_alloc(bound->arena, sizeof(Cursor) * n);
    bound->distinct = arena_alloc(bound->arena, sizeof(List *) * n);
    return bound->cursors && bound->distinct ? 0 : -1;
}
