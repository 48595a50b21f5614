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
    bytes_free(&self->words);
    free(self->fields);
    free(self->sources);
    places_free(&self->kept);
    Py_TYPE(object)->tp_free(object);
}

PyObject *inverter_append_field(Inverter *self, Field field) {
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
    return inverter_append_field(self, (Field){.kind = kind, .scorable = scorable, .source = NO_SOURCE});
}

static PyObject *inverter_add_length(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    Py_ssize_t number;
    unsigned int document, length;
    if (!PyArg_ParseTuple(args, "nII", &number, &document, &length) || !inverter_usable(self)) return NULL;
    return inverter_set_length(self, number, document, length) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *sections_tuple(const Field *field, Sections *out, uint32_t docs) {
    int kind = field->kind == EXISTENCE && field->weighted ? FREQUENCIES : field->kind;
    PyObject *norms = out->norms
                          ? PyBytes_FromStringAndSize((const char *)out->norms, (Py_ssize_t)docs)
                          : Py_NewRef(Py_None);
    PyObject *parts[5] = {
        bytes_view(&out->blob), bytes_view(&out->offsets), bytes_view(&out->infos),
        bytes_view(&out->encoder.postings), bytes_view(&out->encoder.positions),
    };
    /* "N" takes the references, and fails with them where one is NULL. */
    return Py_BuildValue("(iIKIINNNNNN)", kind, out->terms, (unsigned long long)out->length,
                         out->least, out->most, parts[0], parts[1], parts[2], parts[3], parts[4],
                         norms);
}

/* Whether a field other than this has the same texts. */
static int is_shared(const Inverter *self, const Field *field) {
    for (uint32_t i = 0; i < self->field_count; i++) {
        const Field *other = self->fields + i;
        if (other != field && other->source == field->source && other->entries.size == field->entries.size &&
            field->entries.size && !memcmp(other->entries.data, field->entries.data, field->entries.size))
            return 1;
    }
    return 0;
}

/* Gives the sorted words of a field's texts: those that were kept, or new ones. */
static Encoded open_places(Inverter *self, const Field *field, Places *places, int *are_new) {
    Texts texts = texts_of(field, self->sources + field->source);
    texts.words = lexicon_size(self->sources[field->source].lexicon);
    *are_new = !places_are_of(&self->kept, field->source, texts.entries, texts.entry_count);
    *places = self->kept;
    self->kept = (Places){0};
    if (!*are_new) return ENCODED;
    Encoded done;
    Py_BEGIN_ALLOW_THREADS
    places_free(places); /* before there are others: they are as large */
    done = places_sort(places, &texts);
    Py_END_ALLOW_THREADS
    places->source = field->source;
    return done;
}

/* Of two fields that share their texts, the first keeps the sorted words for the second. */
static int write_texts(Inverter *self, const Field *field, Sections *out) {
    Places places;
    int are_new;
    Encoded done = open_places(self, field, &places, &are_new);
    int failed = done == ENCODED ? write_text_field(field, self->sources + field->source, &places, self->bounds, out)
                                 : encoded_error(done);
    if (!failed && are_new && is_shared(self, field)) {
        places_free(&self->kept);
        self->kept = places;
    } else {
        places_free(&places);
    }
    return failed;
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
                     : write_texts(self, field, &out);
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
    places_free(&self->kept);
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
    {"add_texts", inverter_add_texts, METH_VARARGS, "Add the words of texts to documents in a row."},
    {"add_cut", inverter_add_cut, METH_VARARGS, "Add the words of cut texts to documents in a row."},
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
