/* Stems of words: what indexer/french/forms.py's stem_form gives, for plain words; any other is left to
 * Python. Plain is a short word of lower-case letters below U+0100 that are a letter and its accents,
 * of digits and of ASCII punctuation. The table of suffixes, the stop words and the exceptions are given. */
#include "stem.h"

#include "words.h"

#define MAX_RULES 64
#define MAX_ENDING 15
#define SHORTEST_REMAINDER 4 /* _SHORTEST_REMAINDER of stemmer.py */

/* A row of the table: what is longer and ends so, what replaces it, whether the list goes on. */
typedef struct {
    char ending[MAX_ENDING + 1], replacement[MAX_ENDING + 1];
    size_t longer_than, length, replaces;
    int goes_on;
} Rule;

typedef struct {
    PyObject_HEAD
    PyObject *otherwise;
    Words stop_words, exceptions;
    Rule rules[MAX_RULES];
    size_t count;
} Stemmer;

/* A word in Latin-1; no rule makes it longer. */
typedef struct {
    char text[LONGEST_STEM];
    size_t length;
} Stem;

/* The letters of U+00E0 to U+00FF without their accents; '\0' for what is more than a letter with one. */
static const char UNACCENTED[] = "aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0y";

/* The letter below an accent, the character itself where there is none; 0 where Python must say. */
static inline char folded(uint8_t c) {
    if (c >= 0xe0) return UNACCENTED[c - 0xe0];
    return c < 0x80 && !(c >= 'A' && c <= 'Z') ? (char)c : '\0';
}

/* As the published rules do before they look for doubled letters: not every accent. */
static inline char folded_by_rule(char c) {
    static const char KNOWN[] = "\xe0\xe1\xe2\xf4\xe8\xe9\xea\xf9\xfb\xee\xe7"; /* àáâôèéêùûîç */
    return memchr(KNOWN, c, sizeof KNOWN - 1) ? folded((uint8_t)c) : c;
}

static inline int is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (uint8_t)c >= 0xe0;
}

static inline int ends_with(const Stem *stem, const char *ending, size_t length) {
    return stem->length >= length && !memcmp(stem->text + stem->length - length, ending, length);
}

static void plural(Stem *stem) {
    if (stem->length > 5 && ends_with(stem, "aux", 3) && !ends_with(stem, "eaux", 4))
        stem->text[--stem->length - 1] = 'l';
    else if (stem->length > 3 && (ends_with(stem, "x", 1) || ends_with(stem, "s", 1)))
        stem->length--;
}

static void after_suffix(Stem *stem, const Rule *rule) {
    if (!strcmp(rule->ending, "ement") && stem->length > 3 && ends_with(stem, "ive", 3))
        stem->text[--stem->length - 1] = 'f';
    else if (!strcmp(rule->ending, "isation") && stem->length > 5 && ends_with(stem, "ual", 3))
        memcpy(stem->text + stem->length - 2, "el", 2);
}

static void suffix(const Stemmer *self, Stem *stem) {
    for (const Rule *rule = self->rules; rule < self->rules + self->count; rule++) {
        if (stem->length <= rule->longer_than || !ends_with(stem, rule->ending, rule->length)) continue;
        stem->length -= rule->length;
        memcpy(stem->text + stem->length, rule->replacement, rule->replaces);
        stem->length += rule->replaces;
        if (rule->goes_on) continue;
        after_suffix(stem, rule);
        return;
    }
}

static void once_each(Stem *stem) {
    size_t kept = 0;
    for (size_t at = 0; at < stem->length; at++) {
        char c = folded_by_rule(stem->text[at]);
        if (!kept || c != stem->text[kept - 1] || !is_letter(c)) stem->text[kept++] = c;
    }
    stem->length = kept;
}

static void normalise(Stem *stem) {
    if (stem->length > SHORTEST_REMAINDER) once_each(stem);
    if (stem->length > SHORTEST_REMAINDER && ends_with(stem, "ie", 2)) stem->length -= 2;
    if (stem->length <= SHORTEST_REMAINDER) return;
    static const char ENDINGS[] = "ree";
    for (int at = 0; at < 3; at++) stem->length -= (size_t)ends_with(stem, ENDINGS + at, 1);
    if (stem->length > 1 && is_letter(stem->text[stem->length - 1]) &&
        stem->text[stem->length - 1] == stem->text[stem->length - 2])
        stem->length--;
}

/* Takes a plain word in UTF-8: 1, or 0 where it is not. */
static int take(Stem *stem, const char *utf8, size_t length) {
    stem->length = 0;
    for (size_t at = 0; at < length; at++) {
        uint8_t c = (uint8_t)utf8[at];
        if (c == 0xc3 && at + 1 < length) c = (uint8_t)utf8[++at] | 0x40; /* U+00C0 to U+00FF */
        else if (c >= 0x80) return 0;
        if (stem->length == LONGEST_STEM || !folded(c)) return 0;
        stem->text[stem->length++] = (char)c;
    }
    return 1;
}

int stemmer_stem(PyObject *stemmer, const char *utf8, size_t length, char text[LONGEST_STEM], size_t *count) {
    const Stemmer *self = (const Stemmer *)stemmer;
    Stem stem;
    if (!take(&stem, utf8, length)) return -1;
    if (words_find(&self->stop_words, utf8, length) != NO_WORD) return 0;
    if (words_find(&self->exceptions, utf8, length) != NO_WORD) return -1;
    plural(&stem);
    suffix(self, &stem);
    normalise(&stem);
    for (size_t at = 0; at < stem.length; at++) text[at] = folded((uint8_t)stem.text[at]);
    *count = stem.length;
    return 1;
}

static PyObject *stemmer_call(Stemmer *self, PyObject *args, PyObject *kwargs) {
    PyObject *word;
    if (kwargs && PyDict_GET_SIZE(kwargs)) return PyErr_Format(PyExc_TypeError, "a Stemmer takes no keywords");
    if (!PyArg_ParseTuple(args, "O:Stemmer", &word)) return NULL;
    char text[LONGEST_STEM];
    size_t count;
    int known = -1;
    if (PyUnicode_CheckExact(word) && PyUnicode_KIND(word) == PyUnicode_1BYTE_KIND) {
        Py_ssize_t length;
        const char *utf8 = PyUnicode_AsUTF8AndSize(word, &length);
        if (!utf8) return NULL;
        known = stemmer_stem((PyObject *)self, utf8, (size_t)length, text, &count);
    }
    if (known < 0) return PyObject_CallOneArg(self->otherwise, word);
    return known ? PyUnicode_FromStringAndSize(text, (Py_ssize_t)count) : Py_NewRef(Py_None);
}

static int take_rule(Stemmer *self, PyObject *row) {
    const char *ending, *replacement;
    Py_ssize_t longer_than, length, replaces;
    Rule *rule = &self->rules[self->count];
    if (self->count == MAX_RULES || !PyTuple_Check(row)) {
        PyErr_Format(PyExc_ValueError, "a table of suffixes has at most %d tuples", MAX_RULES);
        return -1;
    }
    if (!PyArg_ParseTuple(row, "ny#y#p", &longer_than, &ending, &length, &replacement, &replaces, &rule->goes_on))
        return -1;
    if (!length || length > MAX_ENDING || replaces > length || longer_than < 0) {
        PyErr_Format(PyExc_ValueError, "an ending has 1 to %d characters, and no longer a replacement", MAX_ENDING);
        return -1;
    }
    memcpy(rule->ending, ending, (size_t)length);
    memcpy(rule->replacement, replacement, (size_t)replaces);
    rule->longer_than = (size_t)longer_than;
    rule->length = (size_t)length;
    rule->replaces = (size_t)replaces;
    self->count++;
    return 0;
}

/* Takes the strs that an iterable gives: 0 or -1. */
static int take_words(Words *words, PyObject *given) {
    PyObject *each, *iterator = PyObject_GetIter(given);
    int failed = !iterator || words_start(words, 0) < 0;
    while (!failed && (each = PyIter_Next(iterator))) {
        Py_ssize_t length;
        const char *utf8 = PyUnicode_AsUTF8AndSize(each, &length);
        failed = !utf8 || words_intern(words, utf8, (size_t)length) == NO_WORD;
        Py_DECREF(each);
    }
    Py_XDECREF(iterator);
    return failed || PyErr_Occurred() ? -1 : 0;
}

static PyObject *stemmer_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"suffixes", "stop_words", "exceptions", "otherwise", NULL};
    PyObject *suffixes, *stop_words, *exceptions, *otherwise;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!O!O:Stemmer", names, &PyTuple_Type, &suffixes,
                                     &PyFrozenSet_Type, &stop_words, &PyDict_Type, &exceptions, &otherwise))
        return NULL;
    Stemmer *self = (Stemmer *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->otherwise = Py_NewRef(otherwise);
    int failed = take_words(&self->stop_words, stop_words) < 0 || take_words(&self->exceptions, exceptions) < 0;
    for (Py_ssize_t at = 0; !failed && at < PyTuple_GET_SIZE(suffixes); at++)
        failed = take_rule(self, PyTuple_GET_ITEM(suffixes, at)) < 0;
    if (failed) Py_CLEAR(self);
    return (PyObject *)self;
}

static int stemmer_traverse(Stemmer *self, visitproc visit, void *arg) {
    Py_VISIT(self->otherwise);
    return 0;
}

static int stemmer_clear(Stemmer *self) {
    Py_CLEAR(self->otherwise);
    return 0;
}

static void stemmer_dealloc(Stemmer *self) {
    PyObject_GC_UnTrack(self);
    stemmer_clear(self);
    words_free(&self->stop_words);
    words_free(&self->exceptions);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

PyDoc_STRVAR(stemmer_doc,
"Stemmer(suffixes, stop_words, exceptions, otherwise)\n--\n\n"
"What gives the stem of an exact form, None for a stop word; `otherwise` is asked for the exceptions\n"
"and for the words that are not plain. A suffix is (longer than, ending, replacement, goes on), its\n"
"texts in Latin-1.");

static PyTypeObject StemmerType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "indexer.native._kernel.Stemmer",
    .tp_doc = stemmer_doc,
    .tp_basicsize = sizeof(Stemmer),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = stemmer_new,
    .tp_call = (ternaryfunc)stemmer_call,
    .tp_traverse = (traverseproc)stemmer_traverse,
    .tp_clear = (inquiry)stemmer_clear,
    .tp_dealloc = (destructor)stemmer_dealloc,
};

int stemmer_check(PyObject *object) {
    return PyObject_TypeCheck(object, &StemmerType);
}

int register_stem(PyObject *module) {
    return PyModule_AddType(module, &StemmerType);
}
