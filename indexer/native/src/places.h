/* The words of texts, sorted by word: what the forms of a text (exact, stems) share. */
#ifndef PLACES_H
#define PLACES_H

#include "encode.h"

/* The words of one text of a source, for one field of one document. */
typedef struct {
    uint32_t document, text, repeat; /* repeat: how often each word counts (a boost) */
} Entry;

/* Some texts, as a field has them: each token is word * 2 + compound. Text t is tokens[starts[t]]
   up to tokens[starts[t + 1]]. */
typedef struct {
    const Entry *entries; /* by ascending document */
    const uint32_t *tokens;
    const uint8_t *starts; /* u64 */
    uint32_t entry_count, words; /* words: of the lexicon, above all in the tokens */
} Texts;

static inline const uint32_t *text_tokens(const Texts *texts, uint32_t entry, uint64_t *count) {
    const uint8_t *start = texts->starts + 8 * (size_t)texts->entries[entry].text;
    *count = load_u64(start + 8) - load_u64(start);
    return texts->tokens + load_u64(start);
}

/* Every word stands as its place, 4 bytes that say document and position. Each text begins at a multiple
   of the size of a part, so that the parts tell what a place is of; within a text, places are apart as
   positions are. */
typedef struct {
    uint32_t source, entry_count, words;
    Entry *entries;    /* a copy, to know the same texts by */
    uint32_t *counts;  /* of each word: how often it stands */
    uint32_t *ends;    /* of each word: where its places, in ascending order, end */
    uint32_t *places;
    Part *parts;
    uint32_t *repeats; /* of each part: how often its words count; NULL: once */
    Layout layout;
} Places;

/* Sorts the words of texts. Needs no GIL. On failure there may be something to free. */
Encoded places_sort(Places *places, const Texts *texts);
void places_free(Places *places);
/* Whether these are the places of texts of a source. */
int places_are_of(const Places *places, uint32_t source, const Entry *entries, uint32_t entry_count);

static inline const uint32_t *places_of(const Places *places, uint32_t word) {
    return places->places + places->ends[word] - places->counts[word];
}

/* Merges the places of several words into one ascending run: `room` is twice as many as they are.
   Returns where in the room the run lies. */
const uint32_t *places_merge(const Places *places, const uint32_t *words, uint32_t count, uint32_t *room);

#endif
