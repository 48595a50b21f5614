/* Parts of the values of a column, laid out in rows of one width. */
#include "kernel.h"

#define NOWHERE UINT32_MAX

typedef struct {
    Py_buffer blob, offsets, codes, places, rows;
} Buffers;

typedef struct {
    Py_ssize_t start, width, code_width;
} Shape;

/* Whether all values and rows were inside their buffers. */
static int scatter(const Buffers *self, const Shape *shape) {
    size_t values = (size_t)self->offsets.len / 4, rows = (size_t)(self->rows.len / shape->width);
    for (size_t doc = 0; doc < (size_t)self->places.len / 4; doc++) {
        uint32_t place = load_u32((const uint8_t *)self->places.buf + 4 * doc);
        if (place == NOWHERE) continue;
        uint32_t code = load_code(self->codes.buf, doc, shape->code_width);
        if (place >= rows || (size_t)code + 1 >= values) return 0;
        const uint8_t *offsets = (const uint8_t *)self->offsets.buf + 4 * (size_t)code;
        uint32_t start = load_u32(offsets), end = load_u32(offsets + 4);
        if (start > end || end > (size_t)self->blob.len) return 0;
        if ((size_t)shape->start >= end - start) continue;
        size_t length = end - start - (size_t)shape->start;
        if (length > (size_t)shape->width) length = (size_t)shape->width;
        memcpy((uint8_t *)self->rows.buf + place * (size_t)shape->width,
               (const uint8_t *)self->blob.buf + start + shape->start, length);
    }
    return 1;
}

static int is_sound(const Buffers *self, const Shape *shape) {
    Py_ssize_t docs = self->places.len / 4, width = shape->code_width;
    return shape->start >= 0 && shape->width > 0 && (width == 1 || width == 2 || width == 4) &&
           self->places.len % 4 == 0 && self->offsets.len % 4 == 0 && self->codes.len / width == docs;
}

PyDoc_STRVAR(scatter_values_doc,
"scatter_values(blob, offsets, codes, code_width, places, start, width, rows, /)\n--\n\n"
"Put up to `width` bytes from `start` on of each document's value into the row of its place.\n\n"
"Return whether all were inside the buffers. A place of 2**32 - 1 is none; rows are not cleared.");

static PyObject *scatter_values(PyObject *module, PyObject *args) {
    (void)module;
    Buffers self;
    Shape shape;
    if (!PyArg_ParseTuple(args, "y*y*y*ny*nnw*:scatter_values", &self.blob, &self.offsets, &self.codes,
                          &shape.code_width, &self.places, &shape.start, &shape.width, &self.rows))
        return NULL;
    PyObject *result = NULL;
    if (is_sound(&self, &shape)) result = PyBool_FromLong(scatter(&self, &shape));
    else PyErr_SetString(PyExc_ValueError, "the buffers are not of the same documents");
    PyBuffer_Release(&self.blob);
    PyBuffer_Release(&self.offsets);
    PyBuffer_Release(&self.codes);
    PyBuffer_Release(&self.places);
    PyBuffer_Release(&self.rows);
    return result;
}

static PyMethodDef functions[] = {
    {"scatter_values", scatter_values, METH_VARARGS, scatter_values_doc},
    {NULL, NULL, 0, NULL},
};

int register_column_rows(PyObject *module) { return PyModule_AddFunctions(module, functions); }
