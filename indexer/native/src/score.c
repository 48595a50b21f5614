/* What a document scores, looked up document by document. */
#include "search.h"

static double group_score(Group *group, uint32_t doc, int *found) {
    double x = 0;
    for (int i = 0; i < group->n; i++) {
        Part *part = &group->parts[i];
        if (list_seek(part->list, doc) <= 0) continue;
        x += part_weight(part, doc, list_tf(part->list));
        *found = 1;
    }
    return group->factor * saturated(x, group->k1);
}

static double word_score(Node *node, uint32_t doc, int *found) {
    double score = 0;
    for (int g = 0; g < node->n_groups; g++) {
        int any = 0;
        score += group_score(&node->groups[g], doc, &any);
        if (!g && !any) return 0;
        *found |= any;
    }
    return *found ? score + node->score : 0;
}

/* Looks up in an ascending list, beginning where the last look-up ended. */
static int find_from(Node *node, uint32_t doc) {
    const Set *set = &node->set;
    uint32_t at = node->at;
    if (at >= set->n || set->docs[at] > doc) at = 0;
    uint32_t step = 1, high = at;
    while (high < set->n && set->docs[high] < doc) {
        at = high + 1;
        high += step;
        step *= 2;
    }
    if (high > set->n) high = set->n;
    while (at < high) {
        uint32_t middle = at + (high - at) / 2;
        if (set->docs[middle] < doc)
            at = middle + 1;
        else
            high = middle;
    }
    node->at = at;
    return at < set->n && set->docs[at] == doc;
}

static int leaf(Bound *bound, Node *node, uint32_t doc, double *score) {
    int found = 0;
    *score = 0;
    switch (node->op) {
        case WORD:
            *score = word_score(node, doc, &found);
            return found;
        case POSITIONAL:
            if (!node->matched) return positional_score(bound, node, doc, score);
            found = find_from(node, doc);
            if (found) *score = node->scores[node->at];
            return found;
        case RANGE: {
            if (!node->column) return 0;
            int64_t value = column_value(node->column, doc);
            found = value >= node->low && value <= node->high;
            break;
        }
        case EVERY: found = 1; break;
        default:
            if (match_node(bound, node) < 0) return 0;
            found = node->set.kind == SET_LIST ? find_from(node, doc) : set_has(&node->set, doc);
    }
    *score = found ? node->score : 0;
    return found;
}

double leaf_score(Bound *bound, Node *node, uint32_t doc) {
    double score;
    leaf(bound, node, doc, &score);
    return score;
}

static int all_score(Bound *bound, Node *node, uint32_t doc, double *score) {
    double one;
    for (int i = 0; i < node->n_children; i++) {
        if (!node_score(bound, node->children[i], doc, &one)) return 0;
        *score += one;
    }
    for (int i = 0; i < node->n_without; i++) {
        if (node_score(bound, node->without[i], doc, &one)) return 0;
    }
    for (int i = 0; i < node->n_maybe; i++) {
        if (node_score(bound, node->maybe[i], doc, &one)) *score += one;
    }
    return 1;
}

int node_score(Bound *bound, Node *node, uint32_t doc, double *score) {
    *score = 0;
    if (node->op == ALL) return all_score(bound, node, doc, score);
    if (node->op != ANY) return leaf(bound, node, doc, score);
    int found = 0;
    for (int i = 0; i < node->n_children; i++) {
        double one;
        if (!node_score(bound, node->children[i], doc, &one)) continue;
        found += child_weight(node, i);
        *score += one;
    }
    return found >= node->at_least;
}

/* Whether the score of a document that the root matches is the sum of all leaves it holds. */
int is_flat(const Node *node, int under_any) {
    if (node->op == ALL) {
        if (under_any && (node->n_children != 1 || node->n_without || node->n_maybe)) return 0;
        for (int i = 0; i < node->n_children; i++) {
            if (!is_flat(node->children[i], under_any)) return 0;
        }
        for (int i = 0; i < node->n_maybe; i++) {
            if (!is_flat(node->maybe[i], 1)) return 0;
        }
    } else if (node->op == ANY) {
        if (under_any && node->at_least > 1) return 0;
        for (int i = 0; i < node->n_children; i++) {
            if (!is_flat(node->children[i], 1)) return 0;
        }
    }
    return 1;
}
