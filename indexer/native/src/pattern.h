/* Characters of patterns and terms, and whether one means the other. */
#ifndef PATTERN_H
#define PATTERN_H

#include "search.h"

#define MAX_PATTERN 256 /* characters; a longer one finds nothing */

/* Reads one character of UTF-8; a byte that is none counts as a character of its own. */
uint32_t next_char(const uint8_t **at, const uint8_t *end);
int decode_chars(const uint8_t *at, size_t length, uint32_t *out, int room); /* -1: no room */
/* The same, each character as the letters that a folding table has for it. */
int decode_folded(const uint8_t *at, size_t length, const uint8_t *folds, uint32_t *out);

/* The one letter that a character stands for in a folding table; itself without one. */
static inline uint32_t folded(uint32_t value, const uint8_t *folds) {
    const uint8_t *fold = folds && value < FOLDED ? folds + 2 * value : NULL;
    return fold && fold[0] && !fold[1] ? fold[0] : value;
}

/* Whether a pattern of characters, * and ? fits a whole term. */
int glob_fits(const uint32_t *pattern, int n, const uint32_t *term, int m);
size_t literal_prefix(const Node *node); /* bytes with which every term that is meant begins */
int term_fits(const Node *node, const uint32_t *pattern, int n, const uint8_t *term, size_t length,
              const uint8_t *folds);

/* term_table.c: the places of terms whose characters, once folded, are those of a pattern, ascending:
   how many, or -1 where there is no table of them or no room. */
int find_folded(const Field *field, const uint32_t *pattern, int n, const uint8_t *folds,
                uint32_t *places, int room);

/* misspelt.c: `found` for each term at most so many changes away; 0, or -1. */
int expand_misspelt(const Field *field, const Node *node, const uint32_t *pattern, int n,
                    const uint8_t *folds, FoundTerm found, void *self);

/* expansion.c: as expand_terms; `folds` is a folding table for a FUZZY node, NULL for none. */
int expand_node(Bound *bound, const Field *field, const Node *node, const uint8_t *folds,
                FoundTerm found, void *self);

#endif
