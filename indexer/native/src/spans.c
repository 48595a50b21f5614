/* Where the words and the phrases of a query stand in a text; indexer/search/extracts.py is the
 * reading in Python that this one equals. */
#include "passages.h"

#define EXACT_WEIGHT 2.0
#define STEM_WEIGHT 1.0
#define PHRASE_WEIGHT 4.0

static int push_span(Spans *spans, uint32_t start, uint32_t end, double weight, uint32_t label) {
    if (spans->count == spans->room) {
        size_t room = spans->room * 2 + 32;
        Span *grown = PyMem_RawRealloc(spans->at, room * sizeof *grown);
        if (!grown) {
            PyErr_NoMemory();
            return -1;
        }
        spans->at = grown;
        spans->room = room;
    }
    spans->at[spans->count] = (Span){start, end, label, (uint32_t)spans->count, weight};
    spans->count++;
    return 0;
}

/* The label of an exact form that matches: its stem where it has one. Found at the first match. */
static int exact_label(Matcher *self, uint32_t word, uint32_t *label) {
    uint32_t derived;
    if (lexicon_derived(self->lexicon, word, &derived) < 0) return -1;
    PyObject *name = derived == NO_WORD ? lexicon_word_str(self->lexicon, word)
                                        : lexicon_derived_str(self->lexicon, derived);
    if (name && PyUnicode_GET_LENGTH(name) == 0) Py_SETREF(name, lexicon_word_str(self->lexicon, word));
    int failed = name ? matcher_label(self, name, label) : -1;
    Py_XDECREF(name);
    if (!failed) *label_find(&self->exacts, word) = *label;
    return failed;
}

static int push_exact(Matcher *self, const ReadToken *token, uint32_t label, Spans *spans) {
    if (label == NO_LABEL && exact_label(self, token->word, &label) < 0) return -1;
    return push_span(spans, token->start, token->end, EXACT_WEIGHT, label);
}

static int push_words(Matcher *self, const ReadToken *tokens, size_t count, Spans *spans) {
    for (size_t at = 0; at < count; at++) {
        const ReadToken *token = &tokens[at];
        const uint32_t *label = label_find(&self->exacts, token->word);
        int failed = 0;
        if (label) failed = push_exact(self, token, *label, spans);
        else if ((label = label_find(&self->stems, token->derived)))
            failed = push_span(spans, token->start, token->end, STEM_WEIGHT, *label);
        if (failed) return -1;
    }
    return 0;
}

/* Words side by side. `words` are the tokens that are no compounds. */
static int push_phrase(const Phrase *phrase, const ReadToken *words, size_t count, Spans *spans) {
    double weight = PHRASE_WEIGHT * phrase->count;
    for (size_t at = 0; at + phrase->count <= count; at++) {
        uint32_t same = 0;
        while (same < phrase->count && words[at + same].word == phrase->words[same]) same++;
        if (same < phrase->count) continue;
        if (push_span(spans, words[at].start, words[at + same - 1].end, weight, phrase->label) < 0)
            return -1;
    }
    return 0;
}

/* Derived forms in order, each the next of its kind at most `width` words after the one before. */
static int push_chain(const Phrase *chain, const ReadToken *words, size_t count, Spans *spans) {
    double weight = PHRASE_WEIGHT * chain->count;
    for (size_t first = 0; first < count; first++) {
        size_t at = first;
        uint32_t member = 0;
        while (words[at].derived == chain->words[member] && ++member < chain->count) {
            size_t end = at + chain->width < count ? at + chain->width : count - 1;
            if (at == end) break;
            while (++at < end && words[at].derived != chain->words[member]) continue;
        }
        if (member == chain->count &&
            push_span(spans, words[first].start, words[at].end, weight, chain->label) < 0)
            return -1;
    }
    return 0;
}

/* The place of a word among the words of a phrase, or its number of words. */
static uint32_t among(const Phrase *phrase, uint32_t word) {
    uint32_t at = 0;
    while (at < phrase->count && phrase->words[at] != word) at++;
    return at;
}

typedef struct {
    size_t place; /* among the words of the text */
    uint32_t member;
} Hit;

/* Pushes the hits of every window of count + slop words that holds all the words of the phrase. */
static int push_near(const Phrase *phrase, const ReadToken *words, const Hit *hits, size_t count,
                     uint32_t *held, Spans *spans) {
    size_t width = phrase->count + (size_t)phrase->slop, end = 0, pushed = 0;
    uint32_t different = 0;
    for (size_t first = 0; first < count; first++) {
        for (; end < count && hits[end].place < hits[first].place + width; end++)
            different += !held[phrase->distinct[hits[end].member]]++;
        if (different == phrase->different) {
            for (size_t at = pushed > first ? pushed : first; at < end; at++) {
                const ReadToken *token = &words[hits[at].place];
                if (push_span(spans, token->start, token->end, PHRASE_WEIGHT,
                              phrase->labels[hits[at].member]) < 0)
                    return -1;
            }
            pushed = end;
        }
        different -= !--held[phrase->distinct[hits[first].member]];
    }
    return 0;
}

static int push_near_phrase(const Phrase *phrase, const ReadToken *words, size_t count, Spans *spans) {
    size_t found = 0;
    Hit *hits = PyMem_RawMalloc((count + 1) * sizeof *hits);
    uint32_t *held = PyMem_RawCalloc(phrase->count, sizeof *held);
    int failed = -1;
    if (!hits || !held) {
        PyErr_NoMemory();
    } else {
        for (size_t at = 0; at < count; at++) {
            uint32_t member = among(phrase, words[at].word);
            if (member < phrase->count) hits[found++] = (Hit){at, member};
        }
        failed = push_near(phrase, words, hits, found, held, spans);
    }
    PyMem_RawFree(hits);
    PyMem_RawFree(held);
    return failed;
}

static int push_phrases(Matcher *self, const ReadToken *tokens, size_t count, Spans *spans) {
    if (!self->phrase_count) return 0;
    ReadToken *words = PyMem_RawMalloc((count + 1) * sizeof *words);
    if (!words) {
        PyErr_NoMemory();
        return -1;
    }
    size_t kept = 0;
    for (size_t at = 0; at < count; at++)
        if (!tokens[at].compound) words[kept++] = tokens[at];
    int failed = 0;
    for (Py_ssize_t at = 0; !failed && at < self->phrase_count; at++) {
        const Phrase *phrase = &self->phrases[at];
        failed = phrase->width  ? push_chain(phrase, words, kept, spans)
                 : phrase->slop ? push_near_phrase(phrase, words, kept, spans)
                                : push_phrase(phrase, words, kept, spans);
    }
    PyMem_RawFree(words);
    return failed;
}

static int compare(const void *left, const void *right) {
    const Span *one = left, *other = right;
    if (one->start != other->start) return one->start < other->start ? -1 : 1;
    if (one->end != other->end) return one->end > other->end ? -1 : 1;
    return one->order < other->order ? -1 : 1;
}

/* Sorts the spans and joins those that overlap; the first gives its label. */
static void join_overlaps(Spans *spans) {
    for (size_t at = 1; at < spans->count; at++) {
        if (compare(&spans->at[at - 1], &spans->at[at]) > 0) {
            qsort(spans->at, spans->count, sizeof *spans->at, compare);
            break;
        }
    }
    size_t kept = 0;
    for (size_t at = 0; at < spans->count; at++) {
        Span span = spans->at[at], *last = kept ? &spans->at[kept - 1] : NULL;
        if (last && span.start < last->end) {
            if (span.end > last->end) last->end = span.end;
            if (span.weight > last->weight) last->weight = span.weight;
        } else {
            spans->at[kept++] = span;
        }
    }
    spans->count = kept;
}

int find_spans(Matcher *self, PyObject *text, Spans *spans) {
    *spans = (Spans){NULL, 0, 0};
    PyObject *bytes = lexicon_read(self->lexicon, text);
    if (!bytes) return -1;
    size_t count;
    const ReadToken *tokens = read_tokens(bytes, &count);
    int failed = self->exacts.count || self->stems.count ? push_words(self, tokens, count, spans) : 0;
    if (!failed) failed = push_phrases(self, tokens, count, spans);
    Py_DECREF(bytes);
    if (failed) {
        PyMem_RawFree(spans->at);
        spans->at = NULL;
        return -1;
    }
    join_overlaps(spans);
    return 0;
}
