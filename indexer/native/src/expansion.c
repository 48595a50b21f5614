/* The terms of a field that a pattern means. */
#include "pattern.h"

static int begins_with(const uint8_t *term, size_t length, const uint8_t *prefix, size_t n) {
    return length >= n && !memcmp(term, prefix, n);
}

/* `folds` is a folding table for a FUZZY node, NULL for none; other kinds do not fold. */
int expand_node(Bound *bound, const Field *field, const Node *node, const uint8_t *folds,
                FoundTerm found, void *self) {
    uint32_t pattern[MAX_PATTERN];
    int n = decode_chars(node->text, node->text_len, pattern, MAX_PATTERN);
    if (n < 0) return 0;
    if (node->kind == FUZZY && node->distance >= 0 && node->distance < 8) {
        int state = expand_misspelt(field, node, pattern, n, folds, found, self);
        if (state < 0 && !arena_bad(bound->arena))
            arena_damage(bound->arena, bound->segment, "term table out of range");
        return state;
    }
    size_t prefix = literal_prefix(node);
    const uint8_t *start = node->text;
    size_t start_len = node->kind == BETWEEN ? node->text_len : prefix;
    int64_t place = lower_bound(field, start, start_len);
    for (; place >= 0 && place < (int64_t)field->terms; place++) {
        const uint8_t *term;
        size_t length;
        if (term_at(field, (uint32_t)place, &term, &length) < 0) {
            place = -2;
            break;
        }
        if (!length) continue; /* the empty term is never meant */
        if (node->kind != BETWEEN && !begins_with(term, length, start, prefix)) break;
        int fit = term_fits(node, pattern, n, term, length, NULL);
        if (!fit && node->kind == BETWEEN) break;
        if (fit && found(self, (uint32_t)place) < 0) return -1;
    }
    if (place < 0) {
        arena_damage(bound->arena, bound->segment, "term table out of range");
        return -1;
    }
    return 0;
}

int expand_terms(Bound *bound, const Field *field, const Node *node, FoundTerm found, void *self) {
    return expand_node(bound, field, node, NULL, found, self);
}
