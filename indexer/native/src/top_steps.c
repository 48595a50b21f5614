/* Sums of what leaves give the documents of a window, rounded up to small whole numbers.

   A score is rounded up to the next step, so that a sum of steps is never less than the sum of the
   scores; a document whose steps come to what can enter is then scored exactly. Steps need a
   quarter of the memory of exact scores and no division for a posting. A group of several lists
   gives at most what its lists would give one by one. */
#include "top.h"

#include <math.h>

#define MOST_STEPS 32767.0 /* of all parts together */
#define MOST_PARTS 4096
#define LONG_GROUP 8

/* Of many lists that are saturated together, what they give one by one says little. */
static int has_long_groups(const Leaves *all) {
    for (int i = 0; i < all->n; i++) {
        const Node *node = all->leaves[i];
        for (int g = 0; g < node->n_groups; g++) {
            if (node->groups[g].n > LONG_GROUP) return 1;
        }
    }
    return 0;
}

/* What is added up in steps: so many parts, which give at most so much together. */
typedef struct {
    uint32_t parts;
    double most;
} Added;

static void count_leaf(const Node *node, Added *added) {
    for (int g = 0; g < node->n_groups; g++) {
        const Group *group = &node->groups[g];
        const double most = fabs(group->factor * (group->k1 + 1)) + (g ? 0 : fabs(node->score));
        added->parts += (uint32_t)group->n;
        added->most += group->k1 > 0 || !group->n ? group->n * most : INFINITY;
    }
    /* What is not saturated is never added up. */
    if (node->op != POSITIONAL) return;
    added->parts++;
    added->most += node->k1 > 0 ? fabs(node->factor * (node->k1 + 1)) : 0;
}

int open_steps(Collector *to) {
    Added added = {0, 0};
    if (to->top->limit > FEW_HITS || has_long_groups(to->all)) return 0;
    for (int i = 0; i < to->all->n; i++) count_leaf(to->all->leaves[i], &added);
    const double room = MOST_STEPS - 2.0 * added.parts;
    if (added.parts > MOST_PARTS || !isfinite(added.most) || !(added.most > 0) ||
        !isfinite(room / added.most))
        return 0;
    to->scale = room / added.most;
    to->steps = arena_alloc(to->bound->arena, sizeof(int16_t) * WINDOW_DOCS);
    return to->steps ? 1 : -1;
}

/* What steps of a part are made of: they are not more than the part can give, whatever a damaged
   file says. */
typedef struct {
    float steps, constant; /* a share of `steps` and always `constant`, with one more for rounding */
} Stepping;

static void step_run(const Part *part, const Stepping *by, uint32_t first, uint32_t at, uint32_t end,
                     int16_t *steps) {
    const List *list = part->list;
    const uint32_t *docs = list->docs, *tfs = list->tfs;
    const uint8_t *norms = list->field->norms;
    for (uint32_t i = at; i < end; i++) {
        const uint32_t doc = docs[i], tf = tfs[i], norm = norms ? norms[doc] : 0;
        /* Where a tf has no share of its own, it has the whole. */
        const float share = tf <= SHARE_TFS ? part->shares[256 * (tf - 1) + norm] : 1;
        const int more = (int)(share * by->steps + by->constant);
        steps[doc - first] = (int16_t)(steps[doc - first] + more);
    }
}

static int add_part(const Collector *to, const Group *group, const Part *part, double constant,
                    uint32_t first) {
    const Stepping by = {(float)(group->factor * (group->k1 + 1) * to->scale),
                         (float)(constant * to->scale) + 1.01f};
    Run run = run_from(part->list, first, first + WINDOW_DOCS);
    uint32_t at, stop;
    int state;
    while ((state = run_next(&run, &at, &stop)) > 0) step_run(part, &by, first, at, stop, to->steps);
    return state;
}

static int add_word(const Collector *to, const Node *node, uint32_t first) {
    for (int g = 0; g < node->n_groups; g++) {
        const Group *group = &node->groups[g];
        for (int i = 0; i < group->n; i++) {
            if (add_part(to, group, &group->parts[i], g ? 0 : node->score, first) < 0) return -1;
        }
    }
    return 0;
}

/* The steps from which on a document can enter; 0 where all can. */
static int32_t least_steps(const Collector *to, double rest) {
    const double least = is_full(to->top) ? least_sum(to->top, rest) * to->scale : 0;
    return least < 1 ? 0 : least < MOST_STEPS ? (int32_t)least : INT16_MAX;
}

/* Which of 64 documents have so many steps. */
static inline uint64_t at_least(const int16_t *steps, int32_t least) {
    uint64_t found = 0;
#if defined(__SSE2__)
    typedef short v8 __attribute__((vector_size(16)));
    const v8 below = (v8){0} + (short)(least - 1);
    for (int k = 0; k < 4; k++) {
        v8 low, high;
        memcpy(&low, steps + 16 * k, 16);
        memcpy(&high, steps + 16 * k + 8, 16);
        const uint32_t some = (uint32_t)__builtin_ia32_pmovmskb128(
            __builtin_ia32_packsswb128((v8)(low > below), (v8)(high > below)));
        found |= (uint64_t)some << (16 * k);
    }
#else
    for (int k = 0; k < 64; k++) found |= (uint64_t)(steps[k] >= least) << k;
#endif
    return found;
}

/* Steps that at least as many documents as are wanted have, as far as there are so many: with these
   first, what is looked at is soon no more than what stays. */
static int32_t first_least(const Collector *to, uint32_t first) {
    enum { COARSE = 7 };
    uint32_t counts[(INT16_MAX >> COARSE) + 1] = {0};
    for (uint32_t word = 0; word < WINDOW_DOCS / 64; word++) {
        uint64_t left = matches_of_word(to->bound, to->matches, first, word);
        const int16_t *steps = to->steps + 64 * word;
        for (; left; left &= left - 1) counts[steps[__builtin_ctzll(left)] >> COARSE & UINT8_MAX]++;
    }
    size_t wanted = to->top->limit;
    int32_t least = INT16_MAX >> COARSE;
    while (least > 0 && counts[least] < wanted) wanted -= counts[least--];
    return least << COARSE;
}

/* Documents that are scored together: each time, those that come after have to score more. */
#define TOGETHER 128

/* Scores documents of at least so many steps, but fewer than `end`. */
static int look_between(const Collector *to, uint32_t w, double rest, int32_t least, int32_t end) {
    uint32_t docs[TOGETHER], n = 0;
    double most[TOGETHER];
    const Bounds bounds = {most, w};
    for (uint32_t word = 0; word < WINDOW_DOCS / 64; word++) {
        uint64_t left = least > 0 ? at_least(to->steps + 64 * word, least) : UINT64_MAX;
        if (left) left &= matches_of_word(to->bound, to->matches, w << WINDOW_BITS, word);
        for (; left; left &= left - 1) {
            const uint32_t d = 64 * word + (uint32_t)__builtin_ctzll(left);
            if (to->steps[d] < least || to->steps[d] >= end) continue;
            most[n] = to->steps[d] / to->scale + rest;
            docs[n++] = (w << WINDOW_BITS) + d;
            if (n < TOGETHER) continue;
            if (score_batch(to->bound, to->top, to->columns, docs, n, &bounds) < 0) return -1;
            n = 0;
            const int32_t now = least_steps(to, rest);
            least = now > least ? now : least;
        }
    }
    return score_batch(to->bound, to->top, to->columns, docs, n, &bounds);
}

static int look_at_most(const Collector *to, uint32_t w, double rest) {
    if (is_full(to->top)) return look_between(to, w, rest, least_steps(to, rest), INT32_MAX);
    const int32_t middle = first_least(to, w << WINDOW_BITS);
    if (look_between(to, w, rest, middle, INT32_MAX) < 0) return -1;
    return look_between(to, w, rest, least_steps(to, rest), middle);
}

/* Whether what a leaf can give is added to the documents that may have it, and to no others. */
static int is_lazy(const Node *node) { return node->op == POSITIONAL && !node->matched && node->k1 > 0; }

static int add_lazy(const Collector *to, Node *node, uint32_t w) {
    const int more = (int)(node->bounds[w] * to->scale) + 1;
    if (find_together(to, node, w) < 0) return -1;
    for (uint32_t word = 0; word < WINDOW_DOCS / 64; word++) {
        int16_t *steps = to->steps + 64 * word;
        for (uint64_t left = node->together[word]; left; left &= left - 1) {
            const int bit = __builtin_ctzll(left);
            steps[bit] = (int16_t)(steps[bit] + more);
        }
    }
    return 0;
}

int collect_steps(Collector *to, uint32_t w) {
    const Leaves *all = to->all;
    double rest = 0;
    memset(to->steps, 0, sizeof(int16_t) * WINDOW_DOCS);
    for (int i = 0; i < all->n; i++) {
        Node *node = all->leaves[i];
        int state = 0;
        if (is_lazy(node))
            state = add_lazy(to, node, w);
        else if (node->op == WORD && node->is_essential)
            state = add_word(to, node, w << WINDOW_BITS);
        else
            rest += node->bounds[w];
        if (state < 0) return -1;
    }
    if (look_at_most(to, w, rest) < 0) return -1;
    return arena_bad(to->bound->arena) ? -1 : 0;
}
