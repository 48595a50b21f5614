/* The CRC-32 of zlib, by multiplying without carries: 64 bytes at a time are folded into the next 64.
 *
 * V. Gopal and others, Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction, Intel 2009;
 * the constants are those of its appendix for the reflected polynomial. Only processors that have the
 * instruction are given the function; for the others zlib's is as good. */
#include "kernel.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define CLMUL __attribute__((target("pclmul,sse4.1")))
#define WITHOUT_GIL 8192 /* bytes for which letting go of the GIL is worth while */

/* x^n modulo the polynomial, for folding over 512 and 128 bits, and for the end. */
static const uint64_t over_512[2] = {0x154442bd4, 0x1c6e41596}, over_128[2] = {0x1751997d0, 0x0ccaa009e},
                      over_64[2] = {0x163cd6124, 0}, polynomial[2] = {0x1db710641, 0x1f7011641};

static CLMUL inline __m128i load(const void *at) {
    return _mm_loadu_si128((const __m128i *)at);
}

static CLMUL inline __m128i fold(__m128i sum, __m128i by, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(sum, by, 0x00), high = _mm_clmulepi64_si128(sum, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* The remainder of 128 bits. */
static CLMUL uint32_t reduce(__m128i sum) {
    const __m128i low = _mm_setr_epi32(-1, 0, -1, 0), by = load(polynomial);
    sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, load(over_128), 0x10));
    __m128i rest = _mm_srli_si128(sum, 4);
    sum = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(sum, low), load(over_64), 0x00), rest);
    __m128i times = _mm_and_si128(_mm_clmulepi64_si128(_mm_and_si128(sum, low), by, 0x10), low);
    sum = _mm_xor_si128(sum, _mm_clmulepi64_si128(times, by, 0x00));
    return (uint32_t)_mm_extract_epi32(sum, 1);
}

/* Takes 64 bytes and more, a multiple of 16. */
static CLMUL uint32_t crc_of_blocks(const uint8_t *at, size_t size, uint32_t crc) {
    __m128i sums[4];
    for (int i = 0; i < 4; i++) sums[i] = load(at + 16 * i);
    sums[0] = _mm_xor_si128(sums[0], _mm_cvtsi32_si128((int)crc));
    for (at += 64, size -= 64; size >= 64; at += 64, size -= 64)
        for (int i = 0; i < 4; i++) sums[i] = fold(sums[i], load(over_512), load(at + 16 * i));
    __m128i sum = sums[0];
    for (int i = 1; i < 4; i++) sum = fold(sum, load(over_128), sums[i]);
    for (; size >= 16; at += 16, size -= 16) sum = fold(sum, load(over_128), load(at));
    return reduce(sum);
}

static uint32_t crc_of_bytes(const uint8_t *at, size_t size, uint32_t crc) {
    for (; size; size--) {
        crc ^= *at++;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return crc;
}

static uint32_t crc_of(const uint8_t *at, size_t size, uint32_t crc) {
    size_t blocks = size < 64 ? 0 : size & ~(size_t)15;
    crc = ~crc;
    if (blocks) crc = crc_of_blocks(at, blocks, crc);
    return ~crc_of_bytes(at + blocks, size - blocks, crc);
}

PyDoc_STRVAR(crc32_doc,
"crc32(data, crc=0, /)\n--\n\n"
"Return what zlib.crc32 returns. Missing where the processor has no instruction for it.");

static PyObject *crc32(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer data;
    unsigned int crc = 0;
    if (!PyArg_ParseTuple(args, "y*|I:crc32", &data, &crc)) return NULL;
    if (data.len < WITHOUT_GIL) {
        crc = crc_of(data.buf, (size_t)data.len, crc);
    } else {
        Py_BEGIN_ALLOW_THREADS
        crc = crc_of(data.buf, (size_t)data.len, crc);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(crc);
}

static PyMethodDef functions[] = {
    {"crc32", crc32, METH_VARARGS, crc32_doc},
    {NULL, NULL, 0, NULL},
};

int register_checksum(PyObject *module) {
    int has_it = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
    return has_it ? PyModule_AddFunctions(module, functions) : 0;
}
#else
int register_checksum(PyObject *module) {
    (void)module;
    return 0;
}
#endif
