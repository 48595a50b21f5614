/* Acronyms that texts define in brackets; the rules are those of indexer/french/definitions.py. */
#include "scan.h"
#include "spelling.h"
#include "text.h"

enum { LEAST_INSIDE = 2, MOST_INSIDE = 160, MOST_ACRONYM = 12, MOST_BEFORE = 15, MOST_SIGNS = 11 };
/* Characters that a meaning takes at most: some, and so many a letter. */
enum { WINDOW = 30, WINDOW_A_LETTER = 18 };

typedef struct {
    WordReader reader;
    PyObject *found;
} Finder;

typedef struct {
    PyObject *text;
    int kind;
    const void *data;
    Py_ssize_t length, place;
} Text;

#define CHAR(at) PyUnicode_READ(text->kind, text->data, at)

static inline int is_capital(Py_UCS4 c) {
    return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7);
}

static inline int is_sign(Py_UCS4 c) {
    return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 0xdf && c <= 0xff && c != 0xf7);
}

static inline int is_of_name(Py_UCS4 c) {
    return c == '.' || c == '-' || (scan_class(c) & WORD) != 0;
}

/* Acronyms ------------------------------------------------------------------------------------ */

/* Whether characters are an acronym: signs after a capital, points and hyphens between them. */
static int is_acronym(const Text *text, Py_ssize_t at, Py_ssize_t end) {
    int signs = 0;
    if (at >= end || !is_capital(CHAR(at))) return 0;
    for (at++; at < end;) {
        Py_UCS4 c = CHAR(at);
        int joins = c == '.' || c == '-';
        if (joins && at + 1 == end) return c == '.' && signs;
        if (!is_sign(CHAR(at + joins)) || ++signs > MOST_SIGNS) return 0;
        at += 1 + joins;
    }
    return signs > 0;
}

static int is_roman(const Text *text, Py_ssize_t at, Py_ssize_t end) {
    while (at < end && (CHAR(at) == 'I' || CHAR(at) == 'V' || CHAR(at) == 'X')) at++;
    return at == end;
}

static int is_upper(const Text *text, Py_ssize_t at, Py_ssize_t end) {
    for (; at < end; at++)
        if (Py_UNICODE_ISLOWER(CHAR(at))) return 0;
    return 1;
}

/* The letters that words must give for an acronym: 0 where there are too few. */
static int read_acronym(const uint8_t *folds, const Text *text, Py_ssize_t start, Py_ssize_t end, Spelt *spelt) {
    spelt->count = 0;
    for (Py_ssize_t at = start; at < end; at++) {
        Py_UCS4 c = CHAR(at);
        uint8_t plain[2] = {(uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c), 0};
        const uint8_t *fold = c < 0x80 ? plain : folds + 2 * c; /* signs are Latin-1 */
        for (int i = 0; i < 2 && spelt->count < MOST_LETTERS; i++)
            if (fold[i] >= 'a' && fold[i] <= 'z') spelt->letters[spelt->count++] = fold[i];
    }
    /* One that looks like a name may leave out hardly any word. */
    spelt->may_pass = is_upper(text, start, end) ? (int)((end - start) / 2) : 1;
    return spelt->count >= 2 && !is_roman(text, start, end);
}

/* Definitions --------------------------------------------------------------------------------- */

/* The character after the last that ends a sentence or a part of one; `start` where none does. */
static Py_ssize_t after_last_stop(const Text *text, Py_ssize_t start, Py_ssize_t end) {
    for (Py_ssize_t at = end - 1; at >= start; at--) {
        switch (CHAR(at)) {
        case '(': case ')': case ';': case ':': case '\n': return at + 1;
        case '.': case '!': case '?': case 0x2026:
            if (at + 1 < end && Py_UNICODE_ISSPACE(CHAR(at + 1))) return at + 1;
        }
    }
    return start;
}

/* Appends an acronym with the words from one place on, which are of `source`. */
static int append(Finder *finder, const Text *text, Py_ssize_t start, Py_ssize_t end, PyObject *source,
                  size_t place) {
    const WordReader *reader = &finder->reader;
    PyObject *acronym = PyUnicode_Substring(text->text, start, end);
    PyObject *meaning = PyUnicode_Substring(source, reader->words[place].start,
                                            reader->words[reader->count - 1].end);
    PyObject *entry = acronym && meaning ? Py_BuildValue("(nOO)", text->place, acronym, meaning) : NULL;
    int failed = entry ? PyList_Append(finder->found, entry) : -1;
    Py_XDECREF(acronym);
    Py_XDECREF(meaning);
    Py_XDECREF(entry);
    return failed;
}

/* An acronym in brackets after its words. */
static int defined_before(Finder *finder, const Text *text, Py_ssize_t open, Py_ssize_t close) {
    WordReader *reader = &finder->reader;
    Spelt spelt;
    if (!read_acronym(finder->reader.folds, text, open + 1, close, &spelt)) return 0;
    Py_ssize_t start = open - WINDOW - WINDOW_A_LETTER * spelt.count;
    start = after_last_stop(text, start < 0 ? 0 : start, open);
    PyObject *source = PyUnicode_Substring(text->text, start, open);
    int failed = source ? read_words(reader, source) : -1;
    if (!failed) {
        size_t place = spelt_start(reader->words, reader->count, &spelt);
        if (place < reader->count) failed = append(finder, text, open + 1, close, source, place);
    }
    Py_XDECREF(source);
    return failed;
}

/* The name that stands before a bracket with a space between, or before one a little earlier: the
 * first of those that begin with a capital. 0 where there is none. */
static int name_before(const Text *text, Py_ssize_t open, Py_ssize_t *start, Py_ssize_t *end) {
    Py_ssize_t least = open - MOST_BEFORE - 2;
    if (least < 0) least = 0;
    for (Py_ssize_t at = least; at <= open; at++) {
        if (CHAR(at) != '(' || at < 2 || CHAR(at - 1) != ' ') continue;
        *start = *end = at - 1;
        while (*start > 0 && *end - *start <= MOST_BEFORE && is_of_name(CHAR(*start - 1))) --*start;
        Py_ssize_t count = *end - *start;
        if (*start >= least && count >= 2 && count <= MOST_BEFORE && is_capital(CHAR(*start))) return 1;
    }
    return 0;
}

static int has_space(const Text *text, Py_ssize_t start, Py_ssize_t end) {
    while (start < end && CHAR(start) != ' ') start++;
    return start < end;
}

/* An acronym before the brackets in which its words stand. */
static int defined_after(Finder *finder, const Text *text, Py_ssize_t open, Py_ssize_t close) {
    WordReader *reader = &finder->reader;
    Spelt spelt;
    Py_ssize_t start, end;
    if (!open || CHAR(open - 1) != ' ' || !has_space(text, open + 1, close)) return 0;
    if (!name_before(text, open, &start, &end) || !is_acronym(text, start, end) ||
        !read_acronym(finder->reader.folds, text, start, end, &spelt) || after_last_stop(text, open + 1, close) != open + 1)
        return 0;
    PyObject *source = PyUnicode_Substring(text->text, open + 1, close);
    int failed = source ? read_words(reader, source) : -1;
    if (!failed) {
        size_t place = spelt_start(reader->words, reader->count, &spelt);
        int is_whole = place < reader->count;
        for (size_t i = 0; i < place; i++) is_whole &= !reader->words[i].stem;
        if (is_whole) failed = append(finder, text, start, end, source, place);
    }
    Py_XDECREF(source);
    return failed;
}

/* Brackets ------------------------------------------------------------------------------------ */

/* Where the bracket that opens at `open` is closed; -1 where it is not in time. */
static Py_ssize_t closing(const Text *text, Py_ssize_t open) {
    for (Py_ssize_t at = open + 1; at < text->length && at <= open + 1 + MOST_INSIDE; at++) {
        Py_UCS4 c = CHAR(at);
        if (c == ')') return at - open - 1 >= LEAST_INSIDE ? at : -1;
        if (c == '(' || c == '\n') return -1;
    }
    return -1;
}

static int read_text(Finder *finder, const Text *text) {
    for (Py_ssize_t at = 0; (at = scan_next(text->kind, text->data, text->length, at, '(')) < text->length;) {
        Py_ssize_t open = at++, close = closing(text, open);
        if (close < 0) continue;
        at = close + 1;
        int is_short = close - open - 1 <= MOST_ACRONYM && is_acronym(text, open + 1, close);
        if ((is_short ? defined_before : defined_after)(finder, text, open, close) < 0) return -1;
    }
    return 0;
}

static int read_texts(Finder *finder, PyObject *texts) {
    for (Py_ssize_t place = 0; place < PyList_GET_SIZE(texts); place++) {
        PyObject *object = PyList_GET_ITEM(texts, place);
        if (object == Py_None) continue;
        if (!PyUnicode_Check(object)) return PyErr_SetString(PyExc_TypeError, "a text must be a str or None"), -1;
        Text text = {object, PyUnicode_KIND(object), PyUnicode_DATA(object), PyUnicode_GET_LENGTH(object), place};
        Py_INCREF(object); /* Python code may take it out of the list */
        int failed = read_text(finder, &text);
        Py_DECREF(object);
        if (failed) return -1;
    }
    return 0;
}

PyDoc_STRVAR(definitions_doc,
"definitions(lexicon, texts, folds, fold, /)\n--\n\n"
"Return (place of the text, acronym, words that spell it) of each definition, in order.\n\n"
"`folds` has the two letters or fewer that each character below U+0250 stands for, `fold` tells of\n"
"the words that have others.");

static PyObject *definitions(PyObject *module, PyObject *args) {
    (void)module;
    Finder finder = {0};
    WordReader *reader = &finder.reader;
    PyObject *texts;
    Py_buffer folds;
    if (!PyArg_ParseTuple(args, "OO!y*O:definitions", &reader->lexicon, &PyList_Type, &texts, &folds, &reader->fold))
        return NULL;
    reader->folds = folds.buf;
    if (!lexicon_check(reader->lexicon)) {
        PyErr_SetString(PyExc_TypeError, "a Lexicon is expected");
    } else if (folds.len != 2 * FOLDED) {
        PyErr_SetString(PyExc_ValueError, "a folding table has two letters for each of 592 characters");
    } else if ((finder.found = PyList_New(0)) && read_texts(&finder, texts) < 0) {
        Py_CLEAR(finder.found);
    }
    PyMem_RawFree(reader->words);
    PyBuffer_Release(&folds);
    return finder.found;
}

static PyMethodDef functions[] = {
    {"definitions", definitions, METH_VARARGS, definitions_doc},
    {NULL, NULL, 0, NULL},
};

int register_definitions(PyObject *module) { return PyModule_AddFunctions(module, functions); }
