/* Exact sums of what leaves give the documents of a window. */
#include "top.h"

/* What is added up in a window. */
typedef struct Sums {
    double sums[WINDOW_DOCS];
    double x[WINDOW_DOCS]; /* zero between groups */
    uint16_t fresh[WINDOW_DOCS + 1]; /* documents of the group, in the order they came, and one more */
    uint32_t n_fresh;
} Sums;

int open_sums(Collector *to) {
    to->sums = arena_zero(to->bound->arena, sizeof(Sums));
    return to->sums ? 0 : -1;
}

static inline double group_value(const Group *group, double x) {
    return group->factor * saturated(x, group->k1);
}

/* Adds what one list scores to the sums: a group of one list is saturated posting by posting. */
static void score_run(const Group *group, uint32_t first, uint32_t at, uint32_t end, double constant,
                      Sums *sums) {
    const Part *part = &group->parts[0];
    const List *list = part->list;
    const uint8_t *norms = list->field->norms;
    for (uint32_t i = at; i < end; i++) {
        const uint32_t doc = list->docs[i];
        const double x = list->tfs[i] * part->weights[norms ? norms[doc] : 0];
        sums->sums[doc - first] += group_value(group, x) + constant;
    }
}

/* Adds the weights of a list to those of its group. */
static void weigh_run(const Part *part, uint32_t first, uint32_t at, uint32_t end, Sums *sums) {
    const List *list = part->list;
    const uint8_t *norms = list->field->norms;
    for (uint32_t i = at; i < end; i++) {
        const uint32_t doc = list->docs[i], d = doc - first;
        double before = sums->x[d], more = list->tfs[i] * part->weights[norms ? norms[doc] : 0];
        /* What weighs nothing is there all the same, and is fresh once only. */
        sums->x[d] = before + (more > 0 ? more : DBL_MIN);
        sums->fresh[sums->n_fresh] = (uint16_t)d;
        sums->n_fresh += before == 0;
    }
}

static int add_list(const Group *group, const Part *part, uint32_t first, double constant, Sums *sums) {
    Run run = run_from(part->list, first, first + WINDOW_DOCS);
    uint32_t at, stop;
    int state;
    while ((state = run_next(&run, &at, &stop)) > 0) {
        if (group->n == 1)
            score_run(group, first, at, stop, constant, sums);
        else
            weigh_run(part, first, at, stop, sums);
    }
    return state;
}

static int add_word(const Node *node, uint32_t first, Sums *sums) {
    for (int g = 0; g < node->n_groups; g++) {
        const Group *group = &node->groups[g];
        double constant = g ? 0 : node->score;
        sums->n_fresh = 0;
        for (int i = 0; i < group->n; i++) {
            if (add_list(group, &group->parts[i], first, constant, sums) < 0) return -1;
        }
        for (uint32_t i = 0; i < sums->n_fresh; i++) {
            uint32_t d = sums->fresh[i];
            sums->sums[d] += group_value(group, sums->x[d]) + constant;
            sums->x[d] = 0;
        }
    }
    return 0;
}

/* A leaf that is no list, looked up for each document that matches. */
static void add_other(const Collector *to, Node *node, uint32_t first, Sums *sums) {
    for (uint32_t word = 0; word < WINDOW_DOCS / 64; word++) {
        uint64_t left = matches_of_word(to->bound, to->matches, first, word);
        for (; left; left &= left - 1) {
            uint32_t d = 64 * word + (uint32_t)__builtin_ctzll(left);
            sums->sums[d] += leaf_score(to->bound, node, first + d);
        }
    }
}

/* Looks up what was not added, for each document that still can enter. */
static int look_at_all(const Collector *to, uint32_t w, const Sums *sums) {
    const uint32_t first = w << WINDOW_BITS;
    const Leaves *all = to->all;
    double least = least_sum(to->top, all->rest);
    for (uint32_t word = 0; word < WINDOW_DOCS / 64; word++) {
        uint64_t left = matches_of_word(to->bound, to->matches, first, word);
        for (; left; left &= left - 1) {
            uint32_t d = 64 * word + (uint32_t)__builtin_ctzll(left);
            double score = sums->sums[d];
            if (score < least) continue;
            if (look_up(to, all->leaves + all->essential, all->n - all->essential, all->rest, w,
                        first + d, score) < 0)
                return -1;
            least = least_sum(to->top, all->rest);
        }
    }
    return 0;
}

int collect_sums(Collector *to, uint32_t w) {
    Sums *sums = to->sums;
    const uint32_t first = w << WINDOW_BITS;
    for (int i = 0; i < to->all->n; i++) {
        Node *node = to->all->planned[i];
        if (!node->is_essential) continue;
        if (node->op != WORD)
            add_other(to, node, first, sums);
        else if (add_word(node, first, sums) < 0)
            return -1;
    }
    if (look_at_all(to, w, sums) < 0) return -1;
    memset(sums->sums, 0, sizeof(sums->sums));
    return arena_bad(to->bound->arena) ? -1 : 0;
}
