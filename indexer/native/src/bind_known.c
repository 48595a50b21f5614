/* What is bound already: the nodes of plans, the postings of terms, tables of weights. A plan often says
   a thing twice, and the plans of one search, see held.c, much of the same. */
#include "search.h"

#include <stdlib.h>

/* Tables of earlier searches stay with the segment: an index has few (weight, b, average, k1). Under
   the lock of Python. */
#define MOST_KEPT 64

static const Weights *known_weights(const Weights *at, double weight, double b, double average,
                                    double k1) {
    while (at && !(at->weight == weight && at->b == b && at->average == average && at->k1 == k1))
        at = at->next;
    return at;
}

static Weights *new_weights(Bound *bound) {
    Segment *segment = bound->segment;
    Weights *made = segment->n_weights < MOST_KEPT ? malloc(sizeof(Weights)) : NULL;
    if (made) {
        segment->n_weights++;
        made->next = segment->weights;
        return segment->weights = made;
    }
    made = arena_alloc(bound->arena, sizeof(Weights));
    if (!made) return NULL;
    made->next = bound->weights;
    return bound->weights = made;
}

const Weights *bound_weights(Bound *bound, double weight, double b, double average, double k1) {
    const Weights *known = known_weights(bound->segment->weights, weight, b, average, k1);
    if (!known) known = known_weights(bound->weights, weight, b, average, k1);
    if (known) return known;
    Weights *made = new_weights(bound);
    if (!made) return NULL;
    made->weight = weight;
    made->b = b;
    made->average = average;
    made->k1 = k1;
    double slope = average > 0 ? b / average : 0, flat = average > 0 ? 1 - b : 1;
    for (int i = 0; i < 256; i++) made->values[i] = weight / (flat + slope * norm_lengths[i]);
    for (int i = 0; i < SHARE_TFS * 256; i++) {
        const float x = (float)((i / 256 + 1) * made->values[i % 256]);
        const float share = x / (x + (float)k1) * SHARE_SLACK;
        made->shares[i] = share >= 0 && share < 1 ? share : 1;
    }
    return made;
}

double part_weight(const Part *part, uint32_t doc, uint32_t tf) {
    const uint8_t *norms = part->list->field->norms;
    return tf * part->weights[norms ? norms[doc] : 0];
}

/* ---- terms ---------------------------------------------------------------------------------- */

/* Makes room for one more in a table of which half is free; 0, or -1. Places are cleared. */
#define GROW(TYPE, table, count, mask, IS_USED, PLACE_OF)                              \
    do {                                                                               \
        if (2 * ((count) + 1) <= (mask)) break;                                        \
        const uint32_t size = (mask) ? 2 * ((mask) + 1) : 64;                          \
        TYPE *grown = arena_zero(bound->arena, sizeof(TYPE) * (size_t)size);           \
        if (!grown) return -1;                                                         \
        for (uint32_t i = 0; (mask) && i <= (mask); i++) {                             \
            if (!(table)[i].IS_USED) continue;                                         \
            uint32_t at = PLACE_OF(&(table)[i]) & (size - 1);                          \
            while (grown[at].IS_USED) at = (at + 1) & (size - 1);                      \
            grown[at] = (table)[i];                                                    \
        }                                                                              \
        (table) = grown;                                                               \
        (mask) = size - 1;                                                             \
    } while (0)

static uint32_t place_of_term(const KnownTerm *known) {
    return (uint32_t)(known->hash >> 16) + 31u * known->field->terms;
}

static uint64_t hash_of(PyObject *term) {
    const char *bytes = PyBytes_AS_STRING(term), *end = bytes + PyBytes_GET_SIZE(term);
    uint64_t hash = 0xcbf29ce484222325u;
    while (bytes < end) hash = (hash ^ (uint8_t)*bytes++) * 0x100000001b3u;
    return hash;
}

static int is_term(const KnownTerm *known, const KnownTerm *wanted) {
    return known->field == wanted->field && known->hash == wanted->hash &&
           PyBytes_GET_SIZE(known->term) == PyBytes_GET_SIZE(wanted->term) &&
           !memcmp(PyBytes_AS_STRING(known->term), PyBytes_AS_STRING(wanted->term),
                   (size_t)PyBytes_GET_SIZE(wanted->term));
}

static List *open_term(Bound *bound, const KnownTerm *wanted) {
    int64_t place = find_term(wanted->field, (const uint8_t *)PyBytes_AS_STRING(wanted->term),
                              (size_t)PyBytes_GET_SIZE(wanted->term));
    if (place == -2) arena_damage(bound->arena, bound->segment, "term table out of range");
    return place < 0 ? NULL : list_open(bound->arena, bound->segment, wanted->field, (uint32_t)place);
}

static int grow_terms(Bound *bound) {
    GROW(KnownTerm, bound->terms, bound->n_terms, bound->terms_mask, term, place_of_term);
    return 0;
}

List *bound_list(Bound *bound, const Field *field, PyObject *term) {
    if (!PyBytes_Check(term)) {
        PyErr_SetString(PyExc_TypeError, "plan: a term is bytes");
        return NULL;
    }
    KnownTerm wanted = {field, term, hash_of(term), NULL};
    if (grow_terms(bound) < 0) return NULL;
    uint32_t at = place_of_term(&wanted) & bound->terms_mask;
    for (; bound->terms[at].term; at = (at + 1) & bound->terms_mask) {
        if (is_term(&bound->terms[at], &wanted)) return bound->terms[at].list;
    }
    wanted.list = open_term(bound, &wanted);
    if (arena_bad(bound->arena)) return NULL;
    bound->terms[at] = wanted;
    bound->n_terms++;
    return wanted.list;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static uint32_t place_of_plan(PyObject *plan) { return (uint32_t)((uintptr_t)plan >> 4) * 0x9E3779B1u >> 8; }

static uint32_t place_of_node(const KnownNode *known) { return place_of_plan(known->plan); }

static int grow_nodes(Bound *bound) {
    GROW(KnownNode, bound->nodes, bound->n_nodes, bound->nodes_mask, plan, place_of_node);
    return 0;
}

/* What is bound as a whole also serves where less is wanted. */
Node *known_node(const Bound *bound, PyObject *plan) {
    if (!bound->nodes) return NULL;
    for (uint32_t at = place_of_plan(plan) & bound->nodes_mask; bound->nodes[at].plan;
         at = (at + 1) & bound->nodes_mask) {
        const KnownNode *known = &bound->nodes[at];
        if (known->plan == plan && (known->is_whole || bound->counts_only)) return known->node;
    }
    return NULL;
}

int keep_node(Bound *bound, PyObject *plan, Node *node) {
    if (grow_nodes(bound) < 0) return -1;
    uint32_t at = place_of_plan(plan) & bound->nodes_mask;
    while (bound->nodes[at].plan) at = (at + 1) & bound->nodes_mask;
    bound->nodes[at] = (KnownNode){plan, node, !bound->counts_only};
    bound->n_nodes++;
    return 0;
}
