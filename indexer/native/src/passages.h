/* Marks and extracts from the inside: what spans.c finds and windows.c chooses. */
#ifndef PASSAGES_H
#define PASSAGES_H

#include "text.h"

/* Ids of words with a label each; open-addressed, NO_WORD is an empty place. */
typedef struct {
    uint32_t *keys, *labels;
    uint32_t mask, count;
    uint64_t some; /* a bit for each remainder of a key by 64: what has none is not there */
} LabelMap;

/* Words that must stand side by side (slop 0), or in any order within count + slop words. Where
 * `width` is not 0 they are derived forms, each at most so many words after the one before. */
typedef struct {
    uint32_t *words, *labels, *distinct; /* distinct: the place of each word among the different */
    uint32_t count, different, label, width;
    Py_ssize_t slop;
} Phrase;

/* A match: offsets, weight, and the label of what it matches; `order` settles ties of the sort. */
typedef struct {
    uint32_t start, end, label, order;
    double weight;
} Span;

typedef struct {
    Span *at;
    size_t count, room;
} Spans;

/* What a query marks, as ids of one Lexicon. Labels are the words that matches are counted by. */
typedef struct {
    PyObject_HEAD
    PyObject *lexicon, *piece, *span;
    PyObject *label_of, *names; /* dict: str -> label; list: label -> str */
    LabelMap exacts, stems;
    Phrase *phrases;
    Py_ssize_t phrase_count;
} Matcher;

#define NO_LABEL UINT32_MAX

/* matcher.c: takes the arguments of a Matcher: 0 or -1. */
int matcher_take(Matcher *self, PyObject *args, PyObject *kwargs);
/* The label of a str, new where it is: 0 or -1. */
int matcher_label(Matcher *self, PyObject *name, uint32_t *label);

static inline uint32_t *label_place(const LabelMap *map, uint32_t key) {
    uint32_t at = key * 0x9E3779B1u >> 7 & map->mask;
    while (map->keys[at] != key && map->keys[at] != NO_WORD) at = (at + 1) & map->mask;
    return &map->keys[at];
}

/* The label of a word; NULL where it has none. */
static inline uint32_t *label_find(const LabelMap *map, uint32_t key) {
    if (!(map->some >> (key & 63) & 1)) return NULL;
    uint32_t *place = label_place(map, key);
    return *place == key && key != NO_WORD ? &map->labels[place - map->keys] : NULL;
}

/* spans.c: the matches of a text in order, overlaps joined: 0 or -1; the caller frees spans->at. */
int find_spans(Matcher *self, PyObject *text, Spans *spans);

/* windows.c: where the extracts of a text stand. */
#define MAX_WINDOWS 2
typedef struct {
    Py_ssize_t start, end, focus;
} Window;

/* The one or two best extracts in the order of the text, `labels` being how many labels there are:
 * their number, or -1 with MemoryError. */
int choose_windows(PyObject *text, const Spans *spans, size_t labels, Window windows[MAX_WINDOWS]);

/* holdings.c: counts of the forms of each wanted stem in a tuple of texts, {stem: {form: n}}; adds
 * the function `holds` to the module. */
PyObject *matcher_forms(Matcher *self, PyObject *texts);
int register_holdings(PyObject *module);

/* feedback.c: words that some documents hold much of; adds the function `likely` to the module. */
int register_feedback(PyObject *module);

#endif
