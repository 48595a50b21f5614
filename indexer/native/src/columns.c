/* Columns of a segment in the making: byte strings into their distinct ones and codes, and values that
 * codes stand for; see indexer/fastwhoosh/bulk_columns.py. */
#include <stdlib.h>

#include "encode.h"
#include "keys.h"

#define AHEAD 8 /* values before one is read, its memory is asked for */

/* The bytes objects of a tuple as keys, each numbered by its place: NULL with an exception. */
static Key *keys_of_values(PyObject *values) {
    size_t count = (size_t)PyTuple_GET_SIZE(values);
    Key *keys = malloc((count + 1) * sizeof *keys);
    if (!keys) return (Key *)PyErr_NoMemory();
    for (size_t at = 0; at < count; at++) {
        char *text;
        Py_ssize_t length;
        if (PyBytes_AsStringAndSize(PyTuple_GET_ITEM(values, at), &text, &length) < 0) {
            free(keys);
            return NULL;
        }
        if ((uint64_t)length > UINT32_MAX) {
            free(keys);
            return (Key *)PyErr_Format(PyExc_OverflowError, "a value is too long");
        }
        keys[at] = key_of(text, (size_t)length, (uint32_t)at);
    }
    return keys;
}

/* The code of each value (u32), how many strings there are, and the bytes of all of them. */
typedef struct {
    uint32_t *codes, count;
    size_t bytes;
} Coded;

static Encoded code_keys(const Key *keys, size_t count, Coded *out) {
    out->codes = malloc((count + 1) * 4);
    if (!out->codes) return NO_MEMORY;
    for (size_t at = 0; at < count; at++) {
        if (at + AHEAD < count) __builtin_prefetch(keys[at + AHEAD].text);
        if (!at || !same_keys(keys + at - 1, keys + at)) {
            out->bytes += keys[at].length;
            if (out->bytes > UINT32_MAX) return TOO_LARGE;
            out->count++;
        }
        out->codes[keys[at].term] = out->count - 1;
    }
    return ENCODED;
}

/* Writes the strings one after the other, and where each begins and the last ends (u32). */
static void put_strings(const Key *keys, size_t count, const Coded *coded, char *out, char *offsets) {
    uint32_t end = 0, code = UINT32_MAX;
    memcpy(offsets, &end, 4);
    for (size_t at = 0; at < count; at++) {
        if (at + AHEAD < count) __builtin_prefetch(keys[at + AHEAD].text);
        if (coded->codes[keys[at].term] == code) continue;
        code = coded->codes[keys[at].term];
        memcpy(out + end, keys[at].text, keys[at].length);
        end += keys[at].length;
        memcpy(offsets + 4 * ((size_t)code + 1), &end, 4);
    }
}

/* Codes as bytes objects of so many bytes a code. */
static PyObject *narrowed(const uint32_t *codes, size_t count, int width) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * (size_t)width));
    uint8_t *out = bytes ? (uint8_t *)PyBytes_AS_STRING(bytes) : NULL;
    for (size_t at = 0; bytes && at < count; at++, out += width) memcpy(out, codes + at, (size_t)width);
    return bytes;
}

static PyObject *coded_tuple(const Key *keys, size_t count, const Coded *coded) {
    int width = coded->count <= 1 << 8 ? 1 : coded->count <= 1 << 16 ? 2 : 4;
    PyObject *blob = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)coded->bytes);
    PyObject *offsets = PyBytes_FromStringAndSize(NULL, 4 * ((Py_ssize_t)coded->count + 1));
    if (blob && offsets) {
        Py_BEGIN_ALLOW_THREADS
        put_strings(keys, count, coded, PyBytes_AS_STRING(blob), PyBytes_AS_STRING(offsets));
        Py_END_ALLOW_THREADS
    }
    return Py_BuildValue("(IiNNN)", coded->count, width, blob, offsets,
                         narrowed(coded->codes, count, width));
}

PyDoc_STRVAR(coded_doc,
"coded(values, /)\n--\n\n"
"Return the distinct byte strings in ascending order, and the code of each value: how many there are, the\n"
"width of a code, the strings, where they begin and the last ends, the codes.");

static PyObject *coded(PyObject *module, PyObject *given) {
    (void)module;
    PyObject *values = PySequence_Tuple(given), *result = NULL;
    if (!values) return NULL;
    size_t count = (size_t)PyTuple_GET_SIZE(values);
    if (count >= UINT32_MAX) {
        Py_DECREF(values);
        return PyErr_Format(PyExc_OverflowError, "too many values");
    }
    Key *keys = keys_of_values(values);
    if (keys) {
        Coded out = {0};
        Encoded done;
        Py_BEGIN_ALLOW_THREADS
        sort_keys(keys, count);
        done = code_keys(keys, count, &out);
        Py_END_ALLOW_THREADS
        if (done == ENCODED) result = coded_tuple(keys, count, &out);
        else encoded_error(done);
        free(out.codes);
    }
    free(keys);
    Py_DECREF(values);
    return result;
}

/* One loop for each width, which the compiler can do well. */
#define GATHER(type)                                                             \
    for (size_t at = 0; at < count; at++) {                                      \
        if (codes[at] >= size) return -1;                                        \
        memcpy(out + at * sizeof(type), table + codes[at] * sizeof(type), sizeof(type)); \
    }                                                                            \
    return 0

/* 0, or -1 where a code is outside of the table, which has `size` items. */
static int gather(const uint8_t *table, size_t size, int width, const uint32_t *codes, size_t count,
                  uint8_t *out) {
    switch (width) {
    case 1: GATHER(uint8_t);
    case 2: GATHER(uint16_t);
    case 4: GATHER(uint32_t);
    default: GATHER(uint64_t);
    }
}

PyDoc_STRVAR(gathered_doc,
"gathered(table, width, codes, /)\n--\n\n"
"Return the items of a table, each of so many bytes, at the places that codes (u32) tell, as bytes.\n"
"Raises IndexError for a code outside of the table, ValueError for a width that is not 1, 2, 4 or 8.");

static PyObject *gathered(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer table, codes;
    int width;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "y*iy*:gathered", &table, &width, &codes)) return NULL;
    size_t count = (size_t)codes.len / 4;
    if (width != 1 && width != 2 && width != 4 && width != 8)
        PyErr_SetString(PyExc_ValueError, "an item has 1, 2, 4 or 8 bytes");
    else result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * (size_t)width));
    if (result && gather(table.buf, (size_t)(table.len / width), width, codes.buf, count,
                         (uint8_t *)PyBytes_AS_STRING(result)) < 0) {
        PyErr_SetString(PyExc_IndexError, "a code is outside of the table");
        Py_CLEAR(result);
    }
    PyBuffer_Release(&table);
    PyBuffer_Release(&codes);
    return result;
}

/* The code of a value, of 4 bytes: 0, or -1 with an exception. */
static int code_of(PyObject *table, PyObject *value, uint32_t *code) {
    PyObject *found = Py_XNewRef(PyDict_GetItemWithError(table, value));
    if (!found && !PyErr_Occurred()) found = PyObject_GetItem(table, value); /* __missing__ makes it */
    if (!found) return -1;
    unsigned long number = PyLong_AsUnsignedLong(found);
    Py_DECREF(found);
    if (number == (unsigned long)-1 && PyErr_Occurred()) return -1;
    if (number > UINT32_MAX) return PyErr_SetString(PyExc_OverflowError, "a code has 4 bytes"), -1;
    *code = (uint32_t)number;
    return 0;
}

PyDoc_STRVAR(codes_of_doc,
"codes_of(table, values, /)\n--\n\n"
"Return what a dict (which may make what is missing) has for values, numbers of 4 bytes, as bytes.");

static PyObject *codes_of(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *table, *given;
    if (!PyArg_ParseTuple(args, "O!O:codes_of", &PyDict_Type, &table, &given)) return NULL;
    PyObject *values = PySequence_Tuple(given); /* which Python code cannot change meanwhile */
    PyObject *codes = values ? PyBytes_FromStringAndSize(NULL, PyTuple_GET_SIZE(values) * 4) : NULL;
    for (Py_ssize_t at = 0; codes && at < PyTuple_GET_SIZE(values); at++) {
        uint32_t code;
        if (code_of(table, PyTuple_GET_ITEM(values, at), &code) < 0) Py_CLEAR(codes);
        else memcpy(PyBytes_AS_STRING(codes) + at * 4, &code, 4);
    }
    Py_XDECREF(values);
    return codes;
}

static PyMethodDef functions[] = {
    {"codes_of", codes_of, METH_VARARGS, codes_of_doc},
    {"coded", coded, METH_O, coded_doc},
    {"gathered", gathered, METH_VARARGS, gathered_doc},
    {NULL, NULL, 0, NULL},
};

int register_columns(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
