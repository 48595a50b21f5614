/* A mapped segment: its type for Python. */
#include "segment.h"

#include <stdlib.h>

double norm_lengths[256];

/* ---- the type ------------------------------------------------------------------------------- */

typedef struct {
    uint64_t offset, length;
} Extent;

static int get_section(PyObject *object, const Py_buffer *view, Extent *out) {
    unsigned long long offset, length;
    if (!PyTuple_Check(object) || !PyArg_ParseTuple(object, "KK", &offset, &length)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "a section is (offset, length)");
        return -1;
    }
    if (offset > (uint64_t)view->len || (uint64_t)view->len - offset < length) {
        PyErr_SetString(Damaged, "a section lies outside the file");
        return -1;
    }
    out->offset = offset;
    out->length = length;
    return 0;
}

static int get_field(Segment *self, PyObject *item, Field *field) {
    PyObject *name, *sections[6];
    int kind;
    unsigned int terms;
    if (!PyArg_ParseTuple(item, "UiI(OOOOOO)", &name, &kind, &terms, &sections[0], &sections[1],
                          &sections[2], &sections[3], &sections[4], &sections[5]))
        return -1;
    Extent at[6] = {{0, 0}};
    for (int i = 0; i < 6; i++) {
        if (i == 5 && sections[5] == Py_None) continue;
        if (get_section(sections[i], &self->view, &at[i]) < 0) return -1;
    }
    const uint8_t *base = self->view.buf;
    if (at[1].length != 4 * ((uint64_t)terms + 1) || at[2].length != 16 * (uint64_t)terms ||
        (sections[5] != Py_None && at[5].length != self->docs)) {
        PyErr_Format(Damaged, "the tables of field %U have not the length that they should", name);
        return -1;
    }
    Py_INCREF(name);
    *field = (Field){
        .name = name, .kind = kind, .terms = terms,
        .blob = base + at[0].offset, .blob_len = at[0].length,
        .offsets = base + at[1].offset, .infos = base + at[2].offset,
        .postings = base + at[3].offset, .postings_len = at[3].length,
        .positions = base + at[4].offset, .positions_len = at[4].length,
        .norms = sections[5] == Py_None ? NULL : base + at[5].offset,
    };
    return 0;
}

static size_t type_size(char type) {
    switch (type) {
        case 'b': case 'B': return 1;
        case 'h': case 'H': return 2;
        case 'i': case 'I': return 4;
        case 'q': case 'Q': return 8;
        default: return 0;
    }
}

static int get_column(Segment *self, PyObject *item, Column *column) {
    PyObject *name, *section;
    int type;
    Extent at;
    if (!PyArg_ParseTuple(item, "UCO", &name, &type, &section)) return -1;
    size_t size = type_size((char)type);
    if (!size) {
        PyErr_SetString(PyExc_ValueError, "a column is of whole numbers");
        return -1;
    }
    if (get_section(section, &self->view, &at) < 0) return -1;
    if (at.length != size * self->docs) {
        PyErr_Format(Damaged, "column %U has not the length that it should", name);
        return -1;
    }
    Py_INCREF(name);
    *column = (Column){
        .name = name, .type = (char)type, .values = (const uint8_t *)self->view.buf + at.offset,
    };
    return 0;
}

static int put_place(PyObject *places, PyObject *name, Py_ssize_t place) {
    PyObject *number = PyLong_FromSsize_t(place);
    if (!number) return -1;
    int state = PyDict_SetItem(places, name, number);
    Py_DECREF(number);
    return state;
}

static int set_deletions(Segment *self, PyObject *deletions) {
    if (deletions == Py_None) return 0;
    if (!PyBytes_Check(deletions) ||
        PyBytes_GET_SIZE(deletions) != (Py_ssize_t)((self->docs + 7) / 8)) {
        PyErr_SetString(Damaged, "the deletions have not the length that they should");
        return -1;
    }
    Py_INCREF(deletions);
    self->deletions = deletions;
    self->deleted = (const uint8_t *)PyBytes_AS_STRING(deletions);
    for (uint32_t doc = 0; doc < self->docs; doc++) self->n_deleted += is_deleted(self, doc);
    return 0;
}

static int fill(Segment *self, PyObject *fields, PyObject *columns) {
    self->places = PyDict_New();
    self->column_places = PyDict_New();
    Py_ssize_t n_fields = PyTuple_GET_SIZE(fields), n_columns = PyTuple_GET_SIZE(columns);
    self->fields = PyMem_Calloc((size_t)n_fields + 1, sizeof(Field));
    self->columns = PyMem_Calloc((size_t)n_columns + 1, sizeof(Column));
    if (!self->places || !self->column_places) return -1;
    if (!self->fields || !self->columns) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n_fields; i++, self->n_fields++) {
        if (get_field(self, PyTuple_GET_ITEM(fields, i), &self->fields[i]) < 0) return -1;
        if (put_place(self->places, self->fields[i].name, i) < 0) {
            Py_DECREF(self->fields[i].name);
            return -1;
        }
    }
    for (Py_ssize_t i = 0; i < n_columns; i++, self->n_columns++) {
        if (get_column(self, PyTuple_GET_ITEM(columns, i), &self->columns[i]) < 0) return -1;
        if (put_place(self->column_places, self->columns[i].name, i) < 0) {
            Py_DECREF(self->columns[i].name);
            return -1;
        }
    }
    return 0;
}

static int get_lengths(PyObject *lengths) {
    /* A tuple of its own: reading a number may run code that changes a list. */
    PyObject *items = PySequence_Tuple(lengths);
    if (!items) return -1;
    if (PyTuple_GET_SIZE(items) != 256) {
        Py_DECREF(items);
        PyErr_SetString(PyExc_ValueError, "256 lengths are wanted");
        return -1;
    }
    for (int i = 0; i < 256; i++) {
        double value = PyFloat_AsDouble(PyTuple_GET_ITEM(items, i));
        if (value == -1.0 && PyErr_Occurred()) break;
        norm_lengths[i] = value;
    }
    Py_DECREF(items);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *segment_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"buffer", "name", "docs", "fields", "columns", "deletions", "lengths",
                            NULL};
    PyObject *buffer, *name, *fields, *columns, *deletions, *lengths;
    unsigned int docs;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OUIO!O!OO", names, &buffer, &name, &docs,
                                     &PyList_Type, &fields, &PyList_Type, &columns, &deletions,
                                     &lengths))
        return NULL;
    if (docs > MAX_DOCS) {
        PyErr_SetString(Damaged, "too many documents");
        return NULL;
    }
    if (get_lengths(lengths) < 0) return NULL;
    Segment *self = (Segment *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->docs = docs;
    Py_INCREF(name);
    self->name = name;
    /* Tuples, since reading a number may run code that changes a list. */
    fields = PyList_AsTuple(fields);
    columns = PyList_AsTuple(columns);
    int failed = !fields || !columns || PyObject_GetBuffer(buffer, &self->view, PyBUF_SIMPLE) < 0 ||
                 fill(self, fields, columns) < 0 || set_deletions(self, deletions) < 0;
    Py_XDECREF(fields);
    Py_XDECREF(columns);
    if (failed) Py_CLEAR(self);
    return (PyObject *)self;
}

static void segment_dealloc(Segment *self) {
    for (Py_ssize_t i = 0; i < self->n_fields; i++) {
        Py_XDECREF(self->fields[i].name);
        free_keys(&self->fields[i]);
        free_table(&self->fields[i]);
    }
    for (Py_ssize_t i = 0; i < self->n_columns; i++) {
        Py_XDECREF(self->columns[i].name);
        free(self->columns[i].zones);
    }
    free_dense(self);
    while (self->weights) {
        Weights *next = self->weights->next;
        free(self->weights);
        self->weights = next;
    }
    PyMem_Free(self->fields);
    PyMem_Free(self->columns);
    Py_XDECREF(self->places);
    Py_XDECREF(self->column_places);
    Py_XDECREF(self->deletions);
    Py_XDECREF(self->name);
    if (self->view.obj) PyBuffer_Release(&self->view);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static Py_ssize_t place_of(PyObject *places, PyObject *name) {
    PyObject *number = PyDict_GetItemWithError(places, name);
    return number ? PyLong_AsSsize_t(number) : -1;
}

Field *segment_field(const Segment *segment, PyObject *name) {
    Py_ssize_t place = place_of(segment->places, name);
    return place < 0 ? NULL : &segment->fields[place];
}

Column *segment_column(const Segment *segment, PyObject *name) {
    Py_ssize_t place = place_of(segment->column_places, name);
    return place < 0 ? NULL : &segment->columns[place];
}

/* postings(field, term) -> (documents, tfs, positions): what a term holds, for tests and checks. */
static PyObject *segment_postings(Segment *self, PyObject *args) {
    PyObject *name;
    Py_buffer term;
    if (!PyArg_ParseTuple(args, "Uy*", &name, &term)) return NULL;
    Field *field = segment_field(self, name);
    int64_t place = field ? find_term(field, term.buf, (size_t)term.len) : NO_TERM;
    PyBuffer_Release(&term);
    PyObject *rows = PyList_New(0);
    if (!rows) return NULL;
    Arena arena = {0};
    arena_open(&arena);
    List *list = place >= 0 ? list_open(&arena, self, field, (uint32_t)place) : NULL;
    if (place == -2) arena_damage(&arena, self, "term table out of range");
    const uint32_t *values;
    for (uint32_t block = 0; list && block < list->blocks && !arena_bad(&arena); block++) {
        if (!list->is_short && list_load(list, block) < 0) break;
        for (uint32_t i = 0; i < list->n && !PyErr_Occurred(); i++) {
            list->i = i;
            uint32_t tf = list_tf(list);
            int64_t n = list_positions(list, &values);
            if (n < 0) break;
            PyObject *places = PyList_New((Py_ssize_t)n);
            for (int64_t k = 0; places && k < n; k++)
                PyList_SET_ITEM(places, (Py_ssize_t)k, PyLong_FromUnsignedLong(values[k]));
            PyObject *row = places ? Py_BuildValue("IIN", list->docs[i], tf, places) : NULL;
            if (row) PyList_Append(rows, row);
            Py_XDECREF(row);
        }
    }
    if (arena.failed && !PyErr_Occurred()) PyErr_NoMemory();
    if (arena.damaged && !PyErr_Occurred())
        PyErr_Format(Damaged, "%U: %s", self->name, arena.damaged);
    arena_free(&arena);
    if (PyErr_Occurred()) Py_CLEAR(rows);
    return rows;
}

static PyMethodDef segment_methods[] = {
    {"postings", (PyCFunction)segment_postings, METH_VARARGS,
     "postings(field, term) -> list of (document, tf, positions)."},
    {NULL, NULL, 0, NULL},
};

PyTypeObject SegmentType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "indexer.native._kernel.Segment",
    .tp_doc = "A mapped segment file, ready to be searched.",
    .tp_basicsize = sizeof(Segment),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = segment_new,
    .tp_dealloc = (destructor)segment_dealloc,
    .tp_methods = segment_methods,
};

int register_segment(PyObject *module) {
    if (PyType_Ready(&SegmentType) < 0) return -1;
    return PyModule_AddObjectRef(module, "Segment", (PyObject *)&SegmentType);
}
