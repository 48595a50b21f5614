/* Which documents of a segment a node matches. */
#include "sets.h"

/* The lists that decide what a word matches, none of them twice. */
static int word_lists(Bound *bound, const Node *node, List ***out) {
    int n = node->n_groups ? node->groups[0].n : 0;
    *out = arena_alloc(bound->arena, sizeof(List *) * ((size_t)n + 1));
    if (!*out) return -1;
    for (int i = 0; i < n; i++) (*out)[i] = node->groups[0].parts[i].list;
    return n;
}

/* The only list that decides what a node matches, NULL where there is not exactly one. */
static List *single_list(const Node *node) {
    if (node->op == WORD && node->n_groups && node->groups[0].n == 1)
        return node->groups[0].parts[0].list;
    if (node->op == TERMS && node->n_lists == 1) return node->lists[0];
    return NULL;
}

/* An upper bound of what a node matches, to begin with the rarest. */
static uint64_t estimate(const Bound *bound, const Node *node) {
    uint64_t total = 0;
    switch (node->op) {
        case WORD:
            for (int i = 0; node->n_groups && i < node->groups[0].n; i++)
                total += node->groups[0].parts[i].list->df;
            return total;
        case TERMS:
            for (int i = 0; i < node->n_lists; i++) total += node->lists[i]->df;
            return total;
        case POSITIONAL:
            for (int i = 0; i < node->n_lines; i++)
                total += node->lines[i].lists[node->lines[i].by_rarity[0]]->df;
            return total;
        case ALL:
            total = bound->docs;
            for (int i = 0; i < node->n_children; i++) {
                uint64_t one = estimate(bound, node->children[i]);
                if (one < total) total = one;
            }
            return total;
        case ANY:
            for (int i = 0; i < node->n_children; i++) total += estimate(bound, node->children[i]);
            return total;
        case CONSTANT: return estimate(bound, node->children[0]);
        default: return bound->docs;
    }
}
static int match_all(Bound *bound, Node *node) {
    List **lists = arena_alloc(bound->arena, sizeof(List *) * ((size_t)node->n_children + 1));
    Node **rest = arena_alloc(bound->arena, sizeof(Node *) * ((size_t)node->n_children + 1));
    int n_lists = 0, n_rest = 0;
    if (!lists || !rest) return -1;
    for (int i = 0; i < node->n_children; i++) {
        Node *child = node->children[i];
        List *list = single_list(child);
        if (list) {
            lists[n_lists++] = list;
            continue;
        }
        uint64_t size = estimate(bound, child);
        int place = n_rest++;
        for (; place > 0 && estimate(bound, rest[place - 1]) > size; place--)
            rest[place] = rest[place - 1];
        rest[place] = child;
    }
    Set set = {SET_ALL, 0, NULL, NULL};
    if (n_lists && intersect_lists(bound, lists, n_lists, &set) < 0) return -1;
    for (int i = 0; i < n_rest && set.kind != SET_NONE; i++) {
        Node *child = rest[i];
        if (child->op == RANGE && set.kind != SET_ALL) {
            if (set_keep_range(bound, &set, child) < 0) return -1;
            continue;
        }
        if (match_node(bound, child) < 0) return -1;
        if (set.kind == SET_ALL)
            set = copy_set(bound, &child->set);
        else if (set_keep(bound, &set, &child->set) < 0)
            return -1;
    }
    for (int i = 0; i < node->n_without; i++) {
        if (match_node(bound, node->without[i]) < 0 ||
            set_remove(bound, &set, &node->without[i]->set) < 0)
            return -1;
    }
    node->set = set;
    return arena_bad(bound->arena) ? -1 : 0;
}

/* Whether each line of a node has a term among the lists: it matches nothing that they do not. */
static int is_covered(const Node *node, List **lists, int n) {
    for (int l = 0; l < node->n_lines; l++) {
        const Line *line = &node->lines[l];
        int known = 0;
        for (int k = 0; k < line->n && !known; k++) {
            for (int i = 0; i < n && !known; i++) known = lists[i] == line->lists[k];
        }
        if (!known) return 0;
    }
    return 1;
}

/* Words and terms are united in one pass over their postings; what else there is, set by set. What
   stands together of those words is left for when it is scored. */
static int match_any(Bound *bound, Node *node) {
    if (node->at_least > 1) return match_some(bound, node);
    size_t room = 1;
    for (int i = 0; i < node->n_children; i++) {
        const Node *child = node->children[i];
        if (child->op == WORD && child->n_groups) room += (size_t)child->groups[0].n;
        if (child->op == TERMS) room += (size_t)child->n_lists;
    }
    List **lists = arena_alloc(bound->arena, sizeof(List *) * room);
    if (!lists) return -1;
    int n = 0;
    for (int i = 0; i < node->n_children; i++) {
        const Node *child = node->children[i];
        for (int k = 0; child->op == WORD && child->n_groups && k < child->groups[0].n; k++)
            lists[n++] = child->groups[0].parts[k].list;
        for (int k = 0; child->op == TERMS && k < child->n_lists; k++) lists[n++] = child->lists[k];
    }
    Set set = no_set();
    if (n && union_lists(bound, lists, n, &set) < 0) return -1;
    for (int i = 0; i < node->n_children; i++) {
        Node *child = node->children[i];
        if (child->op == WORD || child->op == TERMS) continue;
        if (child->op == POSITIONAL && is_covered(child, lists, n)) continue;
        if (match_node(bound, child) < 0 || set_add(bound, &set, &child->set) < 0) return -1;
    }
    node->set = set;
    return arena_bad(bound->arena) ? -1 : 0;
}

static int match_word(Bound *bound, Node *node) {
    List **lists;
    int n = word_lists(bound, node, &lists);
    return n < 0 ? -1 : union_lists(bound, lists, n, &node->set);
}

static int match_constant(Bound *bound, Node *node) {
    Node *child = node->children[0];
    if (match_node(bound, child) < 0) return -1;
    node->set = copy_set(bound, &child->set);
    return 0;
}

static int match_range(Bound *bound, Node *node) {
    node->set = (Set){SET_ALL, 0, NULL, NULL};
    return set_keep_range(bound, &node->set, node);
}

int match_node(Bound *bound, Node *node) {
    if (node->matched) return 0;
    node->matched = 1;
    int state = 0;
    switch (node->op) {
        case WORD: state = match_word(bound, node); break;
        case POSITIONAL: state = match_positional(bound, node); break;
        case TERMS: state = union_lists(bound, node->lists, node->n_lists, &node->set); break;
        case EXPANSION: state = match_expansion(bound, node); break;
        case RANGE: state = match_range(bound, node); break;
        case EVERY: node->set = (Set){SET_ALL, 0, NULL, NULL}; break;
        case ALL: state = match_all(bound, node); break;
        case ANY: state = match_any(bound, node); break;
        default: state = match_constant(bound, node); break;
    }
    return state < 0 || arena_bad(bound->arena) ? -1 : 0;
}
