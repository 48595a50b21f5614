/* The best documents of a search of several leaves, window by window.

   For each window and leaf there is a bound of what the leaf adds to any document of the window, from
   the impacts of the blocks. In each window the leaves that can lift a document into the top are
   added up posting by posting and the others looked up, or all are looked up where few documents
   match. */
#include "top.h"

int look_up(const Collector *to, Node **leaves, int n, double rest, uint32_t w, uint32_t doc,
            double score) {
    for (int i = 0; i < n; i++) {
        if (!can_enter(to->top, score + rest)) return 0;
        rest -= leaves[i]->bounds[w];
        if (rest < 0) rest = 0;
        score += leaf_score(to->bound, leaves[i], doc);
    }
    if (!can_enter(to->top, score)) return 0;
    /* The order of the leaves differs from window to window; that of the plan makes equals equal. */
    if (n == to->all->n) node_score(to->bound, to->bound->root, doc, &score);
    return push_scored(to->bound, to->top, to->columns, doc, score);
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

uint64_t postings_in_window(const Bound *bound, const Node *node) {
    uint64_t total = 0;
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
    uint32_t start = first >> 6, left = bound->words - start;
    return count_bits(set->bits + start, left < WINDOW_DOCS / 64 ? left : WINDOW_DOCS / 64);
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

static void add_cheap(const Bound *bound, Leaves *all, uint32_t w) {
    uint64_t added = 0;
    for (int i = 0; i < all->essential; i++) added += postings_in_window(bound, all->leaves[i]);
    for (int i = all->essential; i < all->n; i++) {
        Node *node = all->leaves[i];
        uint64_t postings = postings_in_window(bound, node);
        if (node->op != WORD || postings > LOOK_UP_COST * added) continue;
        memmove(&all->leaves[all->essential + 1], &all->leaves[all->essential],
                sizeof(Node *) * (size_t)(i - all->essential));
        all->leaves[all->essential++] = node;
        added += postings;
        all->rest = all->rest > node->bounds[w] ? all->rest - node->bounds[w] : 0;
    }
}

static int look_up_window(const Collector *to, uint32_t w) {
    Bound *bound = to->bound;
    Leaves *all = to->all;
    uint32_t first = w << WINDOW_BITS, doc;
    Walk walk = walk_from(bound, to->matches, first, first + WINDOW_DOCS);
    while (walk_next(&walk, &doc)) {
        if (look_up(to, all->leaves, all->n, all->sums[w], w, doc, 0) < 0) return -1;
        if (arena_bad(bound->arena)) return -1;
    }
    return 0;
}

uint64_t matches_of_word(const Bound *bound, const Set *matches, uint32_t first, uint32_t word) {
    uint32_t at = (first >> 6) + word;
    if (at >= bound->words) return 0;
    uint64_t found = matches->kind == SET_BITS ? matches->bits[at] : UINT64_MAX;
    if (at + 1 == bound->words && bound->docs % 64) found &= (1ull << (bound->docs % 64)) - 1;
    return found;
}

static int collect_window(Collector *to, uint32_t w) {
    const Bound *bound = to->bound;
    Leaves *all = to->all;
    const uint64_t count = count_in_window(bound, to->matches, w << WINDOW_BITS);
    if (!count) return 0;
    order_leaves(all, w);
    all->essential = essential_leaves(to->top, all, w, &all->rest);
    add_cheap(bound, all, w);
    for (int i = 0; i < all->n; i++) all->leaves[i]->is_essential = i < all->essential;
    uint64_t adding = 0, looking = 0;
    for (int i = 0; i < all->n; i++) {
        const Node *node = all->leaves[i];
        uint64_t lists = 1;
        for (int g = 0; g < node->n_groups; g++) lists += (uint64_t)node->groups[g].n;
        looking += lists * count * 12;
        if (i < all->essential)
            adding += node->op == WORD ? 3 * postings_in_window(bound, node) : 20 * count;
    }
    /* A list of matches is short; the sums are taken through bits. */
    if (to->matches->kind == SET_LIST || looking < adding) return look_up_window(to, w);
    return to->steps ? collect_steps(to, w) : collect_sums(to, w);
}

int collect_windows(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches,
                    Leaves *all) {
    Collector to = {.bound = bound, .top = top, .columns = columns, .matches = matches, .all = all};
    if (prepare_bounds(bound, all) < 0) return -1;
    const int rounds = open_steps(&to);
    if (rounds < 0 || (!rounds && open_sums(&to) < 0)) return -1;
    /* The window of the highest bound first: what it holds leaves others out. */
    uint32_t best = 0;
    for (uint32_t w = 1; w < all->windows; w++) best = all->sums[w] > all->sums[best] ? w : best;
    if (collect_window(&to, best) < 0) return -1;
    for (uint32_t w = 0; w < all->windows; w++) {
        if (w != best && can_enter(top, all->sums[w]) && collect_window(&to, w) < 0) return -1;
    }
    return 0;
}
