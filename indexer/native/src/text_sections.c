/* From the words of texts to the sections of a field: counting sort by term, then encoding. */
#include <stdlib.h>

#include "invert.h"
#include "pages.h"
#include "text.h"

#define NO_TERM UINT32_MAX

/* The inversion of a field: every word stands as its place in the field, 4 bytes that say document
   and position. Each text begins at a multiple of the size of a part, so that `parts` tells what a
   place is of; within a text, places are apart as positions are. */
typedef struct {
    const Entry *entries;
    uint32_t entry_count;
    const uint32_t *tokens;
    const uint8_t *starts; /* u64 */
    uint32_t words, terms, key_count;
    uint32_t *term_of;   /* of each word, NO_TERM for one that is left out; NULL: each is its own */
    uint32_t *counts;    /* of each word */
    uint32_t *begins;    /* of each term, where its places begin; one more */
    uint32_t *positions; /* of each entry: how many its text has, then its first place */
    Part *parts;
    uint32_t *repeats; /* of each part: how often its words count; NULL: once */
    int part_bits, weighted;
    uint32_t *places;
    Bytes text;
    Key *keys;
} Work;

static void free_work(Work *work) {
    free(work->term_of);
    free(work->counts);
    free(work->begins);
    free(work->positions);
    free(work->parts);
    free(work->repeats);
    free(work->places);
    free(work->keys);
    bytes_free(&work->text);
}

static const uint32_t *tokens_of(const Work *work, uint32_t entry, uint64_t *count) {
    const uint8_t *start = work->starts + 8 * (size_t)work->entries[entry].text;
    *count = load_u64(start + 8) - load_u64(start);
    return work->tokens + load_u64(start);
}

/* Counts words, and the positions of each text. */
static Encoded count_words(Work *work) {
    uint64_t tokens = 0;
    for (uint32_t entry = 0; entry < work->entry_count; entry++) {
        uint64_t count;
        const uint32_t *token = tokens_of(work, entry, &count);
        tokens += count;
        if (tokens >= UINT32_MAX) return TOO_LARGE;
        uint32_t compounds = 0;
        for (uint64_t i = 0; i < count; i++) {
            if (token[i] / 2 >= work->words) return TOO_LARGE;
            work->counts[token[i] / 2]++;
            compounds += token[i] & 1;
        }
        /* A compound shares the place of the next word; at the end it has its own. */
        work->positions[entry] = (uint32_t)count - compounds + (count && token[count - 1] & 1);
        work->weighted |= work->entries[entry].repeat > 1;
    }
    return ENCODED;
}

/* The number of parts of so many bits that the texts need. */
static uint64_t parts_needed(const Work *work, int bits) {
    uint64_t parts = 0;
    for (uint32_t entry = 0; entry < work->entry_count; entry++)
        parts += ((uint64_t)work->positions[entry] + (1u << bits) - 1) >> bits;
    return parts;
}

/* Lays the places out: the largest parts with which 32 bits are enough for all. */
static Encoded lay_out(Work *work) {
    int bits = work->entry_count > 1 ? 32 - bits_of(work->entry_count) : 31;
    while (bits >= 0 && parts_needed(work, bits) > (uint64_t)1 << (32 - bits)) bits--;
    if (bits < 0) return TOO_LARGE;
    size_t parts = (size_t)parts_needed(work, bits) + 1;
    work->part_bits = bits;
    work->parts = malloc(parts * sizeof *work->parts);
    if (work->weighted) work->repeats = malloc(parts * 4);
    if (!work->parts || (work->weighted && !work->repeats)) return NO_MEMORY;
    uint32_t part = 0;
    for (uint32_t entry = 0; entry < work->entry_count; entry++) {
        uint64_t positions = work->positions[entry];
        work->positions[entry] = part << bits;
        for (uint64_t first = 0; first < positions; first += 1u << bits) {
            if (work->repeats) work->repeats[part] = work->entries[entry].repeat;
            work->parts[part++] = (Part){work->entries[entry].document, (uint32_t)first};
        }
    }
    return ENCODED;
}

/* Finds the term of each word that occurs, asking the lexicon; the GIL is held. */
static int map_derived(Work *work, PyObject *lexicon) {
    work->term_of = malloc(((size_t)work->words + 1) * 4);
    if (!work->term_of) return PyErr_NoMemory(), -1;
    for (uint32_t word = 0; word < work->words; word++) {
        work->term_of[word] = NO_TERM;
        if (work->counts[word] && lexicon_derived(lexicon, word, &work->term_of[word]) < 0) return -1;
    }
    return 0;
}

static int map_words(Work *work, PyObject *lexicon, int derived) {
    if (derived && map_derived(work, lexicon) < 0) return -1;
    work->terms = derived ? lexicon_derived_size(lexicon) : work->words;
    work->begins = calloc((size_t)work->terms + 2, 4);
    if (!work->begins) return PyErr_NoMemory(), -1;
    for (uint32_t word = 0; word < work->words; word++) {
        uint32_t term = derived ? work->term_of[word] : word;
        if (!work->counts[word] || term == NO_TERM) continue;
        if (term >= work->terms) return PyErr_SetString(PyExc_ValueError, "not a word"), -1;
        work->key_count += !work->begins[term + 1];
        work->begins[term + 1] += work->counts[word];
    }
    return 0;
}

/* Copies the bytes of the terms that occur, since those of the lexicon may move without the GIL. */
static int copy_terms(Work *work, PyObject *lexicon, int derived) {
    work->keys = malloc(((size_t)work->key_count + 1) * sizeof *work->keys);
    if (!work->keys) return PyErr_NoMemory(), -1;
    uint32_t key = 0;
    for (uint32_t term = 0; term < work->terms; term++) {
        if (!work->begins[term + 1]) continue;
        Py_ssize_t length;
        const char *text = derived ? lexicon_derived_word(lexicon, term, &length)
                                   : lexicon_word(lexicon, term, &length);
        if (!text) return -1;
        if (bytes_append(&work->text, text, (size_t)length) < 0) return PyErr_NoMemory(), -1;
        work->keys[key++] = key_of(text, (size_t)length, term);
    }
    size_t at = 0;
    for (key = 0; key < work->key_count; at += work->keys[key++].length)
        work->keys[key].text = (const char *)work->text.data + at;
    return 0;
}

/* Puts the places of a text down, each behind those of its term: how many words were kept. */
static uint32_t put_places(const Work *work, const uint32_t *token, uint64_t count, uint32_t place) {
    uint32_t *begins = work->begins, *places = work->places, kept = 0;
    const uint32_t *term_of = work->term_of;
    for (uint64_t i = 0; !term_of && i < count; i++) {
        places[begins[token[i] / 2]++] = place;
        place += !(token[i] & 1);
    }
    for (uint64_t i = 0; term_of && i < count; i++) {
        uint32_t term = term_of[token[i] / 2];
        if (term != NO_TERM) {
            places[begins[term]++] = place;
            kept++;
        }
        place += !(token[i] & 1);
    }
    return term_of ? kept : (uint32_t)count;
}

/* Puts every place down under its term, in ascending order; lengths on the way. */
static Encoded sort_places(Work *work, const uint32_t *bounds, Sections *out) {
    for (uint32_t term = 0; term < work->terms; term++)
        work->begins[term + 1] += work->begins[term];
    work->places = pages_alloc(((size_t)work->begins[work->terms] + 1) * 4);
    if (!work->places) return NO_MEMORY;
    for (uint32_t entry = 0; entry < work->entry_count; entry++) {
        uint64_t count;
        const uint32_t *token = tokens_of(work, entry, &count);
        uint32_t kept = put_places(work, token, count, work->positions[entry]);
        Encoded done = note_length(out, work->entries[entry].document, kept, bounds);
        if (done != ENCODED) return done;
    }
    memmove(work->begins + 1, work->begins, (size_t)work->terms * 4);
    work->begins[0] = 0;
    return ENCODED;
}

/* Writes the positions of one posting, each as often as its text counts. */
static void put_values(uint32_t *values, const uint32_t *places, uint32_t count, uint32_t base,
                       uint32_t repeat) {
    for (uint32_t i = 0; i < count; i++) {
        *values++ = places[i] - base;
        base = places[i];
        for (uint32_t more = 1; more < repeat; more++) *values++ = 0;
    }
}

/* Encodes the places of a term where some texts count more than once. */
static Encoded encode_weighted(const Work *work, const uint32_t *at, const uint32_t *end, Encoder *encoder) {
    while (at < end) {
        const uint32_t *first = at, part = *at >> work->part_bits;
        const Part *text = work->parts + part;
        while (at < end && work->parts[*at >> work->part_bits].document == text->document) at++;
        uint32_t *values, count = (uint32_t)(at - first), repeat = work->repeats[part];
        if ((uint64_t)count * repeat >= UINT32_MAX) return TOO_LARGE;
        Encoded done = encoder_add(encoder, text->document, count * repeat, &values);
        if (done != ENCODED) return done;
        put_values(values, first, count, (part << work->part_bits) - text->first, repeat);
    }
    return ENCODED;
}

static Encoded encode_places(const Work *work, uint32_t term, Encoder *encoder) {
    const uint32_t *at = work->places + work->begins[term], *end = work->places + work->begins[term + 1];
    encoder_begin(encoder);
    if (work->repeats) return encode_weighted(work, at, end, encoder);
    return encoder_add_places(encoder, at, (size_t)(end - at), work->parts, work->part_bits);
}

static Encoded write_places(Work *work, const uint32_t *bounds, Sections *out) {
    Encoded done = lay_out(work);
    if (done == ENCODED) done = sort_places(work, bounds, out);
    sort_keys(work->keys, work->key_count);
    for (uint32_t i = 0; done == ENCODED && i < work->key_count; i++) {
        done = encode_places(work, work->keys[i].term, &out->encoder);
        if (done == ENCODED) done = end_term(out, work->keys[i].text, work->keys[i].length);
    }
    return done == ENCODED ? end_field(out) : done;
}

static Encoded open_work(Work *work, const Field *field, const Source *source, uint32_t words) {
    *work = (Work){
        .entries = (const Entry *)(const void *)field->entries.data,
        .entry_count = (uint32_t)(field->entries.size / sizeof(Entry)),
        .tokens = (const uint32_t *)(const void *)source->tokens.data,
        .starts = source->starts.data,
        .words = words,
        .counts = calloc((size_t)words + 1, 4),
    };
    work->positions = malloc(((size_t)work->entry_count + 1) * 4);
    return work->counts && work->positions ? ENCODED : NO_MEMORY;
}

int write_text_field(Field *field, Source *source, const uint32_t *bounds, Sections *out) {
    Work work;
    Encoded done = open_work(&work, field, source, lexicon_size(source->lexicon));
    int failed = 0;
    if (done == ENCODED) {
        Py_BEGIN_ALLOW_THREADS
        done = count_words(&work);
        Py_END_ALLOW_THREADS
    }
    if (done == ENCODED)
        failed = map_words(&work, source->lexicon, field->derived) < 0 ||
                 copy_terms(&work, source->lexicon, field->derived) < 0;
    if (done == ENCODED && !failed) {
        Py_BEGIN_ALLOW_THREADS
        done = write_places(&work, bounds, out);
        Py_END_ALLOW_THREADS
    }
    free_work(&work);
    if (done != ENCODED) return encoded_error(done);
    return failed ? -1 : 0;
}
