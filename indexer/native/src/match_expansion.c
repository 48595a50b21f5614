/* Documents that hold a term that an expansion means. */
#include "sets.h"

/* Fewer postings than documents / this go into bits; of more, each has a byte first: stores to
   bytes do not wait for one another as those to bits do, but all bytes are read in the end. */
#define MAP_SHARE 16

/* Places of the terms that are meant. */
typedef struct {
    Bound *bound;
    const Field *field;
    uint32_t *places, n, room;
    uint64_t postings;
} Expanded;

static int add_place(void *self, uint32_t place) {
    Expanded *found = self;
    if (found->n == found->room) {
        uint32_t room = 2 * found->room + 64;
        uint32_t *places = arena_alloc(found->bound->arena, 4 * (size_t)room);
        if (!places) return -1;
        if (found->n) memcpy(places, found->places, 4 * (size_t)found->n);
        found->places = places;
        found->room = room;
    }
    uint32_t df, cf;
    if (term_frequencies(found->bound->segment, found->field, place, &df, &cf) < 0) {
        arena_damage(found->bound->arena, found->bound->segment, "term table out of range");
        return -1;
    }
    found->places[found->n++] = place;
    found->postings += df;
    return 0;
}

/* Opens the postings of a term in the memory of the term before. */
static List *open_next(Bound *bound, const Field *field, uint32_t place) {
    Arena *scratch = &bound->scratch;
    for (Chunk *chunk = scratch->chunks; chunk; chunk = chunk->next) chunk->used = 0;
    return list_open(scratch, bound->segment, field, place);
}

/* What went wrong with the list that was open last: 0, or -1. */
static int pass_on(Bound *bound) {
    Arena *scratch = &bound->scratch;
    if (scratch->damaged) arena_damage(bound->arena, scratch->where, scratch->damaged);
    if (scratch->failed) bound->arena->failed = 1;
    return arena_bad(scratch) ? -1 : 0;
}

static int as_list(Bound *bound, const Expanded *found, Set *set) {
    uint32_t *docs = arena_alloc(bound->arena, 4 * (size_t)found->postings + 4), n = 0;
    if (!docs) return -1;
    for (uint32_t i = 0; i < found->n; i++) {
        List *list = open_next(bound, found->field, found->places[i]);
        if (list) n += copy_docs(list, docs + n);
        if (pass_on(bound) < 0) return -1;
    }
    *set = (Set){SET_LIST, unique_docs(docs, n), docs, NULL};
    return 0;
}

static int as_bits(Bound *bound, const Expanded *found, Set *set) {
    uint64_t *bits = new_bits(bound);
    if (!bits) return -1;
    for (uint32_t i = 0; i < found->n; i++) {
        List *list = open_next(bound, found->field, found->places[i]);
        if (list) add_to_bits(bound, bits, list);
        if (pass_on(bound) < 0) return -1;
    }
    *set = (Set){SET_BITS, 0, NULL, bits};
    return 0;
}

static void map_list(uint8_t *map, List *list) {
    for (uint32_t block = 0; block < list->blocks; block++) {
        if (!list->is_short && list_load(list, block) < 0) return;
        const uint32_t *docs = list->docs, n = list->n;
        for (uint32_t i = 0; i < n; i++) map[docs[i]] = 1;
    }
}

/* The bits of 64 bytes that are 0 or 1. */
static inline uint64_t bits_of_bytes(const uint8_t *at) {
    uint64_t word = 0;
    for (int k = 0; k < 8; k++) word |= (load_u64(at + 8 * k) * 0x0102040810204080u >> 56) << (8 * k);
    return word;
}

static int as_map(Bound *bound, const Expanded *found, Set *set) {
    uint8_t *map = arena_zero(bound->arena, 64 * (size_t)bound->words);
    uint64_t *bits = map ? new_bits(bound) : NULL;
    if (!bits) return -1;
    for (uint32_t i = 0; i < found->n; i++) {
        List *list = open_next(bound, found->field, found->places[i]);
        if (list && list->dense)
            add_to_bits(bound, bits, list);
        else if (list)
            map_list(map, list);
        if (pass_on(bound) < 0) return -1;
    }
    for (uint32_t w = 0; w < bound->words; w++) bits[w] |= bits_of_bytes(map + 64 * (size_t)w);
    *set = (Set){SET_BITS, 0, NULL, bits};
    return 0;
}

int match_expansion(Bound *bound, Node *node) {
    node->set = no_set();
    Expanded found = {.bound = bound, .field = node->field};
    if (!node->field) return 0;
    if (expand_terms(bound, node->field, node, add_place, &found) < 0) return -1;
    if (found.postings <= MOST_SORTED) return as_list(bound, &found, &node->set);
    return (found.postings < bound->docs / MAP_SHARE ? as_bits : as_map)(bound, &found, &node->set);
}
