/* The best documents of a segment, most of which need not be looked at.

   Documents are taken in windows. For each window and leaf there is a bound of what the leaf adds
   to any document of the window, from the impacts of the blocks. Windows come in the order of
   their bounds; in each, the leaves that can lift a document into the top are added up posting by
   posting and the others looked up, or all are looked up where few documents match. */
#include "search.h"

#include <float.h>
#include <stdlib.h>

/* Rounding must never hide a document: bounds are raised by this share. */
#define SLACK 1.000000001
#define FEW 192 /* documents that are looked up one by one, without windows */

static inline int is_full(const Top *top) { return top->is_full; }

/* Whether a document of that bound can still enter, by its score. */
static inline int can_enter(const Top *top, double bound) {
    return !is_full(top) || !(bound * SLACK < top->worst.score);
}

typedef struct {
    const Column *columns[4];
} KeyColumns;

static void find_columns(const Bound *bound, const Top *top, KeyColumns *out) {
    for (int i = 0; i < top->n_keys; i++) {
        out->columns[i] = top->keys[i].name ? segment_column(bound->segment, top->keys[i].name) : NULL;
    }
}

static inline int64_t key_of(const Top *top, const KeyColumns *columns, int i, uint32_t doc) {
    const Key *key = &top->keys[i];
    int64_t value = columns->columns[i] ? column_value(columns->columns[i], doc) : key->zero;
    return value == key->zero && key->has_zero_as ? key->zero_as : value;
}

static int push(Bound *bound, Top *top, const Hit *hit) {
    if (push_hit(top, hit) == 0) return 0;
    bound->arena->failed = 1;
    return -1;
}

static int push_scored(Bound *bound, Top *top, const KeyColumns *columns, uint32_t doc,
                       double score) {
    if (is_full(top) && score < top->worst.score) return 0;
    Hit hit = {.score = score, .doc = bound->base + doc, .code = code_of(bound, doc)};
    for (int i = 0; i < top->n_keys; i++) {
        if (top->keys[i].name) hit.keys[i] = key_of(top, columns, i, doc);
    }
    return push(bound, top, &hit);
}

/* ---- walking over matches ------------------------------------------------------------------- */

typedef struct {
    const Set *set;
    uint32_t at, docs;
    uint64_t left;
} Walk;

static Walk walk_from(const Bound *bound, const Set *set, uint32_t first, uint32_t end) {
    Walk walk = {set, first, end < bound->docs ? end : bound->docs, 0};
    if (set->kind == SET_BITS && first < walk.docs) {
        walk.left = set->bits[first >> 6] & (UINT64_MAX << (first & 63));
        walk.at = first >> 6;
    } else if (set->kind == SET_LIST) {
        uint32_t low = 0, high = set->n;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (set->docs[middle] < first)
                low = middle + 1;
            else
                high = middle;
        }
        walk.at = low;
    }
    return walk;
}

static inline int walk_next(Walk *walk, uint32_t *doc) {
    const Set *set = walk->set;
    if (set->kind == SET_BITS) {
        while (!walk->left) {
            if (64 * (uint64_t)(walk->at + 1) >= walk->docs) return 0;
            walk->left = set->bits[++walk->at];
        }
        *doc = 64 * walk->at + (uint32_t)__builtin_ctzll(walk->left);
        walk->left &= walk->left - 1;
        return *doc < walk->docs;
    }
    if (set->kind == SET_LIST) {
        if (walk->at >= set->n || set->docs[walk->at] >= walk->docs) return 0;
        *doc = set->docs[walk->at++];
        return 1;
    }
    if (set->kind == SET_NONE || walk->at >= walk->docs) return 0;
    *doc = walk->at++;
    return 1;
}

/* ---- one window ----------------------------------------------------------------------------- */

/* What is added up in a window. Sums only grow: a document that can enter is noted the first time
   that its sum comes to `alert`, and is looked at once all is added. */
typedef struct {
    double sums[WINDOW_DOCS];
    double x[WINDOW_DOCS]; /* zero between groups */
    uint16_t fresh[WINDOW_DOCS + 1]; /* documents of the group, in the order they came, and one more */
    uint16_t alerts[WINDOW_DOCS];
    uint32_t n_fresh, n_alerts;
    double alert;
} Sums;

static inline void add_sum(Sums *sums, uint32_t d, double more) {
    const double sum = sums->sums[d] + more;
    sums->sums[d] = sum;
    if (sum >= sums->alert) {
        if (sums->n_alerts < WINDOW_DOCS) sums->alerts[sums->n_alerts] = (uint16_t)d;
        sums->n_alerts++;
    }
}

/* Moves to the block that holds the first posting of the window: its place in the block. */
static int first_in_block(List *list, uint32_t first, uint32_t *at) {
    const uint32_t *docs = list->docs;
    uint32_t low = 0, high = list->n;
    while (docs[0] < first && low < high) {
        uint32_t middle = (low + high) / 2;
        if (docs[middle] < first)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return 0;
}

static inline uint32_t end_in_block(const List *list, uint32_t at, uint32_t end) {
    if (list->last < end) return list->n;
    while (at < list->n && list->docs[at] < end) at++;
    return at;
}

/* Scores of small tf by norm byte: what divisions would give, made once for a long list. */
#define TABLED 2
#define WORTH_TABLE 1024 /* postings */

static void make_table(Group *group, double constant, double *table) {
    const double *weights = group->parts[0].weights;
    for (int tf = 1; tf <= TABLED; tf++) {
        for (int norm = 0; norm < 256; norm++)
            table[256 * (tf - 1) + norm] =
                group->factor * saturated(tf * weights[norm], group->k1) + constant;
    }
}

static int prepare_tables(Bound *bound, const Leaves *all) {
    for (int i = 0; i < all->n; i++) {
        Node *node = all->leaves[i];
        for (int g = 0; node->op == WORD && g < node->n_groups; g++) {
            Group *group = &node->groups[g];
            if (group->n != 1 || group->parts[0].list->df < WORTH_TABLE) continue;
            group->table = arena_alloc(bound->arena, 8 * 256 * TABLED);
            if (!group->table) return -1;
            make_table(group, g ? 0 : node->score, group->table);
        }
    }
    return 0;
}

/* Adds what one list scores to the sums: a group of one list is saturated posting by posting. */
static void score_run(const Group *group, const Part *part, uint32_t first, uint32_t at,
                      uint32_t end, double constant, Sums *sums) {
    const List *list = part->list;
    const uint32_t *docs = list->docs, *tfs = list->tfs;
    const uint8_t *norms = list->field->norms;
    const double *weights = part->weights;
    const double k1 = group->k1, factor = group->factor * (k1 > 0 ? k1 + 1 : 1);
    const double *table = norms ? group->table : NULL;
    for (uint32_t i = at; i < end; i++) {
        uint32_t d = docs[i] - first;
        if (table && tfs[i] <= TABLED) {
            add_sum(sums, d, table[256 * (tfs[i] - 1) + norms[docs[i]]]);
        } else {
            double x = tfs[i] * weights[norms ? norms[docs[i]] : 0];
            add_sum(sums, d, (k1 > 0 ? factor * x / (x + k1) : factor * x) + constant);
        }
    }
}

/* Adds the weights of a list to those of its group. */
static void weigh_run(const Part *part, uint32_t first, uint32_t at, uint32_t end, Sums *sums) {
    const List *list = part->list;
    const uint32_t *docs = list->docs, *tfs = list->tfs;
    const uint8_t *norms = list->field->norms;
    for (uint32_t i = at; i < end; i++) {
        uint32_t d = docs[i] - first;
        double before = sums->x[d], more = tfs[i] * part->weights[norms ? norms[docs[i]] : 0];
        /* What weighs nothing is there all the same, and is fresh once only. */
        sums->x[d] = before + (more > 0 ? more : DBL_MIN);
        sums->fresh[sums->n_fresh] = (uint16_t)d;
        sums->n_fresh += before == 0;
    }
}

static int add_list(Bound *bound, const Group *group, const Part *part, uint32_t first,
                    double constant, Sums *sums) {
    List *list = part->list;
    uint32_t end = first + WINDOW_DOCS;
    uint32_t block = list->is_short ? 0 : list_block(list, first, 0);
    for (; block < list->blocks; block++) {
        uint32_t at;
        if (!list->is_short) {
            if (block_first(list, block) >= end) break;
            if (list_load(list, block) < 0) return -1;
            if (list_load_tfs(list, block) < 0) return -1;
        }
        first_in_block(list, first, &at);
        uint32_t stop = end_in_block(list, at, end);
        if (group->n == 1)
            score_run(group, part, first, at, stop, constant, sums);
        else
            weigh_run(part, first, at, stop, sums);
    }
    return arena_bad(bound->arena) ? -1 : 0;
}

static int add_word(Bound *bound, const Node *node, uint32_t first, Sums *sums) {
    for (int g = 0; g < node->n_groups; g++) {
        const Group *group = &node->groups[g];
        double constant = g ? 0 : node->score;
        sums->n_fresh = 0;
        for (int i = 0; i < group->n; i++) {
            if (add_list(bound, group, &group->parts[i], first, constant, sums) < 0) return -1;
        }
        for (uint32_t i = 0; i < sums->n_fresh; i++) {
            uint32_t d = sums->fresh[i];
            add_sum(sums, d, group->factor * saturated(sums->x[d], group->k1) + constant);
            sums->x[d] = 0;
        }
    }
    return 0;
}

/* Looks leaves up, those that may add most first, while the document can still enter. */
static int look_up(Bound *bound, Top *top, const KeyColumns *columns, Node **leaves, int n,
                   double rest, uint32_t w, uint32_t doc, double score) {
    for (int i = 0; i < n; i++) {
        if (!can_enter(top, score + rest)) return 0;
        rest -= leaves[i]->bounds[w];
        if (rest < 0) rest = 0;
        score += leaf_score(bound, leaves[i], doc);
    }
    return push_scored(bound, top, columns, doc, score);
}

/* Orders leaves by their bound in a window, lazy positions last. */
static void order_leaves(Leaves *all, uint32_t w) {
    for (int i = 1; i < all->n; i++) {
        Node *node = all->leaves[i];
        int lazy = node->op == POSITIONAL && !node->matched, place = i;
        for (; place > 0; place--) {
            Node *other = all->leaves[place - 1];
            int other_lazy = other->op == POSITIONAL && !other->matched;
            if (other_lazy < lazy || (other_lazy == lazy && other->bounds[w] >= node->bounds[w])) break;
            all->leaves[place] = other;
        }
        all->leaves[place] = node;
    }
}

/* Postings that adding a leaf up reads; of terms that stand together, those of the rarest. */
static uint64_t postings_in_window(const Bound *bound, const Node *node) {
    uint64_t total = 0;
    for (int i = 0; i < node->n_lines; i++) total += node->lines[i].lists[node->lines[i].by_rarity[0]]->df;
    for (int g = 0; g < node->n_groups; g++) {
        for (int i = 0; i < node->groups[g].n; i++) total += node->groups[g].parts[i].list->df;
    }
    return total * WINDOW_DOCS / (bound->docs + 1) + 64;
}

static uint32_t count_in_window(const Bound *bound, const Set *set, uint32_t first) {
    if (set->kind == SET_ALL) return WINDOW_DOCS;
    if (set->kind == SET_LIST) {
        Walk walk = walk_from(bound, set, first, first + WINDOW_DOCS);
        uint32_t count = 0, doc;
        while (walk_next(&walk, &doc)) count++;
        return count;
    }
    uint32_t count = 0, start = first >> 6, end = start + WINDOW_DOCS / 64;
    if (end > bound->words) end = bound->words;
    for (uint32_t i = start; i < end; i++) count += popcount64(set->bits[i]);
    return count;
}

/* How many leaves, in their order, must be added up so that the others cannot lift a document. */
static int essential_leaves(const Top *top, const Leaves *all, uint32_t w, double *rest) {
    double sum = 0;
    int n = all->n;
    while (n > 0) {
        double more = sum + all->leaves[n - 1]->bounds[w];
        if (!is_full(top) ? all->leaves[n - 1]->op == WORD : can_enter(top, more)) break;
        sum = more;
        n--;
    }
    *rest = sum;
    return n;
}

/* Adding a leaf up costs less than looking it up for each candidate, where it is not much longer
   than what is added up anyway. */
#define LOOK_UP_COST 1

static inline int is_added_up(const Node *node) {
    return node->op == WORD || (node->op == POSITIONAL && !node->matched);
}

static int add_cheap(const Bound *bound, Leaves *all, uint32_t w, int essential, double *rest) {
    uint64_t added = 0;
    for (int i = 0; i < essential; i++) added += postings_in_window(bound, all->leaves[i]);
    for (int i = essential; i < all->n; i++) {
        Node *node = all->leaves[i];
        uint64_t postings = postings_in_window(bound, node);
        if (!is_added_up(node) || postings > LOOK_UP_COST * added) continue;
        memmove(&all->leaves[essential + 1], &all->leaves[essential],
                sizeof(Node *) * (size_t)(i - essential));
        all->leaves[essential++] = node;
        added += postings;
        *rest = *rest > node->bounds[w] ? *rest - node->bounds[w] : 0;
    }
    return essential;
}

static int look_up_window(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches,
                          Leaves *all, uint32_t w) {
    uint32_t first = w << WINDOW_BITS, doc;
    Walk walk = walk_from(bound, matches, first, first + WINDOW_DOCS);
    while (walk_next(&walk, &doc)) {
        if (look_up(bound, top, columns, all->leaves, all->n, all->sums[w], w, doc, 0) < 0) return -1;
        if (arena_bad(bound->arena)) return -1;
    }
    return 0;
}

/* Documents of 64 of the window that match. */
static uint64_t candidates(const Bound *bound, const Set *matches, uint32_t first, uint32_t word) {
    uint32_t at = (first >> 6) + word;
    if (at >= bound->words) return 0;
    uint64_t found = matches->kind == SET_BITS ? matches->bits[at] : UINT64_MAX;
    if (at + 1 == bound->words && bound->docs % 64) found &= (1ull << (bound->docs % 64)) - 1;
    return found;
}

/* The sum from which on a document can enter, the leaves that were not added giving `rest`. */
static inline double least_sum(const Top *top, double rest) {
    return is_full(top) ? top->worst.score / SLACK - rest : -DBL_MAX;
}

/* Adds what the terms of a line weigh where they stand together, to documents that come to `least`:
   only those of the rarest term are looked at. */
static int weigh_line(Bound *bound, const Set *matches, Node *node, Line *line, uint32_t first, double least,
                      Sums *sums) {
    List *list = line->lists[line->by_rarity[0]];
    const uint8_t *norms = list->field->norms;
    uint32_t end = first + WINDOW_DOCS;
    uint32_t block = list->is_short ? 0 : list_block(list, first, 0);
    for (; block < list->blocks; block++) {
        uint32_t at;
        if (!list->is_short && (block_first(list, block) >= end || list_load(list, block) < 0)) break;
        first_in_block(list, first, &at);
        for (uint32_t stop = end_in_block(list, at, end); at < stop; at++) {
            uint32_t doc = list->docs[at], d = doc - first;
            if (sums->sums[d] < least || !set_has(matches, doc)) continue;
            int64_t count = line_count(bound, node, line, doc);
            if (count < 0) return -1;
            if (!count) continue;
            double before = sums->x[d], more = (double)count * line->weights[norms ? norms[doc] : 0];
            sums->x[d] = before + (more > 0 ? more : DBL_MIN);
            sums->fresh[sums->n_fresh] = (uint16_t)d;
            sums->n_fresh += before == 0;
        }
    }
    return arena_bad(bound->arena) ? -1 : 0;
}

static int add_positional(Bound *bound, const Set *matches, Node *node, uint32_t first, double least,
                          Sums *sums) {
    sums->n_fresh = 0;
    for (int l = 0; l < node->n_lines; l++) {
        if (weigh_line(bound, matches, node, &node->lines[l], first, least, sums) < 0) return -1;
    }
    for (uint32_t i = 0; i < sums->n_fresh; i++) {
        uint32_t d = sums->fresh[i];
        add_sum(sums, d, node->factor * saturated(sums->x[d], node->k1));
        sums->x[d] = 0;
    }
    return 0;
}

static void add_looked_up(Bound *bound, const Set *matches, Node *node, uint32_t first, double least,
                          Sums *sums) {
    for (uint32_t word = 0; word < WINDOW_DOCS / 64; word++) {
        uint64_t left = candidates(bound, matches, first, word);
        for (; left; left &= left - 1) {
            uint32_t d = 64 * word + (uint32_t)__builtin_ctzll(left);
            if (sums->sums[d] >= least) add_sum(sums, d, leaf_score(bound, node, first + d));
        }
    }
}

/* Adds the leaves that are no lists, for documents that match and can still enter: 0 or -1. */
static int add_others(Bound *bound, const Top *top, const Set *matches, const Leaves *all, int essential,
                      uint32_t w, double rest, Sums *sums) {
    const uint32_t first = w << WINDOW_BITS;
    for (int i = 0; i < essential; i++) {
        if (all->leaves[i]->op != WORD) rest += all->leaves[i]->bounds[w];
    }
    for (int i = 0; i < essential; i++) {
        Node *node = all->leaves[i];
        if (node->op == WORD) continue;
        double least = least_sum(top, rest);
        if (node->op != POSITIONAL || node->matched) {
            add_looked_up(bound, matches, node, first, least, sums);
        } else if (add_positional(bound, matches, node, first, least, sums) < 0) {
            return -1;
        }
        rest -= node->bounds[w];
    }
    return 0;
}

/* What the windows of a segment are collected with. */
typedef struct {
    Bound *bound;
    Top *top;
    const KeyColumns *columns;
    const Set *matches;
    Leaves *all;
    Sums *sums;
} Collector;

/* Looks up what was not added, for each document that was noted. */
static int look_at_alerts(Collector *to, uint32_t w, int essential, double rest) {
    Sums *sums = to->sums;
    const uint32_t first = w << WINDOW_BITS;
    for (uint32_t i = 0; i < sums->n_alerts; i++) {
        uint32_t d = sums->alerts[i];
        double score = sums->sums[d];
        if (score < least_sum(to->top, rest) || !set_has(to->matches, first + d)) continue;
        sums->sums[d] = -DBL_MAX; /* once */
        if (look_up(to->bound, to->top, to->columns, to->all->leaves + essential,
                    to->all->n - essential, rest, w, first + d, score) < 0)
            return -1;
    }
    return 0;
}

static int look_at_all(Collector *to, uint32_t w, int essential, double rest) {
    const uint32_t first = w << WINDOW_BITS;
    double least = least_sum(to->top, rest);
    for (uint32_t word = 0; word < WINDOW_DOCS / 64; word++) {
        uint64_t left = candidates(to->bound, to->matches, first, word);
        for (; left; left &= left - 1) {
            uint32_t d = 64 * word + (uint32_t)__builtin_ctzll(left);
            double score = to->sums->sums[d];
            if (score < least) continue;
            if (look_up(to->bound, to->top, to->columns, to->all->leaves + essential,
                        to->all->n - essential, rest, w, first + d, score) < 0)
                return -1;
            least = least_sum(to->top, rest);
        }
    }
    return 0;
}

static int add_up_window(Collector *to, uint32_t w, int essential, double rest) {
    Bound *bound = to->bound;
    Sums *sums = to->sums;
    const uint32_t first = w << WINDOW_BITS;
    sums->n_alerts = 0;
    sums->alert = is_full(to->top) ? least_sum(to->top, rest) : DBL_MAX;
    for (int i = 0; i < essential; i++) {
        Node *node = to->all->leaves[i];
        if (node->op == WORD && add_word(bound, node, first, sums) < 0) return -1;
    }
    if (add_others(bound, to->top, to->matches, to->all, essential, w, rest, sums) < 0) return -1;
    int noted = is_full(to->top) && sums->alert > 0 && sums->n_alerts <= WINDOW_DOCS;
    if ((noted ? look_at_alerts(to, w, essential, rest) : look_at_all(to, w, essential, rest)) < 0)
        return -1;
    memset(sums->sums, 0, sizeof(sums->sums));
    return arena_bad(bound->arena) ? -1 : 0;
}

static int collect_window(Collector *to, uint32_t w) {
    Bound *bound = to->bound;
    Top *top = to->top;
    const Set *matches = to->matches;
    Leaves *all = to->all;
    uint32_t count = count_in_window(bound, matches, w << WINDOW_BITS);
    if (!count) return 0;
    order_leaves(all, w);
    double rest;
    int essential = essential_leaves(top, all, w, &rest);
    essential = add_cheap(bound, all, w, essential, &rest);
    uint64_t adding = 0, looking = 0;
    for (int i = 0; i < all->n; i++) {
        const Node *node = all->leaves[i];
        uint64_t lists = 1;
        for (int g = 0; g < node->n_groups; g++) lists += (uint64_t)node->groups[g].n;
        looking += lists * count * 12;
        if (i < essential)
            adding += is_added_up(node) ? 3 * postings_in_window(bound, node) : 20 * count;
    }
    /* A list of matches is short; the sums are taken through bits. */
    if (matches->kind == SET_LIST || looking < adding)
        return look_up_window(bound, top, to->columns, matches, all, w);
    return add_up_window(to, w, essential, rest);
}

/* ---- orders --------------------------------------------------------------------------------- */

typedef struct {
    double bound;
    uint32_t window;
} Ranked;

static int compare_ranked(const void *a, const void *b) {
    const Ranked *x = a, *y = b;
    if (x->bound != y->bound) return x->bound < y->bound ? 1 : -1;
    return (x->window > y->window) - (x->window < y->window);
}

static int collect_windows(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches,
                           Leaves *all) {
    if (prepare_bounds(bound, all) < 0 || prepare_tables(bound, all) < 0) return -1;
    Ranked *order = arena_alloc(bound->arena, sizeof(Ranked) * ((size_t)all->windows + 1));
    if (!order) return -1;
    for (uint32_t w = 0; w < all->windows; w++) order[w] = (Ranked){all->sums[w], w};
    Sums *sums = arena_zero(bound->arena, sizeof(Sums));
    if (!sums) return -1;
    Collector to = {bound, top, columns, matches, all, sums};
    qsort(order, all->windows, sizeof(Ranked), compare_ranked);
    for (uint32_t i = 0; i < all->windows; i++) {
        if (!can_enter(top, order[i].bound)) return 0;
        if (collect_window(&to, order[i].window) < 0) return -1;
    }
    return 0;
}

static int collect_each(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches) {
    Walk walk = walk_from(bound, matches, 0, bound->docs);
    uint32_t doc;
    while (walk_next(&walk, &doc)) {
        double score;
        node_score(bound, bound->root, doc, &score);
        if (push_scored(bound, top, columns, doc, score) < 0 || arena_bad(bound->arena)) return -1;
    }
    return 0;
}

/* All that match score the same: the first are the best, unless a column says otherwise. */
static int collect_same(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches,
                        double score) {
    Walk walk = walk_from(bound, matches, 0, bound->docs);
    uint32_t doc;
    while (walk_next(&walk, &doc)) {
        if (top->n_keys == 1 && is_full(top) && !(score > top->worst.score)) return 0;
        if (push_scored(bound, top, columns, doc, score) < 0) return -1;
    }
    return 0;
}

/* Pushes a document whose first key is known, unless the worst is better. */
static int push_sorted(Bound *bound, Top *top, const KeyColumns *columns, uint32_t doc,
                       int64_t first) {
    if (is_full(top)) {
        int64_t worst = top->worst.keys[0];
        if (top->keys[0].descending ? first < worst : first > worst) return 0;
        if (top->n_keys == 1 && first == worst && bound->base + doc > top->worst.doc) return 0;
    }
    Hit hit = {.doc = bound->base + doc, .code = code_of(bound, doc), .keys = {first}};
    for (int i = 1; i < top->n_keys; i++) {
        if (top->keys[i].name) hit.keys[i] = key_of(top, columns, i, doc);
    }
    if (top->has_score) node_score(bound, bound->root, doc, &hit.score);
    return push(bound, top, &hit) < 0 || arena_bad(bound->arena) ? -1 : 0;
}

/* Bits over a column of four bytes, as days are: most documents cost one comparison. */
static int collect_sorted_bits(Bound *bound, Top *top, const KeyColumns *columns,
                               const Set *matches) {
    const uint8_t *values = columns->columns[0]->values;
    const int descending = top->keys[0].descending;
    int64_t worst = 0;
    int full = 0;
    for (uint32_t w = 0; w < bound->words; w++) {
        for (uint64_t left = matches->bits[w]; left; left &= left - 1) {
            uint32_t doc = 64 * w + (uint32_t)__builtin_ctzll(left);
            int64_t first = load_u32(values + 4 * (size_t)doc);
            if (full && (descending ? first < worst : first > worst)) continue;
            if (push_sorted(bound, top, columns, doc, first) < 0) return -1;
            full = is_full(top);
            worst = top->worst.keys[0];
        }
    }
    return 0;
}

static int collect_sorted(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches) {
    const Column *column = columns->columns[0];
    if (column && column->type == 'I' && !top->keys[0].has_zero_as && matches->kind == SET_BITS)
        return collect_sorted_bits(bound, top, columns, matches);
    Walk walk = walk_from(bound, matches, 0, bound->docs);
    uint32_t doc;
    while (walk_next(&walk, &doc)) {
        if (push_sorted(bound, top, columns, doc, key_of(top, columns, 0, doc)) < 0) return -1;
    }
    return 0;
}

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

/* One list decides and scores: whole blocks are left out by their impacts. */
static int collect_list(Bound *bound, Top *top, const KeyColumns *columns) {
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

int collect_top(Bound *bound, Top *top, const Set *matches, int only_leaf) {
    KeyColumns columns;
    if (!top->limit || (matches && matches->kind == SET_NONE)) return 0;
    find_columns(bound, top, &columns);
    if (!top->score_first) return collect_sorted(bound, top, &columns, matches);
    if (only_leaf) return collect_list(bound, top, &columns);
    if (!is_flat(bound->root, 0)) return collect_each(bound, top, &columns, matches);
    Leaves all = {0};
    if (prepare_leaves(bound, &all) < 0) return -1;
    for (int i = 0; i < all.n; i++) {
        Node *node = all.leaves[i];
        if (node->op == WORD || node->op == POSITIONAL || node->op == RANGE) continue;
        if (match_node(bound, node) < 0) return -1;
    }
    if (!all.n) return collect_same(bound, top, &columns, matches, 0);
    if (all.n == 1 && all.leaves[0] == bound->root && bound->root->op != WORD &&
        bound->root->op != POSITIONAL)
        return collect_same(bound, top, &columns, matches, bound->root->score);
    if (matches->kind == SET_LIST && matches->n <= FEW)
        return collect_each(bound, top, &columns, matches);
    return collect_windows(bound, top, &columns, matches, &all);
}
