/* The words of texts sorted by word, by counting: first how often each stands, then where. */
#include "places.h"

#include <stdlib.h>

#include "pages.h"

/* A run this many times as long as another is copied around its numbers. */
#define MANY_FEW 16
/* Tokens before a place is put down, its memory is asked for. */
#define AHEAD 32

void places_free(Places *places) {
    free(places->entries);
    free(places->counts);
    free(places->ends);
    free(places->places);
    free(places->parts);
    free(places->repeats);
    *places = (Places){0};
}

int places_are_of(const Places *places, uint32_t source, const Entry *entries, uint32_t entry_count) {
    return places->entries && places->source == source && places->entry_count == entry_count &&
           (!entry_count || !memcmp(places->entries, entries, entry_count * sizeof *entries));
}

/* Counts words, and the positions of each text. */
static Encoded count_words(Places *places, const Texts *texts, uint32_t *positions) {
    uint64_t tokens = 0;
    for (uint32_t entry = 0; entry < texts->entry_count; entry++) {
        uint64_t count;
        const uint32_t *token = text_tokens(texts, entry, &count);
        tokens += count;
        if (tokens >= UINT32_MAX) return TOO_LARGE;
        uint32_t compounds = 0;
        for (uint64_t i = 0; i < count; i++) {
            if (token[i] / 2 >= texts->words) return TOO_LARGE;
            places->counts[token[i] / 2]++;
            compounds += token[i] & 1;
        }
        /* A compound shares the place of the next word; at the end it has its own. */
        positions[entry] = (uint32_t)count - compounds + (count && token[count - 1] & 1);
    }
    return ENCODED;
}

/* The number of parts of so many bits that the texts need. */
static uint64_t parts_needed(const uint32_t *positions, uint32_t count, int bits) {
    uint64_t parts = 0;
    for (uint32_t entry = 0; entry < count; entry++)
        parts += ((uint64_t)positions[entry] + (1u << bits) - 1) >> bits;
    return parts;
}

/* The largest parts with which 32 bits are enough for all; -1 where none are. */
static int part_bits(const uint32_t *positions, uint32_t count) {
    int bits = count > 1 ? 32 - bits_of(count) : 31;
    while (bits >= 0 && parts_needed(positions, count, bits) > (uint64_t)1 << (32 - bits)) bits--;
    return bits;
}

static int is_weighted(const Texts *texts) {
    for (uint32_t entry = 0; entry < texts->entry_count; entry++)
        if (texts->entries[entry].repeat > 1) return 1;
    return 0;
}

/* Lays the places out: the positions of each text become its first place. */
static Encoded lay_out(Places *places, const Texts *texts, uint32_t *positions) {
    int bits = part_bits(positions, texts->entry_count), weighted = is_weighted(texts);
    if (bits < 0) return TOO_LARGE;
    size_t parts = (size_t)parts_needed(positions, texts->entry_count, bits) + 1;
    places->parts = malloc(parts * sizeof *places->parts);
    if (weighted) places->repeats = malloc(parts * 4);
    if (!places->parts || (weighted && !places->repeats)) return NO_MEMORY;
    places->layout = (Layout){places->parts, bits, 1};
    uint32_t part = 0;
    for (uint32_t entry = 0; entry < texts->entry_count; entry++) {
        uint64_t many = positions[entry];
        positions[entry] = part << bits;
        places->layout.is_whole &= many <= 1u << bits;
        for (uint64_t first = 0; first < many; first += 1u << bits) {
            if (weighted) places->repeats[part] = texts->entries[entry].repeat;
            places->parts[part++] = (Part){texts->entries[entry].document, (uint32_t)first};
        }
    }
    return ENCODED;
}

/* Puts every place down under its word, in ascending order. */
static Encoded put_places(Places *places, const Texts *texts, const uint32_t *positions) {
    uint32_t at = 0, *ends = places->ends;
    for (uint32_t word = 0; word < places->words; word++) {
        ends[word] = at;
        at += places->counts[word];
    }
    uint32_t *out = places->places = pages_alloc(((size_t)at + 1) * 4);
    if (!out) return NO_MEMORY;
    for (uint32_t entry = 0; entry < texts->entry_count; entry++) {
        uint64_t count;
        const uint32_t *token = text_tokens(texts, entry, &count);
        uint32_t place = positions[entry];
        for (uint64_t i = 0; i < count; i++) {
            if (i + AHEAD < count) __builtin_prefetch(out + ends[token[i + AHEAD] / 2], 1);
            out[ends[token[i] / 2]++] = place;
            place += !(token[i] & 1);
        }
    }
    return ENCODED;
}

Encoded places_sort(Places *places, const Texts *texts) {
    size_t entries = (size_t)texts->entry_count + 1;
    *places = (Places){.entry_count = texts->entry_count, .words = texts->words};
    places->entries = malloc(entries * sizeof *places->entries);
    places->counts = calloc((size_t)texts->words + 1, 4);
    places->ends = malloc(((size_t)texts->words + 1) * 4);
    uint32_t *positions = malloc(entries * 4);
    Encoded done = NO_MEMORY;
    if (places->entries && places->counts && places->ends && positions) {
        if (texts->entry_count)
            memcpy(places->entries, texts->entries, texts->entry_count * sizeof *places->entries);
        done = count_words(places, texts, positions);
        if (done == ENCODED) done = lay_out(places, texts, positions);
        if (done == ENCODED) done = put_places(places, texts, positions);
    }
    free(positions);
    return done;
}

/* Merges a few numbers into many, each found by halving. */
static void merge_few(const uint32_t *few, const uint32_t *few_end, const uint32_t *many,
                      const uint32_t *many_end, uint32_t *out) {
    for (; few < few_end; few++) {
        uint32_t before = first_not_before(many, (uint32_t)(many_end - many), *few);
        memcpy(out, many, before * sizeof *out);
        out += before;
        many += before;
        *out++ = *few;
    }
    memcpy(out, many, (size_t)(many_end - many) * 4);
}

/* Merges two ascending runs from both ends: as many at a time as cannot be all of either run. */
static void merge_two(const uint32_t *a, const uint32_t *a_end, const uint32_t *b, const uint32_t *b_end,
                      uint32_t *out) {
    if ((a_end - a) * MANY_FEW < b_end - b) return merge_few(a, a_end, b, b_end, out);
    if ((b_end - b) * MANY_FEW < a_end - a) return merge_few(b, b_end, a, a_end, out);
    uint32_t *out_end = out + (a_end - a) + (b_end - b);
    for (;;) {
        ptrdiff_t steps = (a_end - a < b_end - b ? a_end - a : b_end - b) / 2;
        if (!steps) break;
        for (; steps; steps--) {
            uint32_t left = *a, right = *b, high_left = a_end[-1], high_right = b_end[-1];
            int is_left = left <= right, is_high_left = high_left > high_right;
            *out++ = is_left ? left : right;
            *--out_end = is_high_left ? high_left : high_right;
            a += is_left;
            b += !is_left;
            a_end -= is_high_left;
            b_end -= !is_high_left;
        }
    }
    if (a_end - a < b_end - b) merge_few(a, a_end, b, b_end, out);
    else merge_few(b, b_end, a, a_end, out);
}

/* Merges the runs of words in halves: into one half of the room of two, the other is to work in. */
static void merge_words(const Places *places, const uint32_t *words, uint32_t count, uint32_t *out,
                        uint32_t *spare) {
    if (count == 1) {
        memcpy(out, places_of(places, *words), (size_t)places->counts[*words] * 4);
        return;
    }
    uint32_t left = count / 2, many = 0, all = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i < left) many += places->counts[words[i]];
        all += places->counts[words[i]];
    }
    const uint32_t *a = spare, *b = spare + many;
    if (left == 1) a = places_of(places, words[0]);
    else merge_words(places, words, left, spare, out);
    if (count - left == 1) b = places_of(places, words[left]);
    else merge_words(places, words + left, count - left, spare + many, out + many);
    merge_two(a, a + many, b, b + (all - many), out);
}

const uint32_t *places_merge(const Places *places, const uint32_t *words, uint32_t count, uint32_t *room) {
    if (count == 1) return places_of(places, *words);
    size_t all = 0;
    for (uint32_t i = 0; i < count; i++) all += places->counts[words[i]];
    merge_words(places, words, count, room, room + all);
    return room;
}
