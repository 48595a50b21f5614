/* Growing runs of bytes, and what Python sees of them: their memory, without a copy. */
#include "bytes.h"

#include <stdlib.h>

#include "pages.h"

int bytes_grow(Bytes *bytes, size_t more) {
    if (more > PY_SSIZE_T_MAX / 2 - bytes->size) return -1;
    size_t room = bytes->size + more;
    size_t grown = bytes->room + bytes->room / 2 + 64;
    if (room < grown) room = grown;
    uint8_t *data = realloc(bytes->data, room);
    if (!data) return -1;
    bytes->data = data;
    bytes->room = room;
    return 0;
}

int bytes_expect(Bytes *bytes, size_t size) {
    if (bytes->data) return 0;
    bytes->data = pages_alloc(size);
    bytes->room = bytes->data ? size : 0;
    return bytes->data ? 0 : -1;
}

int bytes_append(Bytes *bytes, const void *data, size_t size) {
    if (bytes_reserve(bytes, size) < 0) return -1;
    if (size) memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    return 0;
}

void bytes_free(Bytes *bytes) {
    free(bytes->data);
    *bytes = (Bytes){0};
}

PyObject *bytes_object(const Bytes *bytes) {
    return PyBytes_FromStringAndSize((const char *)bytes->data, (Py_ssize_t)bytes->size);
}

/* The owner of bytes that a memoryview shows. */
typedef struct {
    PyObject_HEAD
    Bytes bytes;
} Owner;

static int owner_buffer(PyObject *object, Py_buffer *view, int flags) {
    Bytes *bytes = &((Owner *)object)->bytes;
    return PyBuffer_FillInfo(view, object, bytes->data, (Py_ssize_t)bytes->size, 1, flags);
}

static void owner_dealloc(PyObject *object) {
    bytes_free(&((Owner *)object)->bytes);
    PyObject_Free(object);
}

static PyBufferProcs owner_procs = {.bf_getbuffer = owner_buffer};

static PyTypeObject OwnerType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "indexer.native._kernel.Owner",
    .tp_basicsize = sizeof(Owner),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Memory that the extension filled.",
    .tp_dealloc = owner_dealloc,
    .tp_as_buffer = &owner_procs,
};

PyObject *bytes_view(Bytes *bytes) {
    if (!bytes->data && bytes_reserve(bytes, 1) < 0) return PyErr_NoMemory();
    Owner *owner = PyObject_New(Owner, &OwnerType);
    if (!owner) return NULL;
    owner->bytes = *bytes;
    *bytes = (Bytes){0};
    PyObject *view = PyMemoryView_FromObject((PyObject *)owner);
    Py_DECREF(owner);
    return view;
}

int register_bytes(PyObject *module) {
    return PyModule_AddType(module, &OwnerType);
}
