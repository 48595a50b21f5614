/* What a few documents score, all of them at once: leaf by leaf and list by list, so that each list
   is gone through once, in its order. To the last bit it is what score.c says document by document. */
#include "batch.h"

static void mark_docs(Batch *batch) {
    for (uint32_t s = 0; s < batch->n; s++) {
        const uint32_t word = batch->docs[s] >> 6;
        if (!batch->bits[word]) batch->ranks[word] = (uint16_t)s;
        set_bit(batch->bits, batch->docs[s]);
    }
}

static int open_batch(Bound *bound, Batch *batch) {
    if (!bound->batch_bits) {
        bound->batch_bits = arena_zero(bound->arena, 8 * (size_t)bound->words);
        bound->batch_ranks = arena_alloc(bound->arena, 2 * (size_t)bound->words);
    }
    if (!bound->batch_bits || !bound->batch_ranks) return -1;
    batch->bound = bound;
    batch->bits = bound->batch_bits;
    batch->ranks = bound->batch_ranks;
    bound->batches++;
    mark_docs(batch);
    return 0;
}

static void close_batch(const Batch *batch) {
    for (uint32_t s = 0; s < batch->n; s++) batch->bits[batch->docs[s] >> 6] = 0;
}

/* The place of a document of the batch. */
static inline uint32_t place_of(const Batch *batch, uint32_t doc) {
    const uint32_t word = doc >> 6;
    return batch->ranks[word] + popcount64(batch->bits[word] & ((1ull << (doc & 63)) - 1));
}

/* ---- lists ---------------------------------------------------------------------------------- */

static inline void add_posting(List *list, uint32_t s, uint32_t doc, const Adding *adding) {
    list->found[s >> 6] |= 1ull << (s & 63);
    if (!adding->weights) return;
    adding->x[s] += list_tf(list) * adding->weights[adding->norms ? adding->norms[doc] : 0];
}

/* Goes through the postings of the block that is read. */
static void scan_block(const Batch *batch, List *list, const Adding *adding) {
    const uint32_t first = batch->docs[0], last = batch->docs[batch->n - 1];
    const uint32_t *docs = list->docs;
    uint32_t i = docs[0] < first ? first_not_before(docs, list->n, first) : 0;
    for (; i < list->n && docs[i] <= last; i++) {
        if (!has_bit(batch->bits, docs[i])) continue;
        list->i = i;
        add_posting(list, place_of(batch, docs[i]), docs[i], adding);
    }
}

/* Going through a block costs as much as looking for so many documents. */
#define BLOCK_COST 6

static int scan_list(const Batch *batch, List *list, const Adding *adding) {
    const uint32_t last = batch->docs[batch->n - 1];
    if (list->is_short) {
        list->current = list->block;
        scan_block(batch, list, adding);
        return 0;
    }
    uint32_t block = list_block(list, batch->docs[0], 0), end = list_block(list, last, block);
    end = end < list->blocks ? end + 1 : list->blocks;
    if ((uint64_t)(end - block) * BLOCK_COST > batch->n) return 1;
    for (; block < end; block++) {
        if (list_load(list, block) < 0) return -1;
        scan_block(batch, list, adding);
    }
    return 0;
}

static int seek_list(const Batch *batch, List *list, const Adding *adding) {
    for (uint32_t s = 0; s < batch->n; s++) {
        const int found = list_seek(list, batch->docs[s]);
        if (found < 0) return -1;
        if (found) add_posting(list, s, batch->docs[s], adding);
    }
    return 0;
}

int go_through(const Batch *batch, List *list, const Adding *adding) {
    memset(list->found, 0, sizeof list->found);
    list->batch = batch->bound->batches;
    const int state = list_dense(list) ? 1 : scan_list(batch, list, adding);
    return state > 0 ? seek_list(batch, list, adding) : state;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static int score_word(const Batch *batch, const Node *node, Scores *out) {
    double x[BATCH];
    for (int g = 0; g < node->n_groups; g++) {
        const Group *group = &node->groups[g];
        uint64_t any[BATCH_WORDS] = {0};
        memset(x, 0, sizeof(double) * batch->n);
        for (int i = 0; i < group->n; i++) {
            const Part *part = &group->parts[i];
            const Adding adding = {part->list->field->norms, part->weights, x};
            if (go_through(batch, part->list, &adding) < 0) return -1;
            for (int k = 0; k < BATCH_WORDS; k++) any[k] |= part->list->found[k];
        }
        for (int k = 0; k < BATCH_WORDS; k++) out->found[k] = g ? out->found[k] : any[k];
        for (int k = 0; k < BATCH_WORDS; k++) any[k] &= out->found[k];
        EACH(any, s) out->scores[s] += group->factor * saturated(x[s], group->k1);
    }
    EACH(out->found, s) out->scores[s] += node->score;
    return 0;
}

/* What stands together was looked at before, see weigh_positions. */
static int score_positional(const Node *node, Scores *out, uint32_t n) {
    memcpy(out->scores, node->batch->scores, sizeof(double) * n);
    memcpy(out->found, node->batch->found, sizeof out->found);
    return 0;
}

/* A leaf that is no list of postings. */
static int score_other(const Batch *batch, Node *node, Scores *out) {
    for (uint32_t s = 0; s < batch->n; s++) {
        if (node_score(batch->bound, node, batch->docs[s], &out->scores[s]))
            out->found[s >> 6] |= 1ull << (s & 63);
    }
    return 0;
}

static int score_nodes(const Batch *batch, Node *node, Scores *out);

/* What matches a node is none of what is found. */
static int leave_out(const Batch *batch, Node *node, Scores *out) {
    if (match_node(batch->bound, node) < 0) return -1;
    for (uint32_t s = 0; s < batch->n; s++) {
        if (set_has(&node->set, batch->docs[s])) out->found[s >> 6] &= ~(1ull << (s & 63));
    }
    return 0;
}

static int score_all(const Batch *batch, const Node *node, Scores *out) {
    Scores one;
    memset(out->found, 255, sizeof out->found);
    for (int i = 0; i < node->n_children; i++) {
        if (score_nodes(batch, node->children[i], &one) < 0) return -1;
        for (int k = 0; k < BATCH_WORDS; k++) out->found[k] &= one.found[k];
        EACH(out->found, s) out->scores[s] += one.scores[s];
    }
    for (int i = 0; i < node->n_without; i++) {
        if (leave_out(batch, node->without[i], out) < 0) return -1;
    }
    for (int i = 0; i < node->n_maybe; i++) {
        if (score_nodes(batch, node->maybe[i], &one) < 0) return -1;
        for (int k = 0; k < BATCH_WORDS; k++) one.found[k] &= out->found[k];
        EACH(one.found, s) out->scores[s] += one.scores[s];
    }
    return 0;
}

static int score_any(const Batch *batch, const Node *node, Scores *out) {
    Scores one;
    int32_t counts[BATCH] = {0};
    for (int i = 0; i < node->n_children; i++) {
        if (score_nodes(batch, node->children[i], &one) < 0) return -1;
        EACH(one.found, s) {
            counts[s] += child_weight(node, i);
            out->scores[s] += one.scores[s];
        }
    }
    for (uint32_t s = 0; s < batch->n; s++)
        out->found[s >> 6] |= (uint64_t)(counts[s] >= node->at_least) << (s & 63);
    return 0;
}

static int score_nodes(const Batch *batch, Node *node, Scores *out) {
    memset(out->scores, 0, sizeof(double) * batch->n);
    memset(out->found, 0, sizeof out->found);
    switch (node->op) {
        case WORD: return score_word(batch, node, out);
        case ALL: return score_all(batch, node, out);
        case ANY: return score_any(batch, node, out);
        case POSITIONAL:
            if (!node->matched) return score_positional(node, out, batch->n);
            return score_other(batch, node, out);
        default: return score_other(batch, node, out);
    }
}

int score_batch(Bound *bound, Top *top, const KeyColumns *columns, const uint32_t *docs, uint32_t n,
                const Bounds *bounds) {
    Batch batch = {.docs = docs, .n = n};
    Scores out;
    uint64_t dropped[BATCH_WORDS] = {0};
    if (!n) return 0;
    if (find_positional(bound) < 0 || open_batch(bound, &batch) < 0) return -1;
    int state = weigh_positions(&batch, top, bounds, dropped);
    if (!state) state = score_nodes(&batch, bound->root, &out);
    close_batch(&batch);
    for (uint32_t s = 0; s < n && !state && !arena_bad(bound->arena); s++) {
        if (!has_place(dropped, s)) state = push_scored(bound, top, columns, docs[s], out.scores[s]);
    }
    return state < 0 || arena_bad(bound->arena) ? -1 : 0;
}
