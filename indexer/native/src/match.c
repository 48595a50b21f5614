/* Which documents of a segment a node matches: lists where they are few, bits where many. */
#include "bitpack.h"
#include "search.h"

#include <stdlib.h>

/* Fewer postings than documents / this are kept as a list. */
#define LIST_SHARE 48
/* More documents than this of several lists are not sorted: bits order them. */
#define MOST_SORTED 192

static Set none(void) { return (Set){SET_NONE, 0, NULL, NULL}; }

static uint64_t *new_bits(Bound *bound) {
    return arena_zero(bound->arena, 8 * (size_t)bound->words);
}

static inline void set_bit(uint64_t *bits, uint32_t doc) { bits[doc >> 6] |= 1ull << (doc & 63); }
static inline int has_bit(const uint64_t *bits, uint32_t doc) {
    return (int)(bits[doc >> 6] >> (doc & 63) & 1);
}

uint32_t set_count(const Bound *bound, const Set *set) {
    if (set->kind == SET_LIST) return set->n;
    if (set->kind == SET_ALL) return bound->docs;
    if (set->kind == SET_NONE) return 0;
    uint64_t count = 0;
    for (uint32_t i = 0; i < bound->words; i++) count += popcount64(set->bits[i]);
    return (uint32_t)count;
}

int set_has(const Set *set, uint32_t doc) {
    if (set->kind == SET_BITS) return has_bit(set->bits, doc);
    if (set->kind == SET_ALL) return 1;
    uint32_t low = 0, high = set->kind == SET_LIST ? set->n : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (set->docs[middle] < doc)
            low = middle + 1;
        else
            high = middle;
    }
    return set->kind == SET_LIST && low < set->n && set->docs[low] == doc;
}

int set_to_bits(Bound *bound, Set *set) {
    if (set->kind == SET_BITS) return 0;
    uint64_t *bits = new_bits(bound);
    if (!bits) return -1;
    if (set->kind == SET_LIST) {
        for (uint32_t i = 0; i < set->n; i++) set_bit(bits, set->docs[i]);
    } else if (set->kind == SET_ALL) {
        memset(bits, 255, 8 * (size_t)bound->words);
        if (bound->docs % 64) bits[bound->words - 1] = (1ull << (bound->docs % 64)) - 1;
    }
    *set = (Set){SET_BITS, 0, NULL, bits};
    return 0;
}

int set_remove_deleted(Bound *bound, Set *set) {
    const Segment *segment = bound->segment;
    if (!segment->n_deleted || set->kind == SET_NONE) return 0;
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            if (!is_deleted(segment, set->docs[i])) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    size_t bytes = ((size_t)bound->docs + 7) / 8;
    uint8_t *bits = (uint8_t *)set->bits;
    for (size_t i = 0; i < bytes; i++) bits[i] &= (uint8_t)~segment->deleted[i];
    return 0;
}

/* ---- unions of postings --------------------------------------------------------------------- */

/* One byte a document: stores to it do not wait for one another as those to bits do. */
static int map_list(uint8_t *map, List *list) {
    for (uint32_t block = 0; block < list->blocks; block++) {
        if (!list->is_short && list_load(list, block) < 0) return -1;
        const uint32_t *docs = list->docs;
        uint32_t n = list->n;
        for (uint32_t i = 0; i < n; i++) map[docs[i]] = 1;
    }
    return 0;
}

/* Bits of the bytes that are at least `least`. */
static uint64_t *bits_of_map(Bound *bound, const uint8_t *map, int least) {
    uint64_t *bits = arena_alloc(bound->arena, 8 * (size_t)bound->words);
    if (!bits) return NULL;
    const uint8_t threshold = (uint8_t)least;
    for (uint32_t w = 0; w < bound->words; w++) {
        uint64_t word = 0;
        const uint8_t *at = map + 64 * (size_t)w;
#if defined(__SSE2__)
        typedef char v16 __attribute__((vector_size(16)));
        typedef unsigned char v16u __attribute__((vector_size(16)));
        for (int k = 0; k < 4; k++) {
            v16u bytes;
            memcpy(&bytes, at + 16 * k, 16);
            v16 wanted = (v16)(bytes >= ((v16u){0} + threshold));
            word |= (uint64_t)(uint32_t)__builtin_ia32_pmovmskb128(wanted) << (16 * k);
        }
#else
        for (int k = 0; k < 64; k++) word |= (uint64_t)(at[k] >= threshold) << k;
#endif
        bits[w] = word;
    }
    return bits;
}

static uint8_t *new_map(Bound *bound) {
    return arena_zero(bound->arena, 64 * (size_t)bound->words);
}

static int compare_docs(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t unique_docs(uint32_t *docs, uint32_t n) {
    qsort(docs, n, 4, compare_docs);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!kept || docs[kept - 1] != docs[i]) docs[kept++] = docs[i];
    }
    return kept;
}

static uint32_t copy_docs(List *list, uint32_t *out) {
    uint32_t n = 0;
    for (uint32_t block = 0; block < list->blocks; block++) {
        if (!list->is_short && list_load(list, block) < 0) return n;
        memcpy(out + n, list->docs, 4 * (size_t)list->n);
        n += list->n;
    }
    return n;
}

static int union_as_list(Bound *bound, List **lists, int n, uint64_t total, Set *set) {
    uint32_t *docs = arena_alloc(bound->arena, 4 * (size_t)total + 4);
    if (!docs) return -1;
    uint32_t used = 0;
    for (int i = 0; i < n; i++) used += copy_docs(lists[i], docs + used);
    if (n > 1) used = unique_docs(docs, used);
    *set = (Set){SET_LIST, used, docs, NULL};
    return arena_bad(bound->arena) ? -1 : 0;
}

static int add_to_bits(Bound *bound, uint64_t *bits, List *list) {
    const Dense *dense = list_dense(list);
    if (dense) {
        for (uint32_t w = 0; w < bound->words; w++) bits[w] |= dense->bits[w];
        return 0;
    }
    for (uint32_t block = 0; block < list->blocks; block++) {
        if (!list->is_short && list_load(list, block) < 0) return -1;
        for (uint32_t i = 0; i < list->n; i++) set_bit(bits, list->docs[i]);
    }
    return 0;
}

static int union_lists(Bound *bound, List **lists, int n, Set *set) {
    uint64_t total = 0;
    for (int i = 0; i < n; i++) total += lists[i]->df;
    if (!total) {
        *set = none();
        return 0;
    }
    if (total < bound->docs / LIST_SHARE + 16 && (n == 1 || total <= MOST_SORTED))
        return union_as_list(bound, lists, n, total, set);
    uint64_t *bits = new_bits(bound);
    if (!bits) return -1;
    for (int i = 0; i < n; i++) {
        if (add_to_bits(bound, bits, lists[i]) < 0) return -1;
    }
    *set = (Set){SET_BITS, 0, NULL, bits};
    return arena_bad(bound->arena) ? -1 : 0;
}

/* The lists that decide what a word matches, none of them twice. */
static int word_lists(Bound *bound, const Node *node, List ***out) {
    int n = node->n_groups ? node->groups[0].n : 0;
    *out = arena_alloc(bound->arena, sizeof(List *) * ((size_t)n + 1));
    if (!*out) return -1;
    for (int i = 0; i < n; i++) (*out)[i] = node->groups[0].parts[i].list;
    return n;
}

/* ---- intersections -------------------------------------------------------------------------- */

static int keep_in_list(Set *set, List *list) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        int found = list_seek(list, set->docs[i]);
        if (found < 0) return -1;
        if (found) set->docs[kept++] = set->docs[i];
    }
    set->n = kept;
    return 0;
}

static int keep_common(Bound *bound, Set *set, const Set *other) {
    if (other->kind == SET_ALL) return 0;
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            if (set_has(other, set->docs[i])) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (other->kind == SET_NONE) {
        *set = none();
        return 0;
    }
    if (other->kind == SET_LIST) {
        uint32_t *docs = arena_alloc(bound->arena, 4 * (size_t)other->n + 4), kept = 0;
        if (!docs) return -1;
        for (uint32_t i = 0; i < other->n; i++) {
            if (set_has(set, other->docs[i])) docs[kept++] = other->docs[i];
        }
        *set = (Set){SET_LIST, kept, docs, NULL};
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    for (uint32_t w = 0; w < bound->words; w++) set->bits[w] &= other->bits[w];
    return 0;
}

static int remove_common(Bound *bound, Set *set, const Set *other) {
    if (other->kind == SET_NONE || set->kind == SET_NONE) return 0;
    if (other->kind == SET_ALL) {
        *set = none();
        return 0;
    }
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            if (!set_has(other, set->docs[i])) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    if (other->kind == SET_BITS) {
        for (uint32_t w = 0; w < bound->words; w++) set->bits[w] &= ~other->bits[w];
    } else {
        for (uint32_t i = 0; i < other->n; i++)
            set->bits[other->docs[i] >> 6] &= ~(1ull << (other->docs[i] & 63));
    }
    return 0;
}

Set copy_set(Bound *bound, const Set *set) {
    Set copy = *set;
    size_t size = set->kind == SET_LIST ? 4 * (size_t)set->n + 4 : 8 * (size_t)bound->words;
    void *data = set->kind == SET_LIST || set->kind == SET_BITS ? arena_alloc(bound->arena, size)
                                                                : NULL;
    if (!data) return copy;
    if (set->kind == SET_LIST) {
        if (set->n) memcpy(data, set->docs, 4 * (size_t)set->n);
        copy.docs = data;
    } else {
        memcpy(data, set->bits, size);
        copy.bits = data;
    }
    return copy;
}

/* The only list that decides what a node matches, NULL where there is not exactly one. */
static List *single_list(const Node *node) {
    if (node->op == WORD && node->n_groups && node->groups[0].n == 1)
        return node->groups[0].parts[0].list;
    if (node->op == TERMS && node->n_lists == 1) return node->lists[0];
    return NULL;
}

/* Intersects lists, the rarest first. Where even that is dense, whole words of bits at a time. */
static int intersect_lists(Bound *bound, List **lists, int n, Set *set) {
    for (int i = 1; i < n; i++) {
        List *list = lists[i];
        int place = i;
        for (; place > 0 && lists[place - 1]->df > list->df; place--)
            lists[place] = lists[place - 1];
        lists[place] = list;
    }
    const Dense *rarest = list_dense(lists[0]);
    if (!rarest && union_as_list(bound, lists, 1, lists[0]->df, set) < 0) return -1;
    if (rarest) {
        *set = (Set){SET_BITS, 0, NULL, arena_alloc(bound->arena, 8 * (size_t)bound->words)};
        if (!set->bits) return -1;
        memcpy(set->bits, rarest->bits, 8 * (size_t)bound->words);
    }
    for (int i = 1; i < n; i++) {
        const Dense *dense = list_dense(lists[i]);
        if (dense) {
            Set other = {SET_BITS, 0, NULL, dense->bits};
            if (keep_common(bound, set, &other) < 0) return -1;
        } else if (set->kind == SET_LIST) {
            if (keep_in_list(set, lists[i]) < 0) return -1;
        } else {
            Set other = none();
            if (union_lists(bound, &lists[i], 1, &other) < 0 || keep_common(bound, set, &other) < 0)
                return -1;
        }
    }
    return arena_bad(bound->arena) ? -1 : 0;
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

/* Bits of the 64 four-byte values of which low <= value <= low + span. */
static inline uint64_t inside_range(const uint8_t *values, uint32_t low, uint32_t span) {
    uint64_t inside = 0;
#if defined(__SSE2__)
    typedef float v4f __attribute__((vector_size(16)));
    const v4u lows = (v4u){0} + low, spans = (v4u){0} + span;
    for (int k = 0; k < 16; k++) {
        v4u found = (v4u)(load_v4u(values + 16 * k) - lows <= spans);
        inside |= (uint64_t)(uint32_t)__builtin_ia32_movmskps((v4f)found) << (4 * k);
    }
#else
    for (int k = 0; k < 64; k++) inside |= (uint64_t)(load_u32(values + 4 * k) - low <= span) << k;
#endif
    return inside;
}

static int keep_in_range(Bound *bound, Set *set, const Node *node) {
    const Column *column = node->column;
    if (!column) {
        *set = none();
        return 0;
    }
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            int64_t value = column_value(column, set->docs[i]);
            if (value >= node->low && value <= node->high) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (set->kind == SET_NONE) return 0;
    int64_t least = column->type == 'i' ? INT32_MIN : 0;
    int64_t most = column->type == 'i' ? INT32_MAX : UINT32_MAX;
    int64_t first = node->low > least ? node->low : least;
    int64_t final = node->high < most ? node->high : most;
    /* Four-byte columns: one subtraction and comparison tell, whatever the sign. */
    const int narrow = (column->type == 'i' || column->type == 'I') && first <= final;
    const uint32_t low = (uint32_t)first, span = (uint32_t)(final - first);
    if (set_to_bits(bound, set) < 0) return -1;
    for (uint32_t w = 0; w < bound->words; w++) {
        uint64_t left = set->bits[w], kept = left;
        if (!left) continue;
        if (narrow && 64 * (uint64_t)(w + 1) <= bound->docs) {
            set->bits[w] = left & inside_range(column->values + 256 * (size_t)w, low, span);
            continue;
        }
        for (; left; left &= left - 1) {
            uint32_t bit = (uint32_t)__builtin_ctzll(left);
            int64_t value = column_value(column, 64 * w + bit);
            if (value < node->low || value > node->high) kept &= ~(1ull << bit);
        }
        set->bits[w] = kept;
    }
    return 0;
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
            if (keep_in_range(bound, &set, child) < 0) return -1;
            continue;
        }
        if (match_node(bound, child) < 0) return -1;
        if (set.kind == SET_ALL)
            set = copy_set(bound, &child->set);
        else if (keep_common(bound, &set, &child->set) < 0)
            return -1;
    }
    for (int i = 0; i < node->n_without; i++) {
        if (match_node(bound, node->without[i]) < 0 ||
            remove_common(bound, &set, &node->without[i]->set) < 0)
            return -1;
    }
    node->set = set;
    return arena_bad(bound->arena) ? -1 : 0;
}

static void count_set(Bound *bound, uint16_t *counts, const Set *set, int weight) {
    const uint16_t more = (uint16_t)weight;
    if (set->kind == SET_ALL) {
        for (uint32_t doc = 0; doc < bound->docs; doc++) counts[doc] += more;
    } else if (set->kind == SET_LIST) {
        for (uint32_t i = 0; i < set->n; i++) counts[set->docs[i]] += more;
    } else if (set->kind == SET_BITS) {
        for (uint32_t w = 0; w < bound->words; w++) {
            for (uint64_t left = set->bits[w]; left; left &= left - 1)
                counts[64 * w + (uint32_t)__builtin_ctzll(left)] += more;
        }
    }
}

static int match_some(Bound *bound, Node *node) {
    uint16_t *counts = arena_zero(bound->arena, 2 * (size_t)bound->docs);
    if (!counts) return -1;
    for (int i = 0; i < node->n_children; i++) {
        if (match_node(bound, node->children[i]) < 0) return -1;
        count_set(bound, counts, &node->children[i]->set, child_weight(node, i));
    }
    uint64_t *bits = new_bits(bound);
    if (!bits) return -1;
    for (uint32_t doc = 0; doc < bound->docs; doc++) {
        if (counts[doc] >= node->at_least) set_bit(bits, doc);
    }
    node->set = (Set){SET_BITS, 0, NULL, bits};
    return 0;
}

static int add_set(Bound *bound, Set *set, const Set *other) {
    if (other->kind == SET_NONE || set->kind == SET_ALL) return 0;
    if (set->kind == SET_NONE || other->kind == SET_ALL) {
        *set = copy_set(bound, other);
        return 0;
    }
    if (set->kind == SET_LIST && other->kind == SET_LIST &&
        set->n + (uint64_t)other->n < bound->docs / LIST_SHARE + 16) {
        uint32_t *docs = arena_alloc(bound->arena, 4 * ((size_t)set->n + other->n) + 4);
        if (!docs) return -1;
        if (set->n) memcpy(docs, set->docs, 4 * (size_t)set->n);
        if (other->n) memcpy(docs + set->n, other->docs, 4 * (size_t)other->n);
        set->n = unique_docs(docs, set->n + other->n);
        set->docs = docs;
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    if (other->kind == SET_BITS) {
        for (uint32_t w = 0; w < bound->words; w++) set->bits[w] |= other->bits[w];
    } else {
        for (uint32_t i = 0; i < other->n; i++) set_bit(set->bits, other->docs[i]);
    }
    return 0;
}

/* Words and terms are united in one pass over their postings; what else there is, set by set. */
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
    Set set = none();
    if (n && union_lists(bound, lists, n, &set) < 0) return -1;
    for (int i = 0; i < node->n_children; i++) {
        Node *child = node->children[i];
        if (child->op == WORD || child->op == TERMS) continue;
        if (match_node(bound, child) < 0 || add_set(bound, &set, &child->set) < 0) return -1;
    }
    node->set = set;
    return arena_bad(bound->arena) ? -1 : 0;
}

/* ---- positions ------------------------------------------------------------------------------ */

/* Documents that hold all terms of the line, then those where they stand together. */
static int match_line(Bound *bound, Node *node, Line *line, Set *set, double **weights) {
    List **lists = bound->distinct;
    int n = 0;
    for (int i = 0; i < line->n; i++) {
        int known = 0;
        for (int k = 0; k < n; k++) known |= lists[k] == line->lists[i];
        if (!known) lists[n++] = line->lists[i];
    }
    if (intersect_lists(bound, lists, n, set) < 0) return -1;
    uint32_t size = set_count(bound, set), kept = 0;
    uint32_t *docs = arena_alloc(bound->arena, 4 * (size_t)size + 4);
    *weights = arena_alloc(bound->arena, 8 * (size_t)size + 8);
    if (!docs || !*weights) return -1;
    const uint8_t *norms = line->lists[0]->field->norms;
    uint32_t word = 0;
    uint64_t left = set->kind == SET_BITS ? set->bits[0] : 0;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t doc;
        if (set->kind == SET_LIST) {
            doc = set->docs[i];
        } else {
            while (!left) left = set->bits[++word];
            doc = 64 * word + (uint32_t)__builtin_ctzll(left);
            left &= left - 1;
        }
        int64_t count = line_count(bound, node, line, doc);
        if (count < 0) return -1;
        if (!count) continue;
        docs[kept] = doc;
        (*weights)[kept++] = (double)count * line->weights[norms ? norms[doc] : 0];
    }
    *set = (Set){SET_LIST, kept, docs, NULL};
    return 0;
}

static int merge_weighted(Bound *bound, Set *set, double **x, const Set *other, const double *y) {
    uint32_t *docs = arena_alloc(bound->arena, 4 * ((size_t)set->n + other->n) + 4);
    double *sums = arena_alloc(bound->arena, 8 * ((size_t)set->n + other->n) + 8);
    if (!docs || !sums) return -1;
    uint32_t i = 0, j = 0, n = 0;
    while (i < set->n || j < other->n) {
        uint32_t a = i < set->n ? set->docs[i] : UINT32_MAX;
        uint32_t b = j < other->n ? other->docs[j] : UINT32_MAX;
        docs[n] = a < b ? a : b;
        sums[n] = (a <= b ? (*x)[i] : 0) + (b <= a ? y[j] : 0);
        i += a <= b;
        j += b <= a;
        n++;
    }
    *set = (Set){SET_LIST, n, docs, NULL};
    *x = sums;
    return 0;
}

static int match_positional(Bound *bound, Node *node) {
    Set set = {SET_LIST, 0, NULL, NULL};
    double *x = NULL;
    for (int i = 0; i < node->n_lines; i++) {
        Set one = none();
        double *weights = NULL;
        if (match_line(bound, node, &node->lines[i], &one, &weights) < 0) return -1;
        if (!i) {
            set = one;
            x = weights;
        } else if (merge_weighted(bound, &set, &x, &one, weights) < 0) {
            return -1;
        }
    }
    for (uint32_t i = 0; i < set.n; i++) x[i] = node->factor * saturated(x[i], node->k1);
    node->set = set;
    node->scores = x;
    return 0;
}

/* ---- expansions and the rest ---------------------------------------------------------------- */

typedef struct {
    Bound *bound;
    Node *node;
    uint8_t *map;
    uint32_t *docs; /* while they are few */
    uint32_t n, room;
} Expanding;

static int add_expanded(void *self, uint32_t place) {
    Expanding *state = self;
    Bound *bound = state->bound;
    Arena *scratch = &bound->scratch;
    for (Chunk *chunk = scratch->chunks; chunk; chunk = chunk->next) chunk->used = 0;
    List *list = list_open(scratch, bound->segment, state->node->field, place);
    if (list && state->n + (uint64_t)list->df <= state->room) {
        state->n += copy_docs(list, state->docs + state->n);
    } else if (list) {
        if (!state->map) {
            state->map = new_map(bound);
            if (!state->map) return -1;
            for (uint32_t i = 0; i < state->n; i++) state->map[state->docs[i]] = 1;
            state->room = 0;
            state->n = 1; /* no list fits any more */
        }
        map_list(state->map, list);
    }
    if (arena_bad(scratch)) {
        if (scratch->damaged) arena_damage(bound->arena, scratch->where, scratch->damaged);
        if (scratch->failed) bound->arena->failed = 1;
        return -1;
    }
    return 0;
}

static int match_expansion(Bound *bound, Node *node) {
    node->set = none();
    if (!node->field) return 0;
    Expanding state = {bound, node, NULL, NULL, 0, MOST_SORTED};
    state.docs = arena_alloc(bound->arena, 4 * (size_t)state.room);
    if (!state.docs || expand_terms(bound, node->field, node, add_expanded, &state) < 0) return -1;
    if (state.map) {
        uint64_t *bits = bits_of_map(bound, state.map, 1);
        node->set = (Set){SET_BITS, 0, NULL, bits};
        return bits ? 0 : -1;
    }
    node->set = (Set){SET_LIST, unique_docs(state.docs, state.n), state.docs, NULL};
    return 0;
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
    return keep_in_range(bound, &node->set, node);
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
