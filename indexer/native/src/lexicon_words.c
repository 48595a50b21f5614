/* The words of a Lexicon and their derived forms, as others ask for them (see text.h). Of a word's entry,
 * `note` is its derived form or NO_WORD, once `more` says that it was asked. */
#include "lexicon.h"
#include "stem.h"

/* Writes a str in UTF-8, lone surrogates as three bytes, to the scratch: its length, or -1. */
static Py_ssize_t encode(Lexicon *self, PyObject *word) {
    size_t count = (size_t)PyUnicode_GET_LENGTH(word);
    if (count * 4 + 1 > self->scratch_room) {
        char *scratch = PyMem_RawRealloc(self->scratch, count * 4 + 256);
        if (!scratch) {
            PyErr_NoMemory();
            return -1;
        }
        self->scratch = scratch;
        self->scratch_room = count * 4 + 256;
    }
    char *out = self->scratch;
    for (size_t at = 0; at < count; at++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(word, (Py_ssize_t)at);
        if (c < 0x80) {
            *out++ = (char)c;
            continue;
        }
        if (c < 0x800) {
            *out++ = (char)(0xc0 | c >> 6);
        } else {
            if (c < 0x10000) {
                *out++ = (char)(0xe0 | c >> 12);
            } else {
                *out++ = (char)(0xf0 | c >> 18);
                *out++ = (char)(0x80 | (c >> 12 & 0x3f));
            }
            *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        }
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out - self->scratch;
}

static int intern(Lexicon *self, Words *words, PyObject *word, uint32_t *id) {
    if (!PyUnicode_Check(word)) {
        PyErr_Format(PyExc_TypeError, "a word must be a str, not %.100s", Py_TYPE(word)->tp_name);
        return -1;
    }
    Py_ssize_t length = encode(self, word);
    if (length < 0) return -1;
    *id = words_intern(words, self->scratch, (size_t)length);
    return *id == NO_WORD ? -1 : 0;
}

static int find(Lexicon *self, const Words *words, PyObject *word, uint32_t *id) {
    if (!PyUnicode_Check(word)) {
        PyErr_Format(PyExc_TypeError, "a word must be a str, not %.100s", Py_TYPE(word)->tp_name);
        return -1;
    }
    Py_ssize_t length = encode(self, word);
    if (length < 0) return -1;
    *id = words_find(words, self->scratch, (size_t)length);
    return 0;
}

static const char *bytes_of(const Words *words, uint32_t id, Py_ssize_t *length) {
    if (id >= words->count) return NULL;
    *length = words->entries[id].length;
    return words_bytes(words, id);
}

PyObject *lexicon_str_of(Words *words, uint32_t id) {
    if (id >= words->count) {
        PyErr_SetString(PyExc_IndexError, "no such word");
        return NULL;
    }
    if (!words->entries[id].string) {
        PyObject *made = PyUnicode_DecodeUTF8(words_bytes(words, id), words->entries[id].length, "surrogatepass");
        if (!made || words->entries[id].string) return made;
        words->entries[id].string = made;
    }
    return Py_NewRef(words->entries[id].string);
}

uint32_t lexicon_size(PyObject *lexicon) {
    return ((Lexicon *)lexicon)->words.count;
}

const char *lexicon_word(PyObject *lexicon, uint32_t id, Py_ssize_t *length) {
    return bytes_of(&((Lexicon *)lexicon)->words, id, length);
}

int lexicon_intern(PyObject *lexicon, PyObject *exact, uint32_t *id) {
    return intern((Lexicon *)lexicon, &((Lexicon *)lexicon)->words, exact, id);
}

int lexicon_find(PyObject *lexicon, PyObject *exact, uint32_t *id) {
    return find((Lexicon *)lexicon, &((Lexicon *)lexicon)->words, exact, id);
}

PyObject *lexicon_word_str(PyObject *lexicon, uint32_t id) {
    return lexicon_str_of(&((Lexicon *)lexicon)->words, id);
}

uint32_t lexicon_derived_size(PyObject *lexicon) {
    return ((Lexicon *)lexicon)->derived.count;
}

const char *lexicon_derived_word(PyObject *lexicon, uint32_t id, Py_ssize_t *length) {
    return bytes_of(&((Lexicon *)lexicon)->derived, id, length);
}

int lexicon_derived_intern(PyObject *lexicon, PyObject *derived, uint32_t *id) {
    return intern((Lexicon *)lexicon, &((Lexicon *)lexicon)->derived, derived, id);
}

int lexicon_derived_find(PyObject *lexicon, PyObject *derived, uint32_t *id) {
    return find((Lexicon *)lexicon, &((Lexicon *)lexicon)->derived, derived, id);
}

PyObject *lexicon_derived_str(PyObject *lexicon, uint32_t id) {
    return lexicon_str_of(&((Lexicon *)lexicon)->derived, id);
}

static void keep_derived(Lexicon *self, uint32_t id, uint32_t derived) {
    self->words.entries[id].note = derived;
    self->words.entries[id].more = 1;
}

static int ask_python(Lexicon *self, uint32_t id) {
    PyObject *word = lexicon_str_of(&self->words, id);
    PyObject *form = word ? PyObject_CallOneArg(self->derive, word) : NULL;
    Py_XDECREF(word);
    if (!form) return -1;
    uint32_t derived = NO_WORD;
    int failed = form == Py_None ? 0 : intern(self, &self->derived, form, &derived);
    Py_DECREF(form);
    if (!failed) keep_derived(self, id, derived);
    return failed;
}

/* A Stemmer is asked without making a str of the word. */
static int ask_derived(Lexicon *self, uint32_t id) {
    char text[LONGEST_STEM];
    size_t count;
    int known = -1;
    if (stemmer_check(self->derive))
        known = stemmer_stem(self->derive, words_bytes(&self->words, id), self->words.entries[id].length, text, &count);
    if (known < 0) return ask_python(self, id);
    uint32_t derived = known ? words_intern(&self->derived, text, count) : NO_WORD;
    if (known && derived == NO_WORD) return -1;
    keep_derived(self, id, derived);
    return 0;
}

int lexicon_derived(PyObject *lexicon, uint32_t id, uint32_t *derived) {
    Lexicon *self = (Lexicon *)lexicon;
    if (id >= self->words.count) {
        PyErr_SetString(PyExc_IndexError, "no such word");
        return -1;
    }
    if (!self->words.entries[id].more && ask_derived(self, id) < 0) return -1;
    *derived = self->words.entries[id].note;
    return 0;
}
