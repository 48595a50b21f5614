/* The Inverter: takes the words of documents, gives the sections of the fields of a segment. */
#include "invert.h"

#include <stdlib.h>

#include "text.h"

int inverter_refuse(const char *message) {
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

int inverter_usable(const Inverter *self) {
    if (!self->busy) return 1;
    PyErr_SetString(PyExc_RuntimeError, "the inverter writes its sections");
    return 0;
}

Field *inverter_field(Inverter *self, Py_ssize_t number) {
    if (number >= 0 && (uint64_t)number < self->field_count) return self->fields + number;
    PyErr_SetString(PyExc_IndexError, "no such field");
    return NULL;
}

static void clear_field(Field *field) {
    bytes_free(&field->entries);
    bytes_free(&field->lengths);
    bytes_free(&field->terms.text);
    bytes_free(&field->terms.offsets);
    bytes_free(&field->terms.stream);
    free(field->terms.slots);
    bytes_free(&field->values);
    bytes_free(&field->value_starts);
    field->terms = (Terms){0};
    field->weighted = 0;
}

static void clear_source(Source *source) {
    bytes_free(&source->tokens);
    bytes_free(&source->starts);
}

static PyObject *inverter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"lengths", NULL};
    Py_buffer lengths;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*", names, &lengths)) return NULL;
    Inverter *self = NULL;
    if (lengths.len != sizeof self->bounds)
        inverter_refuse("lengths must be 256 numbers of 4 bytes");
    else if ((self = (Inverter *)type->tp_alloc(type, 0)))
        memcpy(self->bounds, lengths.buf, sizeof self->bounds);
    PyBuffer_Release(&lengths);
    return (PyObject *)self;
}

static int inverter_traverse(PyObject *object, visitproc visit, void *arg) {
    Inverter *self = (Inverter *)object;
    for (uint32_t i = 0; i < self->source_count; i++) Py_VISIT(self->sources[i].lexicon);
    return 0;
}

static void inverter_dealloc(PyObject *object) {
    Inverter *self = (Inverter *)object;
    PyObject_GC_UnTrack(object);
    for (uint32_t i = 0; i < self->field_count; i++) clear_field(self->fields + i);
    for (uint32_t i = 0; i < self->source_count; i++) {
        clear_source(self->sources + i);
        Py_DECREF(self->sources[i].lexicon);
    }
    free(self->fields);
    free(self->sources);
    Py_TYPE(object)->tp_free(object);
}

static PyObject *append_field(Inverter *self, Field field) {
    Field *fields = realloc(self->fields, (self->field_count + 1) * sizeof *fields);
    if (!fields) return PyErr_NoMemory();
    self->fields = fields;
    fields[self->field_count] = field;
    return PyLong_FromUnsignedLong(self->field_count++);
}

static PyObject *inverter_add_field(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    int kind, scorable;
    if (!PyArg_ParseTuple(args, "ip", &kind, &scorable) || !inverter_usable(self)) return NULL;
    if (kind < EXISTENCE || kind > POSITIONS) return inverter_refuse("no such kind of field"), NULL;
    return append_field(self, (Field){.kind = kind, .scorable = scorable, .source = NO_SOURCE});
}

/* Returns the number of the source of a lexicon, made if there is none; -1 on failure. */
static int64_t source_of(Inverter *self, PyObject *lexicon) {
    for (uint32_t i = 0; i < self->source_count; i++)
        if (self->sources[i].lexicon == lexicon) return i;
    Source *sources = realloc(self->sources, (self->source_count + 1) * sizeof *sources);
    if (!sources) return PyErr_NoMemory(), -1;
    self->sources = sources;
    sources[self->source_count] = (Source){.lexicon = Py_NewRef(lexicon)};
    return self->source_count++;
}

static PyObject *inverter_add_text_field(PyObject *object, PyObject *args) {
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
    return append_field(self, (Field){.kind = POSITIONS, .scorable = 1, .derived = derived,
                                      .source = (uint32_t)source});
}

/* Copies tokens as word * 2 + compound, checking that their positions follow from their order. */
static int copy_tokens(Source *source, const LexToken *tokens, Py_ssize_t count) {
    uint64_t end = source->tokens.size / 4 + (uint64_t)count;
    size_t first = source->starts.size == 0 ? 16 : 8;
    if (bytes_reserve(&source->tokens, (size_t)count * 4) < 0 ||
        bytes_reserve(&source->starts, first) < 0)
        return PyErr_NoMemory(), -1;
    uint32_t *out = (uint32_t *)(void *)(source->tokens.data + source->tokens.size), position = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (tokens[i].position != position) return inverter_refuse("positions that skip words");
        if (tokens[i].word >> 31) return inverter_refuse("a lexicon with too many words");
        out[i] = tokens[i].word * 2 + (tokens[i].compound != 0);
        position += !tokens[i].compound;
    }
    if (first == 16) {
        memset(source->starts.data, 0, 8);
        source->starts.size = 8;
    }
    memcpy(source->starts.data + source->starts.size, &end, 8);
    source->starts.size += 8;
    source->tokens.size += (size_t)count * 4;
    return 0;
}

/* Checks the fields that a text goes to and makes room for it: their source, -1 on failure. */
static int64_t prepare_fields(Inverter *self, PyObject *numbers, uint32_t document) {
    uint32_t source = NO_SOURCE;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(numbers); i++) {
        Py_ssize_t number = PyLong_AsSsize_t(PyTuple_GET_ITEM(numbers, i));
        if (number == -1 && PyErr_Occurred()) return -1;
        Field *field = inverter_field(self, number);
        if (!field) return -1;
        if (field->source == NO_SOURCE || (i && field->source != source))
            return inverter_refuse("fields of one text must share a lexicon");
        source = field->source;
        const Entry *entries = (const Entry *)(const void *)field->entries.data;
        size_t count = field->entries.size / sizeof(Entry);
        if (count && entries[count - 1].document >= document)
            return inverter_refuse("documents must ascend");
        if (bytes_reserve(&field->entries, sizeof(Entry)) < 0) return PyErr_NoMemory(), -1;
    }
    return source == NO_SOURCE ? inverter_refuse("a text without a field") : (int64_t)source;
}

/* Adds the words of one text; `text` is a str. */
static int add_one_text(Inverter *self, PyObject *text, uint32_t document, PyObject *numbers,
                        uint32_t repeat) {
    if (document >= MAX_DOCS || repeat < 1 || repeat > 65535)
        return inverter_refuse("document or weight out of bounds");
    int64_t number = prepare_fields(self, numbers, document);
    if (number < 0) return -1;
    Source *source = self->sources + number;
    LexToken *tokens; /* the lexicon's own, until it is asked again */
    Py_ssize_t count;
    if (lexicon_tokenise(source->lexicon, text, &tokens, &count) < 0) return -1;
    /* Tokenising may have run Python code, in which another thread may have begun to write. */
    if (!inverter_usable(self)) return -1;
    source = self->sources + number;
    if (copy_tokens(source, tokens, count) < 0) return -1;
    Entry entry = {document, (uint32_t)(source->starts.size / 8 - 2), repeat};
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(numbers); i++) {
        Field *field = inverter_field(self, PyLong_AsSsize_t(PyTuple_GET_ITEM(numbers, i)));
        if (!field) return -1;
        if (bytes_append(&field->entries, &entry, sizeof entry) < 0) return PyErr_NoMemory(), -1;
    }
    return 0;
}

static PyObject *inverter_add_text(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    PyObject *text, *numbers;
    unsigned int document, repeat = 1;
    if (!PyArg_ParseTuple(args, "UIO!|I", &text, &document, &PyTuple_Type, &numbers, &repeat) ||
        !inverter_usable(self))
        return NULL;
    return add_one_text(self, text, document, numbers, repeat) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *inverter_add_texts(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    PyObject *texts, *numbers;
    unsigned int first, repeat;
    if (!PyArg_ParseTuple(args, "O!IO!I", &PyTuple_Type, &texts, &first, &PyTuple_Type, &numbers,
                          &repeat) ||
        !inverter_usable(self))
        return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(texts); i++) {
        PyObject *text = PyTuple_GET_ITEM(texts, i);
        if (text == Py_None) continue;
        if (!PyUnicode_Check(text)) return PyErr_SetString(PyExc_TypeError, "a text must be a str"), NULL;
        if (first > MAX_DOCS || i > MAX_DOCS) return inverter_refuse("document out of bounds"), NULL;
        if (add_one_text(self, text, first + (uint32_t)i, numbers, repeat) < 0) return NULL;
    }
    Py_RETURN_NONE;
}

static uint32_t hash_bytes(const char *text, size_t length) {
    uint64_t hash = 0x9E3779B97F4A7C15u ^ length;
    for (; length >= 8; text += 8, length -= 8) {
        uint64_t part;
        memcpy(&part, text, 8);
        hash = (hash ^ part) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    memcpy(&rest, text, length);
    hash = (hash ^ rest) * 0xD6E8FEB86659FD93u;
    return (uint32_t)(hash >> 32);
}

static uint32_t term_start(const Terms *terms, uint32_t term) {
    return load_u32(terms->offsets.data + 4 * (size_t)term);
}

static int grow_slots(Terms *terms) {
    uint32_t bits = terms->slots ? terms->slot_bits + 1 : 8, mask = (1u << bits) - 1;
    uint32_t *slots = calloc((size_t)1 << bits, 4);
    if (!slots || bits > 30) return free(slots), -1;
    for (uint32_t term = 0; term < terms->count; term++) {
        uint32_t start = term_start(terms, term), length = term_start(terms, term + 1) - start;
        uint32_t slot = hash_bytes((const char *)terms->text.data + start, length) & mask;
        while (slots[slot]) slot = (slot + 1) & mask;
        slots[slot] = term + 1;
    }
    free(terms->slots);
    terms->slots = slots;
    terms->slot_bits = bits;
    return 0;
}

/* Returns the number of a term, a new one if it is new; -1 where there is no memory. */
int64_t terms_intern(Terms *terms, const char *text, size_t length) {
    if ((!terms->slots || terms->count >= (1u << terms->slot_bits) / 2) && grow_slots(terms) < 0)
        return -1;
    uint32_t mask = (1u << terms->slot_bits) - 1, slot = hash_bytes(text, length) & mask;
    for (; terms->slots[slot]; slot = (slot + 1) & mask) {
        uint32_t term = terms->slots[slot] - 1, start = term_start(terms, term);
        if (term_start(terms, term + 1) - start == length &&
            (!length || memcmp(terms->text.data + start, text, length) == 0))
            return term;
    }
    if (length > UINT32_MAX - terms->text.size || bytes_reserve(&terms->offsets, 8) < 0 ||
        bytes_append(&terms->text, text, length) < 0)
        return -1;
    if (!terms->offsets.size) bytes_u32(&terms->offsets, 0);
    bytes_u32(&terms->offsets, (uint32_t)terms->text.size);
    terms->slots[slot] = terms->count + 1;
    return terms->count++;
}

/* The positions of a posting as a tuple of ints, so that reading them runs no code. */
static PyObject *tuple_of_ints(PyObject *positions, unsigned long tf) {
    PyObject *tuple = PySequence_Tuple(positions);
    if (tuple && PyTuple_GET_SIZE(tuple) != (Py_ssize_t)tf) {
        inverter_refuse("as many positions as the weight are needed");
        Py_CLEAR(tuple);
    }
    for (Py_ssize_t i = 0; tuple && i < PyTuple_GET_SIZE(tuple); i++) {
        if (PyLong_Check(PyTuple_GET_ITEM(tuple, i))) continue;
        PyErr_SetString(PyExc_TypeError, "positions must be whole numbers");
        Py_CLEAR(tuple);
    }
    return tuple;
}

/* Writes the positions of a posting as the first and differences; they may not descend. */
static int put_positions(PyObject *positions, uint32_t tf, uint32_t *out) {
    long long before = 0;
    for (uint32_t i = 0; i < tf; i++) {
        long long position = PyLong_AsLongLong(PyTuple_GET_ITEM(positions, i));
        if (position == -1 && PyErr_Occurred()) return -1;
        if (position < before || position > UINT32_MAX) return inverter_refuse("positions must ascend");
        out[i] = (uint32_t)(position - before);
        before = position;
    }
    return 0;
}

int inverter_add_posting(Field *field, PyObject *term, uint32_t document, unsigned long tf,
                         PyObject *positions) {
    char *text;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(term, &text, &length) < 0) return -1;
    if (tf < 1 || tf >= UINT32_MAX) return inverter_refuse("a weight must be a whole number from 1");
    Terms *terms = &field->terms;
    size_t room = 12 + (field->kind == POSITIONS ? 4 * (size_t)tf : 0);
    if (bytes_reserve(&terms->stream, room) < 0) return PyErr_NoMemory(), -1;
    uint32_t *out = (uint32_t *)(void *)(terms->stream.data + terms->stream.size);
    if (field->kind == POSITIONS && put_positions(positions, (uint32_t)tf, out + 3) < 0) return -1;
    int64_t number = terms_intern(terms, text, (size_t)length);
    if (number < 0) return PyErr_NoMemory(), -1;
    out[0] = (uint32_t)number;
    out[1] = document;
    out[2] = (uint32_t)tf;
    field->weighted |= tf > 1;
    terms->stream.size += room;
    return 0;
}

/* Adds one term of a field: its number, the term, tf and positions as add_term has them. */
static int add_one(Inverter *self, Py_ssize_t number, uint32_t document, PyObject *const *item) {
    Field *field = inverter_field(self, number);
    if (!field) return -1;
    if (field->source != NO_SOURCE) return inverter_refuse("this field takes texts");
    if (document >= MAX_DOCS) return inverter_refuse("document out of bounds");
    unsigned long tf = PyLong_AsUnsignedLong(item[1]);
    if (tf == (unsigned long)-1 && PyErr_Occurred()) return -1;
    if (field->kind != POSITIONS) return inverter_add_posting(field, item[0], document, tf, NULL);
    /* This may run Python code, which may add fields or have them written. */
    PyObject *positions = tuple_of_ints(item[2], tf);
    if (!positions) return -1;
    field = inverter_usable(self) ? inverter_field(self, number) : NULL;
    int failed = field ? inverter_add_posting(field, item[0], document, tf, positions) : -1;
    Py_DECREF(positions);
    return failed;
}

static PyObject *inverter_add_term(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    Py_ssize_t number;
    PyObject *item[3] = {NULL, NULL, Py_None};
    unsigned int document;
    if (!PyArg_ParseTuple(args, "nOIO|O", &number, &item[0], &document, &item[1], &item[2]) ||
        !inverter_usable(self))
        return NULL;
    return add_one(self, number, document, item) < 0 ? NULL : Py_NewRef(Py_None);
}

int inverter_set_length(Inverter *self, Py_ssize_t number, uint32_t document, uint32_t length) {
    Field *field = inverter_field(self, number);
    if (!field) return -1;
    if (field->source != NO_SOURCE || document >= MAX_DOCS)
        return inverter_refuse("document out of bounds or a field of texts");
    if (bytes_reserve(&field->lengths, 8) < 0) return PyErr_NoMemory(), -1;
    bytes_u32(&field->lengths, document);
    bytes_u32(&field->lengths, length);
    return 0;
}

/* Adds what a field was given: (place, ((term, tf, positions), …), length). */
static int add_posted(Inverter *self, uint32_t document, PyObject *posted, PyObject *numbers) {
    PyObject *place, *items;
    unsigned int length;
    if (!PyTuple_Check(posted)) return PyErr_SetString(PyExc_TypeError, "a tuple is needed"), -1;
    if (!PyArg_ParseTuple(posted, "OO!I", &place, &PyTuple_Type, &items, &length)) return -1;
    Py_ssize_t at = PyLong_AsSsize_t(place);
    if (at == -1 && PyErr_Occurred()) return -1;
    PyObject *told = at >= 0 ? PyList_GetItem(numbers, at) : NULL;
    if (!told) return PyErr_Occurred() ? -1 : inverter_refuse("no such place");
    Py_ssize_t number = PyLong_AsSsize_t(told);
    if (number == -1 && PyErr_Occurred()) return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items); i++) {
        PyObject *item = PyTuple_GET_ITEM(items, i);
        if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) != 3)
            return inverter_refuse("an item is a term, a weight and positions");
        if (add_one(self, number, document, &PyTuple_GET_ITEM(item, 0)) < 0) return -1;
    }
    return length ? inverter_set_length(self, number, document, length) : 0;
}

static PyObject *inverter_add_values(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    PyObject *values, *numbers;
    unsigned int document;
    if (!PyArg_ParseTuple(args, "IO!O!", &document, &PyList_Type, &values, &PyList_Type,
                          &numbers) ||
        !inverter_usable(self))
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values); i++) {
        PyObject *value = PyList_GET_ITEM(values, i);
        if (!PyTuple_Check(value) || PyTuple_GET_SIZE(value) != 2)
            return inverter_refuse("a value is its terms and what its column holds"), NULL;
        if (PyTuple_GET_ITEM(value, 0) == Py_None) continue;
        /* Positions may run Python code, which may change the list. */
        PyObject *posted = Py_NewRef(PyTuple_GET_ITEM(value, 0));
        int failed = add_posted(self, document, posted, numbers);
        Py_DECREF(posted);
        if (failed < 0) return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *inverter_add_length(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    Py_ssize_t number;
    unsigned int document, length;
    if (!PyArg_ParseTuple(args, "nII", &number, &document, &length) || !inverter_usable(self)) return NULL;
    return inverter_set_length(self, number, document, length) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *sections_tuple(const Field *field, const Sections *out, uint32_t docs) {
    int kind = field->kind == EXISTENCE && field->weighted ? FREQUENCIES : field->kind;
    PyObject *norms = out->norms
                          ? PyBytes_FromStringAndSize((const char *)out->norms, (Py_ssize_t)docs)
                          : Py_NewRef(Py_None);
    PyObject *parts[5] = {
        bytes_object(&out->blob), bytes_object(&out->offsets), bytes_object(&out->infos),
        bytes_object(&out->encoder.postings), bytes_object(&out->encoder.positions),
    };
    /* "N" takes the references, and fails with them where one is NULL. */
    return Py_BuildValue("(iIKIINNNNNN)", kind, out->terms, (unsigned long long)out->length,
                         out->least, out->most, parts[0], parts[1], parts[2], parts[3], parts[4],
                         norms);
}

static PyObject *inverter_invert(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    Py_ssize_t number;
    unsigned int docs;
    if (!PyArg_ParseTuple(args, "nI", &number, &docs)) return NULL;
    Field *field = inverter_field(self, number);
    if (!field) return NULL;
    if (docs > MAX_DOCS) return inverter_refuse("too many documents"), NULL;
    Sections out = {0};
    if (field->scorable && !(out.norms = calloc(docs ? docs : 1, 1))) return PyErr_NoMemory();
    int kind = field->kind == EXISTENCE && field->weighted ? FREQUENCIES : field->kind;
    encoder_open(&out.encoder, kind, out.norms, docs);
    self->busy++;
    int failed = field->source == NO_SOURCE
                     ? write_term_field(field, self->bounds, &out)
                     : write_text_field(field, self->sources + field->source, self->bounds, &out);
    self->busy--;
    PyObject *result = failed ? NULL : sections_tuple(field, &out, docs);
    free_sections(&out);
    return result;
}

static PyObject *inverter_clear(PyObject *object, PyObject *unused) {
    (void)unused;
    Inverter *self = (Inverter *)object;
    if (!inverter_usable(self)) return NULL;
    for (uint32_t i = 0; i < self->field_count; i++) clear_field(self->fields + i);
    for (uint32_t i = 0; i < self->source_count; i++) clear_source(self->sources + i);
    Py_RETURN_NONE;
}

/* What is held, and what inverting two fields as large as the largest will take beside it. */
static PyObject *inverter_memory(PyObject *object, void *unused) {
    (void)unused;
    Inverter *self = (Inverter *)object;
    size_t held = 0, largest = 0;
    for (uint32_t i = 0; i < self->source_count; i++) {
        held += self->sources[i].tokens.size + self->sources[i].starts.size;
        if (largest < self->sources[i].tokens.size) largest = self->sources[i].tokens.size;
    }
    for (uint32_t i = 0; i < self->field_count; i++) {
        const Field *field = self->fields + i;
        size_t stream = field->terms.stream.size;
        if (largest < stream) largest = stream;
        held += field->entries.size + field->lengths.size + stream + field->terms.text.size;
        held += field->values.size + field->value_starts.size;
        if (field->terms.slots) held += (size_t)4 << field->terms.slot_bits;
    }
    return PyLong_FromSize_t(held + 4 * largest);
}

static PyMethodDef inverter_methods[] = {
    {"add_field", inverter_add_field, METH_VARARGS, "Declare a field; its number."},
    {"add_text_field", inverter_add_text_field, METH_VARARGS, "Declare a text field; its number."},
    {"add_text", inverter_add_text, METH_VARARGS, "Add the words of a text to fields."},
    {"add_texts", inverter_add_texts, METH_VARARGS, "Add the words of texts of documents in a row."},
    {"define_value", inverter_define_value, METH_VARARGS, "Prepare a value; its code."},
    {"add_codes", inverter_add_codes, METH_VARARGS, "Add values of documents in a row."},
    {"add_terms", inverter_add_terms, METH_VARARGS, "Add a term to each document in a row."},
    {"add_term", inverter_add_term, METH_VARARGS, "Add a posting."},
    {"add_values", inverter_add_values, METH_VARARGS, "Add the terms of a document."},
    {"add_length", inverter_add_length, METH_VARARGS, "Set a document's length in a field."},
    {"invert", inverter_invert, METH_VARARGS, "The sections of a field."},
    {"clear", inverter_clear, METH_NOARGS, "Forget all documents, not the fields."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef inverter_properties[] = {
    {"memory", inverter_memory, NULL, "Memory held and needed to invert, in bytes.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject InverterType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "indexer.native._kernel.Inverter",
    .tp_basicsize = sizeof(Inverter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Takes the words of documents, gives the sections of the fields of a segment.",
    .tp_new = inverter_new,
    .tp_dealloc = inverter_dealloc,
    .tp_traverse = inverter_traverse,
    .tp_methods = inverter_methods,
    .tp_getset = inverter_properties,
};

int register_inverter(PyObject *module) {
    return PyModule_AddType(module, &InverterType);
}
