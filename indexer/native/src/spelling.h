/* Words whose beginnings spell an acronym; the rules are those of indexer/french/definitions.py. */
#ifndef SPELLING_H
#define SPELLING_H

#include "kernel.h"

/* Letters of one word that an acronym may take. */
#define MOST_OF_A_WORD 4
/* Letters of an acronym: two for each of its characters at most. */
#define MOST_LETTERS 32

/* A word: where it stands in the text, its first letters without accents (those that are not ASCII stand
 * for nothing), and the first byte of its stem, 0 for a stop word. */
typedef struct {
    uint32_t start, end;
    uint8_t stem, is_article, letters[MOST_OF_A_WORD];
} SpeltWord;

/* Reads words into an array that it keeps; made with zeros, and freed by its owner. */
typedef struct {
    PyObject *lexicon, *fold; /* fold is asked for words that the table does not know */
    const uint8_t *folds;
    SpeltWord *words; /* PyMem_RawFree */
    size_t count, room;
} WordReader;

/* Reads the words of a text, those of which a hyphenated one is made, not the whole: 0, or -1 with an
 * exception. Python code may run. */
int read_words(WordReader *reader, PyObject *text);

/* An acronym. */
typedef struct {
    uint8_t letters[MOST_LETTERS];
    int count;
    int may_pass; /* significant words that it may leave out */
} Spelt;

/* The place of the first of the last words that make an acronym; `count` where they do not. */
size_t spelt_start(const SpeltWord *words, size_t count, const Spelt *acronym);

#endif
