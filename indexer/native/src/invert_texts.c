/* The texts of an Inverter: words of a lexicon, which several fields may share. */
#include "cut_texts.h"
#include "invert.h"
#include "text.h"

/* The source of a lexicon, made if there is none: its number, -1 on failure. */
static int64_t source_of(Inverter *self, PyObject *lexicon) {
    for (uint32_t i = 0; i < self->source_count; i++)
        if (self->sources[i].lexicon == lexicon) return i;
    Source *sources = realloc(self->sources, (self->source_count + 1) * sizeof *sources);
    if (!sources) return PyErr_NoMemory(), -1;
    self->sources = sources;
    sources[self->source_count] = (Source){.lexicon = Py_NewRef(lexicon)};
    return self->source_count++;
}

PyObject *inverter_add_text_field(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    PyObject *lexicon;
    int derived;
    if (!PyArg_ParseTuple(args, "Op", &lexicon, &derived) || !inverter_usable(self)) return NULL;
    if (!lexicon_check(lexicon)) {
        PyErr_SetString(PyExc_TypeError, "a Lexicon is needed");
        return NULL;
    }
    int64_t source = source_of(self, lexicon);
    if (source < 0) return NULL;
    return inverter_append_field(self, (Field){.kind = POSITIONS, .scorable = 1, .derived = derived,
                                               .source = (uint32_t)source});
}

static int append_words(Source *source, const uint32_t *words, size_t count) {
    uint64_t end = source->tokens.size / 4 + count;
    if (!source->starts.size && bytes_append(&source->starts, &(uint64_t){0}, 8) < 0) return -1;
    if (bytes_append(&source->tokens, words, count * 4) < 0) return -1;
    return bytes_append(&source->starts, &end, 8);
}

/* The fields of a tuple of numbers, which share a source: that one's number, -1 on failure. */
static int64_t source_of_fields(Inverter *self, PyObject *numbers) {
    uint32_t source = NO_SOURCE;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(numbers); i++) {
        Py_ssize_t number = PyLong_AsSsize_t(PyTuple_GET_ITEM(numbers, i));
        if (number == -1 && PyErr_Occurred()) return -1;
        const Field *field = inverter_field(self, number);
        if (!field) return -1;
        if (field->source == NO_SOURCE || (i && field->source != source))
            return inverter_refuse("fields of one text must share a lexicon");
        source = field->source;
    }
    return source == NO_SOURCE ? inverter_refuse("a text without a field") : (int64_t)source;
}

/* Makes room for a text of a document in fields of which the source is known: 0 or -1. */
static int prepare_fields(Inverter *self, PyObject *numbers, uint32_t document, uint32_t repeat) {
    if (document >= MAX_DOCS || repeat < 1 || repeat > 65535)
        return inverter_refuse("document or weight out of bounds");
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(numbers); i++) {
        Field *field = inverter_field(self, PyLong_AsSsize_t(PyTuple_GET_ITEM(numbers, i)));
        if (!field) return -1;
        const Entry *entries = (const Entry *)(const void *)field->entries.data;
        size_t count = field->entries.size / sizeof(Entry);
        if (count && entries[count - 1].document >= document)
            return inverter_refuse("documents must ascend");
        if (bytes_reserve(&field->entries, sizeof(Entry)) < 0) return PyErr_NoMemory(), -1;
    }
    return 0;
}

/* Adds the words of a text. They were asked for before, which may have run Python code, in which another
 * thread may have begun to write. */
static int add_words(Inverter *self, const uint32_t *words, size_t count, uint32_t document, PyObject *numbers,
                     uint32_t repeat) {
    if (!inverter_usable(self) || prepare_fields(self, numbers, document, repeat) < 0) return -1;
    int64_t number = source_of_fields(self, numbers);
    if (number < 0) return -1;
    Source *source = self->sources + number;
    if (append_words(source, words, count) < 0) return PyErr_NoMemory(), -1;
    Entry entry = {document, (uint32_t)(source->starts.size / 8 - 2), repeat};
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(numbers); i++) {
        Field *field = inverter_field(self, PyLong_AsSsize_t(PyTuple_GET_ITEM(numbers, i)));
        if (!field) return -1;
        if (bytes_append(&field->entries, &entry, sizeof entry) < 0) return PyErr_NoMemory(), -1;
    }
    return 0;
}

/* Cuts a text with the lexicon of a source, and adds its words. The room for them is taken away meanwhile:
 * Python code may add another text. */
static int add_text(Inverter *self, int64_t source, PyObject *text, uint32_t document, PyObject *numbers,
                    uint32_t repeat) {
    Bytes words = self->words;
    self->words = (Bytes){0};
    words.size = 0;
    int failed = cut_words(self->sources[source].lexicon, text, &words);
    const uint32_t *first = (const uint32_t *)(const void *)words.data;
    if (!failed) failed = add_words(self, first, words.size / 4, document, numbers, repeat);
    bytes_free(&self->words);
    self->words = words;
    return failed;
}

PyObject *inverter_add_text(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    PyObject *text, *numbers;
    unsigned int document, repeat = 1;
    if (!PyArg_ParseTuple(args, "UIO!|I", &text, &document, &PyTuple_Type, &numbers, &repeat) ||
        !inverter_usable(self))
        return NULL;
    int64_t source = source_of_fields(self, numbers);
    if (source < 0 || prepare_fields(self, numbers, document, repeat) < 0 ||
        add_text(self, source, text, document, numbers, repeat) < 0) return NULL;
    Py_RETURN_NONE;
}

PyObject *inverter_add_texts(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    PyObject *texts, *numbers;
    unsigned int first, repeat;
    if (!PyArg_ParseTuple(args, "O!IO!I", &PyTuple_Type, &texts, &first, &PyTuple_Type, &numbers, &repeat) ||
        !inverter_usable(self))
        return NULL;
    int64_t source = source_of_fields(self, numbers);
    if (source < 0) return NULL;
    if (first > MAX_DOCS || PyTuple_GET_SIZE(texts) > MAX_DOCS)
        return inverter_refuse("document out of bounds"), NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(texts); i++) {
        PyObject *text = PyTuple_GET_ITEM(texts, i);
        if (text != Py_None && add_text(self, source, text, first + (uint32_t)i, numbers, repeat) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

PyObject *inverter_add_cut(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    PyObject *cut, *numbers;
    Py_ssize_t begin, count;
    unsigned int first, repeat;
    if (!PyArg_ParseTuple(args, "OnnIO!I", &cut, &begin, &count, &first, &PyTuple_Type, &numbers, &repeat) ||
        !inverter_usable(self))
        return NULL;
    int64_t source = source_of_fields(self, numbers);
    if (source < 0) return NULL;
    if (!cut_texts_check(cut, self->sources[source].lexicon)) {
        PyErr_SetString(PyExc_TypeError, "texts that the fields' lexicon cut are needed");
        return NULL;
    }
    if (begin < 0 || count < 0 || count > MAX_DOCS || first > MAX_DOCS)
        return inverter_refuse("document out of bounds"), NULL;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *text = cut_texts_text(cut, begin + i);
        if (!text) return NULL;
        if (text == Py_None) continue;
        const uint32_t *words;
        size_t length;
        if (cut_texts_words(cut, begin + i, &words, &length) < 0 ||
            add_words(self, words, length, first + (uint32_t)i, numbers, repeat) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}
