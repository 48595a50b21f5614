/* Documents that are nearly the same, by their signatures, or that share a key.
 *
 * The rules are those of indexer/search/grouping.py, which tells them plainly: documents are taken
 * in their order; each joins the leader that it is most like, or leads. Two documents are compared
 * only where all the bytes of a band are equal, so first the bands are sorted one by one, and of each
 * only what at least two documents share is kept: a group. */
#include "kin.h"

#include <stdlib.h>

#define NOBODY UINT32_MAX
/* Leaders of a group that a document is compared with, the latest first. */
#define MOST_LEADERS 64

/* Where the groups of each document begin, in an order that keeps theirs. */
static uint32_t *by_document(const Families *self, uint32_t *groups) {
    uint32_t *starts = calloc((size_t)self->n + 2, sizeof *starts);
    if (!starts) return NULL;
    const uint32_t *members = self->members.items;
    for (size_t i = 0; i < self->members.count; i++) starts[members[i] + 2]++;
    for (uint32_t doc = 0; doc < self->n; doc++) starts[doc + 2] += starts[doc + 1];
    size_t member = 0;
    for (size_t group = 0; group < self->ends.count; group++)
        for (; member < self->ends.items[group]; member++)
            groups[starts[members[member] + 1]++] = (uint32_t)group;
    return starts;
}

/* The leaders of each group as a chain of places in `groups`, the latest first. */
typedef struct {
    const uint32_t *starts, *groups;
    uint32_t *heads, *next, *owners, *seen;
} Chains;

/* The likeness of two signatures, 0 where it is not enough. */
static double likeness(const Families *self, uint32_t a, uint32_t b) {
    const uint8_t *one = self->signatures + (size_t)a * BINS, *other = self->signatures + (size_t)b * BINS;
    uint8_t equal = 0, filled = 0;
    for (int bin = 0; bin < BINS; bin++) {
        filled += (one[bin] | other[bin]) != 0;
        equal += (one[bin] != 0) & (one[bin] == other[bin]);
    }
    return equal && equal >= self->least[filled] ? (double)equal / filled : 0;
}

/* The leader that a document is most like, the first of several; NOBODY where it is like none. */
static uint32_t most_like(const Families *self, const Chains *chains, uint32_t doc) {
    uint32_t best = NOBODY;
    double most = 0;
    for (uint32_t at = chains->starts[doc]; at < chains->starts[doc + 1]; at++) {
        if (chains->groups[at] >= self->key_groups) break;
        uint32_t place = chains->heads[chains->groups[at]];
        for (int i = 0; place != NOBODY && i < MOST_LEADERS; place = chains->next[place], i++) {
            uint32_t leader = chains->owners[place];
            if (chains->seen[leader] == doc) continue;
            chains->seen[leader] = doc;
            double like = likeness(self, doc, leader);
            if (like == 0 || like < most || (like == most && leader > best)) continue;
            most = like;
            best = leader;
        }
    }
    return best;
}

/* The leader of the last document of the same key that came before. */
static uint32_t same_key(const Families *self, const Chains *chains, uint32_t doc) {
    uint32_t end = chains->starts[doc + 1];
    if (end == chains->starts[doc] || chains->groups[end - 1] < self->key_groups) return NOBODY;
    uint32_t place = chains->heads[chains->groups[end - 1]];
    return place == NOBODY ? NOBODY : chains->owners[place];
}

static void join(const Families *self, Chains *chains, uint32_t doc, uint32_t leader) {
    for (uint32_t at = chains->starts[doc]; at < chains->starts[doc + 1]; at++) {
        uint32_t group = chains->groups[at];
        if (leader != doc && group < self->key_groups) continue;
        if (group >= self->key_groups && chains->heads[group] != NOBODY) continue;
        chains->owners[at] = leader;
        chains->next[at] = chains->heads[group];
        chains->heads[group] = at;
    }
}

static int find_leaders(Families *self, uint32_t *leaders) {
    size_t members = self->members.count + 1, groups = self->ends.count + 1;
    uint32_t *by_doc = malloc(members * sizeof *by_doc);
    uint32_t *starts = by_doc ? by_document(self, by_doc) : NULL;
    /* By document they say the same, and are many where all is nearly the same. */
    free_numbers(&self->members);
    Chains chains = {starts, by_doc, malloc(groups * 4), malloc(members * 4),
                     malloc(members * 4), malloc(((size_t)self->n + 1) * 4)};
    int failed = chains.starts && chains.heads && chains.next && chains.owners && chains.seen ? 0 : -1;
    if (!failed) {
        memset(chains.heads, 0xff, groups * 4);
        memset(chains.seen, 0xff, ((size_t)self->n + 1) * 4);
        for (uint32_t doc = 0; doc < self->n; doc++) {
            uint32_t leader = most_like(self, &chains, doc);
            if (leader == NOBODY) leader = same_key(self, &chains, doc);
            leaders[doc] = leader == NOBODY ? doc : leader;
            join(self, &chains, doc, leaders[doc]);
        }
    }
    free(starts);
    free(by_doc);
    free(chains.heads);
    free(chains.next);
    free(chains.owners);
    free(chains.seen);
    return failed;
}

PyDoc_STRVAR(families_doc,
"families(signatures, keys, least, helped=False, /)\n--\n\n"
"Return the leader of each document as 32-bit numbers: another document, or itself.\n\n"
"`signatures` has 128 bytes a document, zeros for none; `keys` 64 bits, 0 for none; `least` says, by\n"
"the number of bins that either of two signatures fills, how many must be equal. With `helped` two\n"
"threads look for those that may be alike.");

static PyObject *families(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer signatures, keys, least;
    Families self = {0};
    int helped = 0;
    if (!PyArg_ParseTuple(args, "y*y*y*|p:families", &signatures, &keys, &least, &helped)) return NULL;
    PyObject *leaders = NULL;
    self.signatures = signatures.buf;
    self.keys = keys.buf;
    self.least = least.buf;
    self.n = (uint32_t)(keys.len / 8);
    if (keys.len % 8 || keys.len / 8 > MAX_DOCS || signatures.len != keys.len / 8 * BINS ||
        least.len != BINS + 1 || ((uintptr_t)keys.buf & 7))
        PyErr_SetString(PyExc_ValueError, "a document is 128 bytes of signature and 8 of key");
    else
        leaders = PyBytes_FromStringAndSize(NULL, 4 * (Py_ssize_t)self.n);
    if (leaders) {
        int failed;
        uint32_t *out = (uint32_t *)(void *)PyBytes_AS_STRING(leaders);
        Py_BEGIN_ALLOW_THREADS
        failed = find_groups(&self, helped) < 0 || find_leaders(&self, out) < 0;
        Py_END_ALLOW_THREADS
        if (failed) {
            Py_CLEAR(leaders);
            PyErr_NoMemory();
        }
    }
    free_numbers(&self.members);
    free_numbers(&self.ends);
    PyBuffer_Release(&signatures);
    PyBuffer_Release(&keys);
    PyBuffer_Release(&least);
    return leaders;
}

static PyMethodDef functions[] = {
    {"families", families, METH_VARARGS, families_doc},
    {NULL, NULL, 0, NULL},
};

int register_families(PyObject *module) { return PyModule_AddFunctions(module, functions); }
