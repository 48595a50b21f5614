/* From collected words to the sections of a field: counting sort by term, then encoding. */
#include <stdlib.h>

#include "invert.h"
#include "text.h"

/* A term of the field with its bytes, for sorting. */
typedef struct {
    uint64_t prefix; /* the first 8 bytes, big-endian */
    const char *text;
    uint32_t length, term;
} Key;

static uint64_t key_prefix(const char *text, size_t length) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) prefix = prefix << 8 | (i < length ? (uint8_t)text[i] : 0);
    return prefix;
}

static int compare_keys(const void *left, const void *right) {
    const Key *a = left, *b = right;
    if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
    uint32_t common = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, common);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static void sort_keys(Key *keys, size_t count) {
    qsort(keys, count, sizeof *keys, compare_keys);
}

/* The norm byte of a length: the first whose bound is not below it, as Whoosh has it. */
static uint8_t norm_of(uint32_t length, const uint32_t *bounds) {
    uint32_t low = 0, high = 255;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (bounds[middle] < length)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint8_t)low;
}

static Encoded note_length(Sections *out, uint32_t document, uint32_t length,
                           const uint32_t *bounds) {
    if (document >= out->encoder.docs) return NOT_ASCENDING;
    if (!length || !out->norms) return ENCODED;
    out->norms[document] = norm_of(length, bounds);
    out->length += length;
    if (!out->least || length < out->least) out->least = length;
    if (length > out->most) out->most = length;
    return ENCODED;
}

Encoded end_term(Sections *out, const char *text, uint32_t length) {
    TermInfo info;
    Encoded done = encoder_end(&out->encoder, &info);
    if (done != ENCODED) return done;
    if (out->blob.size + length > UINT32_MAX) return TOO_LARGE;
    if (bytes_reserve(&out->infos, 16) < 0 || bytes_reserve(&out->offsets, 8) < 0 ||
        bytes_append(&out->blob, text, length) < 0)
        return NO_MEMORY;
    if (!out->terms++) bytes_u32(&out->offsets, 0);
    bytes_u32(&out->offsets, (uint32_t)out->blob.size);
    memcpy(out->infos.data + out->infos.size, &info.offset, 8);
    out->infos.size += 8;
    bytes_u32(&out->infos, info.documents);
    bytes_u32(&out->infos, info.occurrences);
    return ENCODED;
}

Encoded end_field(Sections *out) {
    if (out->terms) return ENCODED;
    if (bytes_reserve(&out->offsets, 4) < 0) return NO_MEMORY;
    bytes_u32(&out->offsets, 0);
    return ENCODED;
}

void free_sections(Sections *out) {
    encoder_close(&out->encoder);
    bytes_free(&out->blob);
    bytes_free(&out->offsets);
    bytes_free(&out->infos);
    free(out->norms);
}

/* Fields of terms -------------------------------------------------------------------------- */

static size_t record_words(const Field *field, const uint32_t *record) {
    return 3 + (field->kind == POSITIONS ? (size_t)record[2] : 0);
}

/* Sorts the records by term: starts[t] is where those of t begin, in words without the term. */
static void sort_records(const Field *field, size_t *starts, uint32_t *sorted) {
    const uint32_t *stream = (const uint32_t *)(const void *)field->terms.stream.data;
    size_t words = field->terms.stream.size / 4;
    for (size_t at = 0; at < words; at += record_words(field, stream + at))
        starts[stream[at] + 1] += record_words(field, stream + at) - 1;
    for (uint32_t term = 0; term < field->terms.count; term++) starts[term + 1] += starts[term];
    /* Each start moves to the next one's place while its records are put down. */
    for (size_t at = 0; at < words; at += record_words(field, stream + at)) {
        size_t size = record_words(field, stream + at) - 1, *start = starts + stream[at];
        memcpy(sorted + *start, stream + at + 1, size * 4);
        *start += size;
    }
    memmove(starts + 1, starts, field->terms.count * sizeof *starts);
    starts[0] = 0;
}

static Encoded encode_records(const Field *field, const uint32_t *at, const uint32_t *end,
                              Sections *out) {
    encoder_begin(&out->encoder);
    for (; at < end; at += record_words(field, at - 1) - 1) {
        uint32_t *values;
        Encoded done = encoder_add(&out->encoder, at[0], at[1], &values);
        if (done != ENCODED) return done;
        if (field->kind == POSITIONS) memcpy(values, at + 2, (size_t)at[1] * 4);
    }
    return ENCODED;
}

static Key *keys_of_terms(const Terms *terms) {
    Key *keys = malloc((terms->count + 1) * sizeof *keys);
    for (uint32_t term = 0; keys && term < terms->count; term++) {
        uint32_t start = load_u32(terms->offsets.data + 4 * (size_t)term);
        uint32_t end = load_u32(terms->offsets.data + 4 * (size_t)term + 4);
        const char *text = (const char *)terms->text.data + start;
        keys[term] = (Key){key_prefix(text, end - start), text, end - start, term};
    }
    return keys;
}

static Encoded write_terms(const Field *field, size_t *starts, uint32_t *sorted, Key *keys,
                           Sections *out) {
    sort_records(field, starts, sorted);
    sort_keys(keys, field->terms.count);
    Encoded done = ENCODED;
    for (uint32_t i = 0; done == ENCODED && i < field->terms.count; i++) {
        uint32_t term = keys[i].term;
        if (starts[term] == starts[term + 1]) continue; /* of a value that no document has */
        done = encode_records(field, sorted + starts[term], sorted + starts[term + 1], out);
        if (done == ENCODED) done = end_term(out, keys[i].text, keys[i].length);
    }
    return done == ENCODED ? end_field(out) : done;
}

static Encoded write_term_lengths(const Field *field, const uint32_t *bounds, Sections *out) {
    Encoded done = ENCODED;
    for (size_t at = 0; done == ENCODED && at < field->lengths.size; at += 8)
        done = note_length(out, load_u32(field->lengths.data + at),
                           load_u32(field->lengths.data + at + 4), bounds);
    return done;
}

int write_term_field(Field *field, const uint32_t *bounds, Sections *out) {
    Encoded done;
    Py_BEGIN_ALLOW_THREADS
    size_t *starts = calloc((size_t)field->terms.count + 2, sizeof *starts);
    uint32_t *sorted = malloc(field->terms.stream.size + 4);
    Key *keys = keys_of_terms(&field->terms);
    done = write_term_lengths(field, bounds, out);
    if (!starts || !sorted || !keys)
        done = NO_MEMORY;
    else if (done == ENCODED)
        done = write_terms(field, starts, sorted, keys, out);
    free(starts);
    free(sorted);
    free(keys);
    Py_END_ALLOW_THREADS
    return done == ENCODED ? 0 : encoded_error(done);
}

/* Fields of texts -------------------------------------------------------------------------- */

#define NO_TERM UINT32_MAX
#define HINT 256 /* positions for each entry of the table of hints */

/* The inversion of a field: every word stands as its place in the field, which counts the
   positions of all texts one after the other, so that 4 bytes say document and position. */
typedef struct {
    const Entry *entries;
    uint32_t entry_count;
    const uint32_t *tokens;
    const uint8_t *starts; /* u64 */
    uint64_t text_count;
    uint32_t words, terms;
    uint32_t *term_of;  /* of each word, NO_TERM for one that is left out */
    uint32_t *counts;   /* of each word, then (for terms) where its places begin */
    uint32_t *begins;   /* of each term, one more */
    uint32_t *bases;    /* of each entry: its first place, one more */
    uint32_t *hints;    /* the entry of every 256th place */
    uint32_t *places;
    Bytes text;
    Key *keys;
    uint32_t key_count;
} Work;

static void free_work(Work *work) {
    free(work->term_of);
    free(work->counts);
    free(work->begins);
    free(work->bases);
    free(work->hints);
    free(work->places);
    free(work->keys);
    bytes_free(&work->text);
}

static const uint32_t *tokens_of(const Work *work, uint32_t entry, uint64_t *count) {
    const uint8_t *start = work->starts + 8 * (size_t)work->entries[entry].text;
    *count = load_u64(start + 8) - load_u64(start);
    return work->tokens + load_u64(start);
}

/* Counts words and lays the places out. */
static Encoded count_words(Work *work) {
    uint64_t place = 0, tokens = 0;
    for (uint32_t entry = 0; entry < work->entry_count; entry++) {
        uint64_t count;
        const uint32_t *token = tokens_of(work, entry, &count);
        work->bases[entry] = (uint32_t)place;
        tokens += count;
        for (uint64_t i = 0; i < count; i++) {
            if (token[i] / 2 >= work->words) return TOO_LARGE;
            work->counts[token[i] / 2]++;
            /* A compound shares the place of the next word; at the end it has its own. */
            place += !(token[i] & 1) || i + 1 == count;
        }
        if (place >= UINT32_MAX || tokens >= UINT32_MAX) return TOO_LARGE;
    }
    work->bases[work->entry_count] = (uint32_t)place;
    work->hints = malloc((place / HINT + 1) * 4);
    if (!work->hints) return NO_MEMORY;
    uint32_t entry = 0;
    for (uint64_t hint = 0; hint <= place / HINT; hint++) {
        while (entry + 1 < work->entry_count && work->bases[entry + 1] <= hint * HINT) entry++;
        work->hints[hint] = entry;
    }
    return ENCODED;
}

/* Finds the term of each word that occurs, asking the lexicon; the GIL is held. */
static int map_words(Work *work, PyObject *lexicon, int derived) {
    for (uint32_t word = 0; word < work->words; word++) {
        work->term_of[word] = derived ? NO_TERM : word;
        if (derived && work->counts[word] &&
            lexicon_derived(lexicon, word, &work->term_of[word]) < 0)
            return -1;
    }
    work->terms = derived ? lexicon_derived_size(lexicon) : work->words;
    work->begins = calloc((size_t)work->terms + 2, 4);
    if (!work->begins) return PyErr_NoMemory(), -1;
    for (uint32_t word = 0; word < work->words; word++) {
        uint32_t term = work->term_of[word];
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
        work->keys[key++] = (Key){key_prefix(text, (size_t)length), NULL, (uint32_t)length, term};
    }
    size_t at = 0;
    for (key = 0; key < work->key_count; at += work->keys[key++].length)
        work->keys[key].text = (const char *)work->text.data + at;
    return 0;
}

/* Puts every place down under its term, in ascending order; lengths on the way. */
static Encoded sort_places(Work *work, const uint32_t *bounds, Sections *out) {
    for (uint32_t term = 0; term < work->terms; term++)
        work->begins[term + 1] += work->begins[term];
    work->places = malloc(((size_t)work->begins[work->terms] + 1) * 4);
    if (!work->places) return NO_MEMORY;
    for (uint32_t entry = 0; entry < work->entry_count; entry++) {
        uint64_t count;
        const uint32_t *token = tokens_of(work, entry, &count);
        uint32_t place = work->bases[entry], kept = 0;
        for (uint64_t i = 0; i < count; i++) {
            uint32_t term = work->term_of[token[i] / 2];
            if (term != NO_TERM) {
                work->places[work->begins[term]++] = place;
                kept++;
            }
            place += !(token[i] & 1);
        }
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
    uint32_t before = base;
    for (uint32_t i = 0; i < count; i++) {
        *values++ = places[i] - before;
        before = places[i];
        for (uint32_t more = 1; more < repeat; more++) *values++ = 0;
    }
}

static Encoded encode_places(const Work *work, uint32_t term, Encoder *encoder) {
    uint32_t at = work->begins[term], end = work->begins[term + 1], entry = 0;
    encoder_begin(encoder);
    while (at < end) {
        uint32_t hint = work->hints[work->places[at] / HINT];
        if (hint > entry) entry = hint;
        while (work->bases[entry + 1] <= work->places[at]) entry++;
        uint32_t first = at, next = work->bases[entry + 1];
        while (at < end && work->places[at] < next) at++;
        uint32_t *values, repeat = work->entries[entry].repeat;
        uint64_t tf = (uint64_t)(at - first) * repeat;
        if (tf >= UINT32_MAX) return TOO_LARGE;
        Encoded done =
            encoder_add(encoder, work->entries[entry].document, (uint32_t)tf, &values);
        if (done != ENCODED) return done;
        put_values(values, work->places + first, at - first, work->bases[entry], repeat);
    }
    return ENCODED;
}

static Encoded write_places(Work *work, const uint32_t *bounds, Sections *out) {
    Encoded done = sort_places(work, bounds, out);
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
        .term_of = malloc(((size_t)words + 1) * 4),
        .counts = calloc((size_t)words + 1, 4),
    };
    work->bases = malloc(((size_t)work->entry_count + 1) * 4);
    return work->term_of && work->counts && work->bases ? ENCODED : NO_MEMORY;
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
