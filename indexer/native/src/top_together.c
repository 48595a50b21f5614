/* Which documents of a window hold all terms of a line, so that positions are read of no others. */
#include "sets.h"
#include "top.h"

#define WINDOW_WORDS (WINDOW_DOCS / 64)

/* Words of bits that the window has. */
static uint32_t words_of(const Bound *bound, uint32_t w) {
    const uint32_t left = bound->words - w * WINDOW_WORDS;
    return left < WINDOW_WORDS ? left : WINDOW_WORDS;
}

/* The documents of a list in the window; made once for all lines that have the term. */
static const uint64_t *held_in(const Bound *bound, List *list, uint32_t w) {
    if (list->dense) return list->dense->bits + (size_t)w * WINDOW_WORDS;
    if (list->held && list->held_window == w) return list->held;
    if (!list->held) list->held = arena_alloc(bound->arena, 8 * WINDOW_WORDS);
    if (!list->held) return NULL;
    memset(list->held, 0, 8 * WINDOW_WORDS);
    list->held_window = w;
    const uint32_t first = w << WINDOW_BITS;
    Run run = run_from(list, first, first + WINDOW_DOCS);
    uint32_t at, stop;
    int state;
    while ((state = run_next(&run, &at, &stop)) > 0) {
        for (uint32_t i = at; i < stop; i++) set_bit(list->held, list->docs[i] - first);
    }
    return state < 0 ? NULL : list->held;
}

int find_together(const Collector *to, Node *node, uint32_t w) {
    const uint32_t words = words_of(to->bound, w);
    if (!node->together) node->together = arena_alloc(to->bound->arena, 8 * WINDOW_WORDS);
    if (!node->together) return -1;
    memset(node->together, 0, 8 * WINDOW_WORDS);
    for (int l = 0; l < node->n_lines; l++) {
        const Line *line = &node->lines[l];
        uint64_t all[WINDOW_WORDS];
        memset(all, 255, sizeof all);
        for (int k = 0; k < line->n; k++) {
            const uint64_t *held = held_in(to->bound, line->lists[k], w);
            if (!held) return -1;
            for (uint32_t i = 0; i < words; i++) all[i] &= held[i];
        }
        for (uint32_t i = 0; i < words; i++) node->together[i] |= all[i];
    }
    return 0;
}
