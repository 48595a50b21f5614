/* Terms that come one by one: interned, and noted as records in the stream of their field. */
#include <stdlib.h>

#include "invert.h"

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

PyObject *inverter_add_term(PyObject *object, PyObject *args) {
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

PyObject *inverter_add_values(PyObject *object, PyObject *args) {
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
