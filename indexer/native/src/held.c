/* What the requests of one search share: their plans say much of the same, which is bound, opened and
   matched once. */
#include "request.h"

typedef struct {
    PyObject_HEAD
    PyObject *segments, *plans; /* the plans are kept: what is bound is known by where they are */
    Holding holding;
    int is_running;
} Held;

static PyTypeObject HeldType;

static int check_segments(PyObject *segments) {
    if (!PyTuple_Check(segments)) {
        PyErr_SetString(PyExc_TypeError, "segments are a tuple");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(segments); i++) {
        if (!PyObject_TypeCheck(PyTuple_GET_ITEM(segments, i), &SegmentType)) {
            PyErr_SetString(PyExc_TypeError, "a segment is a Segment");
            return -1;
        }
    }
    return 0;
}

static int open_holding(Holding *holding, PyObject *segments, int is_held) {
    Py_ssize_t n = PyTuple_GET_SIZE(segments);
    holding->bounds = PyMem_Calloc((size_t)n + 1, sizeof(Bound));
    if (!holding->bounds) {
        PyErr_NoMemory();
        return -1;
    }
    arena_open(&holding->arena);
    uint32_t base = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        Segment *segment = (Segment *)PyTuple_GET_ITEM(segments, i);
        Bound *bound = &holding->bounds[i];
        bound->arena = &holding->arena;
        bound->segment = segment;
        bound->docs = segment->docs;
        bound->words = (segment->docs + 63) / 64;
        bound->base = base;
        bound->is_held = is_held;
        base += segment->docs;
    }
    return 0;
}

static void close_holding(Holding *holding) {
    if (holding->bounds) arena_free(&holding->arena);
    PyMem_Free(holding->bounds);
    holding->bounds = NULL;
}

Holding *take_holding(PyObject *asked, PyObject *plan, Holding *own, PyObject **segments) {
    if (!Py_IS_TYPE(asked, &HeldType)) {
        *segments = asked;
        return check_segments(asked) < 0 || open_holding(own, asked, 0) < 0 ? NULL : own;
    }
    Held *held = (Held *)asked;
    *segments = held->segments;
    if (held->is_running) {
        PyErr_SetString(PyExc_RuntimeError, "another request of this search is running");
        return NULL;
    }
    if (PyList_Append(held->plans, plan) < 0) return NULL;
    held->is_running = 1;
    own->lent = held;
    return &held->holding;
}

void give_back_holding(Holding *own) {
    Held *held = own->lent;
    if (held) held->is_running = 0;
    close_holding(own);
}

static PyObject *held_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *segments;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "O:Held", &segments) || check_segments(segments) < 0) return NULL;
    Held *self = (Held *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->segments = Py_NewRef(segments);
    self->plans = PyList_New(0);
    if (!self->plans || open_holding(&self->holding, segments, 1) < 0) Py_CLEAR(self);
    return (PyObject *)self;
}

static void held_dealloc(Held *self) {
    close_holding(&self->holding);
    Py_CLEAR(self->plans);
    Py_CLEAR(self->segments);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject HeldType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "indexer.native._kernel.Held",
    .tp_doc = "Held(segments)\n--\n\n"
              "What the requests of one search share; given to `search` in place of the segments, by one\n"
              "thread at a time.",
    .tp_basicsize = sizeof(Held),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = held_new,
    .tp_dealloc = (destructor)held_dealloc,
};

int register_held(PyObject *module) {
    if (PyType_Ready(&HeldType) < 0) return -1;
    return PyModule_AddObjectRef(module, "Held", (PyObject *)&HeldType);
}
