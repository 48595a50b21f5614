/* The best documents of a search of one word. */
#include "top.h"

/* The least weight whose score can enter, so that most postings need no division. */
static double least_weight(const Top *top, const Group *group, double constant) {
    if (!is_full(top)) return 0;
    double score = (top->worst.score - constant) / SLACK, k1 = group->k1;
    if (k1 <= 0) return group->factor > 0 ? score / group->factor : 0;
    double most = group->factor * (k1 + 1);
    return score < most ? k1 * score / (most - score) / SLACK : score > 0 ? DBL_MAX : 0;
}

static int score_block(Bound *bound, Top *top, const KeyColumns *columns, const Group *group,
                       double constant) {
    const Part *part = &group->parts[0];
    const List *list = part->list;
    const uint8_t *norms = list->field->norms;
    double least = least_weight(top, group, constant);
    for (uint32_t i = 0; i < list->n; i++) {
        uint32_t doc = list->docs[i];
        double x = list->tfs[i] * part->weights[norms ? norms[doc] : 0];
        if (x < least) continue;
        double score = group->factor * saturated(x, group->k1) + constant;
        if (push_scored(bound, top, columns, doc, score) < 0) return -1;
        least = least_weight(top, group, constant);
    }
    return 0;
}

int collect_list(Bound *bound, Top *top, const KeyColumns *columns) {
    Group *group = &bound->root->groups[0];
    Part *part = &group->parts[0];
    List *list = part->list;
    double constant = bound->root->score;
    double *bounds = arena_alloc(bound->arena, 8 * (size_t)list->blocks);
    if (!bounds) return -1;
    double best = 0;
    for (uint32_t block = 0; block < list->blocks; block++) {
        bounds[block] = list->is_short ? 0 : block_weight(list, part->weights, block);
        bounds[block] = group->factor * saturated(bounds[block], group->k1) + constant;
        if (bounds[block] > best) best = bounds[block];
    }
    /* The blocks of the highest bounds first: what they hold leaves most others out. */
    for (int pass = list->blocks > 16 ? 0 : 1; pass < 2; pass++) {
        double least = pass ? 0 : 0.9 * best;
        for (uint32_t block = 0; block < list->blocks; block++) {
            if (!list->is_short && (bounds[block] < least || bounds[block] < 0)) continue;
            if (!list->is_short) {
                if (!can_enter(top, bounds[block])) continue;
                if (list_load(list, block) < 0) return -1;
                if (list_load_tfs(list, block) < 0) return -1;
                bounds[block] = -1;
            }
            if (score_block(bound, top, columns, group, constant) < 0) return -1;
        }
    }
    return 0;
}

