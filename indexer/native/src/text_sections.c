/* From the sorted words of texts to the sections of a field: exact forms as they are, or the forms derived
 * of them, whose places are those of their words. */
#include <stdlib.h>

#include "invert.h"
#include "pages.h"
#include "text.h"

#define NO_TERM UINT32_MAX
#define AHEAD 4 /* terms before one is encoded, its places are asked for */

/* The terms of a field. The exact ones are words; a derived one has words[begins[term]] up to
   words[begins[term + 1]]. */
typedef struct {
    const Places *places;
    uint32_t *kept;  /* a bit of each word: whether it has a term; NULL: all have */
    uint32_t *words; /* NULL: each term is its own word */
    uint32_t *begins, *room;
    Bytes text;
    Key *keys;
    uint32_t key_count, terms;
} Forms;

static void free_forms(Forms *forms) {
    free(forms->kept);
    free(forms->words);
    free(forms->begins);
    free(forms->room);
    free(forms->keys);
    bytes_free(&forms->text);
}

/* With the GIL ------------------------------------------------------------------------------- */

/* Finds the term of each word that occurs, asking the lexicon. */
static int ask_terms(const Places *places, PyObject *lexicon, uint32_t *term_of) {
    for (uint32_t word = 0; word < places->words; word++) {
        term_of[word] = NO_TERM;
        if (places->counts[word] && lexicon_derived(lexicon, word, &term_of[word]) < 0) return -1;
    }
    return 0;
}

/* Puts the words of each term together: 0, or -1 with an exception. */
static int group_words(Forms *forms, const uint32_t *term_of) {
    uint32_t words = forms->places->words, *begins = forms->begins;
    for (uint32_t word = 0; word < words; word++) {
        if (term_of[word] == NO_TERM) continue;
        if (term_of[word] >= forms->terms) return PyErr_SetString(PyExc_ValueError, "not a word"), -1;
        begins[term_of[word] + 1]++;
        forms->kept[word / 32] |= 1u << word % 32;
    }
    for (uint32_t term = 0; term < forms->terms; term++) {
        forms->key_count += begins[term + 1] != 0;
        begins[term + 1] += begins[term];
    }
    /* Each begin moves to the next one's place while its words are put down. */
    for (uint32_t word = 0; word < words; word++)
        if (term_of[word] != NO_TERM) forms->words[begins[term_of[word]]++] = word;
    memmove(begins + 1, begins, forms->terms * sizeof *begins);
    begins[0] = 0;
    return 0;
}

static int derive_terms(Forms *forms, PyObject *lexicon) {
    const Places *places = forms->places;
    uint32_t *term_of = malloc(((size_t)places->words + 1) * 4);
    int failed = !term_of ? (PyErr_NoMemory(), -1) : ask_terms(places, lexicon, term_of);
    if (!failed) {
        forms->terms = lexicon_derived_size(lexicon);
        forms->begins = calloc((size_t)forms->terms + 2, 4);
        forms->words = malloc(((size_t)places->words + 1) * 4);
        forms->kept = calloc((size_t)places->words / 32 + 1, 4);
        failed = forms->begins && forms->words && forms->kept ? group_words(forms, term_of)
                                                              : (PyErr_NoMemory(), -1);
    }
    free(term_of);
    return failed;
}

static int occurs(const Forms *forms, uint32_t term) {
    return forms->words ? forms->begins[term] < forms->begins[term + 1] : forms->places->counts[term] != 0;
}

/* Copies the bytes of the terms that occur, since those of the lexicon may move without the GIL. */
static int copy_terms(Forms *forms, PyObject *lexicon) {
    forms->keys = malloc(((size_t)forms->key_count + 1) * sizeof *forms->keys);
    if (!forms->keys) return PyErr_NoMemory(), -1;
    uint32_t key = 0;
    for (uint32_t term = 0; term < forms->terms; term++) {
        if (!occurs(forms, term)) continue;
        Py_ssize_t length;
        const char *text = forms->words ? lexicon_derived_word(lexicon, term, &length)
                                        : lexicon_word(lexicon, term, &length);
        if (!text) return PyErr_SetString(PyExc_ValueError, "not a word"), -1;
        if (bytes_append(&forms->text, text, (size_t)length) < 0) return PyErr_NoMemory(), -1;
        forms->keys[key++] = key_of(text, (size_t)length, term);
    }
    size_t at = 0;
    for (key = 0; key < forms->key_count; at += forms->keys[key++].length)
        forms->keys[key].text = (const char *)forms->text.data + at;
    return 0;
}

static int find_terms(Forms *forms, PyObject *lexicon, int derived) {
    if (derived) {
        if (derive_terms(forms, lexicon) < 0) return -1;
    } else {
        forms->terms = forms->places->words;
        for (uint32_t word = 0; word < forms->terms; word++) forms->key_count += forms->places->counts[word] != 0;
    }
    return copy_terms(forms, lexicon);
}

/* Without the GIL ---------------------------------------------------------------------------- */

static uint32_t kept_tokens(const uint32_t *kept, const uint32_t *tokens, uint64_t count) {
    uint32_t sum = 0;
    for (uint64_t i = 0; i < count; i++) sum += kept[tokens[i] / 64] >> tokens[i] / 2 % 32 & 1;
    return sum;
}

/* Notes the length of each document: how many of its words have a term. */
static Encoded note_lengths(const Forms *forms, const Texts *texts, const uint32_t *bounds, Sections *out) {
    for (uint32_t entry = 0; entry < texts->entry_count; entry++) {
        uint64_t count;
        const uint32_t *tokens = text_tokens(texts, entry, &count);
        uint32_t length = forms->kept ? kept_tokens(forms->kept, tokens, count) : (uint32_t)count;
        Encoded done = note_length(out, texts->entries[entry].document, length, bounds);
        if (done != ENCODED) return done;
    }
    return ENCODED;
}

static size_t occurrences(const Forms *forms, uint32_t term) {
    if (!forms->words) return forms->places->counts[term];
    size_t count = 0;
    for (uint32_t i = forms->begins[term]; i < forms->begins[term + 1]; i++)
        count += forms->places->counts[forms->words[i]];
    return count;
}

/* Makes the room in which places of several words are merged, and that of the sections. */
static Encoded make_room(Forms *forms, Encoder *encoder) {
    size_t most = 0, all = 0;
    for (uint32_t i = 0; i < forms->key_count; i++) {
        uint32_t term = forms->keys[i].term;
        size_t count = occurrences(forms, term);
        all += count;
        if (forms->words && forms->begins[term + 1] - forms->begins[term] > 1 && count > most) most = count;
    }
    forms->room = pages_alloc(most * 8);
    /* French takes about a byte of each for an occurrence, stems a quarter more. */
    all += all / 3;
    if (!forms->room || bytes_expect(&encoder->postings, all) < 0 || bytes_expect(&encoder->positions, all) < 0)
        return NO_MEMORY;
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
static Encoded encode_weighted(const Places *places, const uint32_t *at, const uint32_t *end, Encoder *encoder) {
    const Layout *layout = &places->layout;
    while (at < end) {
        const uint32_t *first = at, part = *at >> layout->bits;
        const Part *text = layout->parts + part;
        while (at < end && layout->parts[*at >> layout->bits].document == text->document) at++;
        uint32_t *values, count = (uint32_t)(at - first), repeat = places->repeats[part];
        if ((uint64_t)count * repeat >= UINT32_MAX) return TOO_LARGE;
        Encoded done = encoder_add(encoder, text->document, count * repeat, &values);
        if (done != ENCODED) return done;
        put_values(values, first, count, (part << layout->bits) - text->first, repeat);
    }
    return ENCODED;
}

static Encoded encode_term(const Forms *forms, uint32_t term, Encoder *encoder) {
    const Places *places = forms->places;
    const uint32_t *words = forms->words ? forms->words + forms->begins[term] : &term;
    uint32_t count = forms->words ? forms->begins[term + 1] - forms->begins[term] : 1;
    const uint32_t *at = places_merge(places, words, count, forms->room);
    size_t many = occurrences(forms, term);
    encoder_begin(encoder);
    if (places->repeats) return encode_weighted(places, at, at + many, encoder);
    return encoder_add_places(encoder, at, many, &places->layout);
}

/* Asks for the memory in which the places of a term begin. */
static void prefetch_term(const Forms *forms, uint32_t term) {
    const Places *places = forms->places;
    if (!forms->words) {
        __builtin_prefetch(places_of(places, term));
        return;
    }
    uint32_t end = forms->begins[term + 1];
    for (uint32_t i = forms->begins[term]; i < end; i++) __builtin_prefetch(places_of(places, forms->words[i]));
}

static Encoded write_terms(Forms *forms, const Texts *texts, const uint32_t *bounds, Sections *out) {
    Encoded done = note_lengths(forms, texts, bounds, out);
    if (done == ENCODED) done = make_room(forms, &out->encoder);
    sort_keys(forms->keys, forms->key_count);
    for (uint32_t i = 0; done == ENCODED && i < forms->key_count; i++) {
        if (i + AHEAD < forms->key_count) prefetch_term(forms, forms->keys[i + AHEAD].term);
        done = encode_term(forms, forms->keys[i].term, &out->encoder);
        if (done == ENCODED) done = end_term(out, forms->keys[i].text, forms->keys[i].length);
    }
    return done == ENCODED ? end_field(out) : done;
}

int write_text_field(const Field *field, const Source *source, const Places *places, const uint32_t *bounds,
                     Sections *out) {
    Forms forms = {.places = places};
    Texts texts = texts_of(field, source);
    int failed = find_terms(&forms, source->lexicon, field->derived);
    Encoded done = ENCODED;
    if (!failed) {
        Py_BEGIN_ALLOW_THREADS
        done = write_terms(&forms, &texts, bounds, out);
        Py_END_ALLOW_THREADS
    }
    free_forms(&forms);
    if (done != ENCODED) return encoded_error(done);
    return failed ? -1 : 0;
}
