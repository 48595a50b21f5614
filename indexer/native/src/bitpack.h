/* Unpacking of 128 values in four lanes, and of groups of positions; see the format. */
#ifndef BITPACK_H
#define BITPACK_H

#include "kernel.h"

typedef uint32_t v4u __attribute__((vector_size(16)));

#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 12)
#define SHIFT_LANES_1(v) __builtin_shufflevector((v4u){0}, (v), 3, 4, 5, 6)
#define SHIFT_LANES_2(v) __builtin_shufflevector((v4u){0}, (v), 2, 3, 4, 5)
#define LAST_LANE(v) __builtin_shufflevector((v), (v), 3, 3, 3, 3)
#else
#define SHIFT_LANES_1(v) __builtin_shuffle((v4u){0}, (v), (v4u){3, 4, 5, 6})
#define SHIFT_LANES_2(v) __builtin_shuffle((v4u){0}, (v), (v4u){2, 3, 4, 5})
#define LAST_LANE(v) __builtin_shuffle((v), (v4u){3, 3, 3, 3})
#endif

static inline v4u load_v4u(const uint8_t *at) {
    v4u value;
    memcpy(&value, at, 16);
    return value;
}

static inline void store_v4u(uint32_t *at, v4u value) { memcpy(at, &value, 16); }

/* With constant bits the loop unrolls into shifts and masks. The result has `add` in each value. */
static inline __attribute__((always_inline)) void unpack_bits(
    const uint8_t *in, uint32_t *out, const int bits, const uint32_t add) {
    const v4u plus = {add, add, add, add};
    if (bits == 0) {
        for (int i = 0; i < 32; i++) store_v4u(out + 4 * i, plus);
        return;
    }
    const uint32_t low = bits == 32 ? UINT32_MAX : (1u << (bits & 31)) - 1;
    const v4u mask = {low, low, low, low};
    v4u word = load_v4u(in);
    int shift = 0;
#pragma GCC unroll 32
    for (int i = 0; i < 32; i++) {
        v4u value = word >> shift;
        if (shift + bits < 32) {
            shift += bits;
        } else if (shift + bits == 32) {
            shift = 0;
            if (i < 31) word = load_v4u(in += 16);
        } else {
            word = load_v4u(in += 16);
            value |= word << (32 - shift);
            shift = shift + bits - 32;
        }
        store_v4u(out + 4 * i, (value & mask) + plus);
    }
}

#define UNPACK_CASE(n) \
    case n: unpack_bits(in, out, n, add); break;
#define UNPACK_CASES_8(n) \
    UNPACK_CASE(n) UNPACK_CASE(n + 1) UNPACK_CASE(n + 2) UNPACK_CASE(n + 3) \
    UNPACK_CASE(n + 4) UNPACK_CASE(n + 5) UNPACK_CASE(n + 6) UNPACK_CASE(n + 7)

/* Makes running sums of 128 gaps, the document before them being `before`. */
static inline void sum_gaps(uint32_t *gaps, uint32_t before) {
    v4u sum = {before, before, before, before};
    for (int i = 0; i < 32; i++) {
        v4u value;
        memcpy(&value, gaps + 4 * i, 16);
        value += SHIFT_LANES_1(value);
        value += SHIFT_LANES_2(value);
        sum = LAST_LANE(sum) + value;
        store_v4u(gaps + 4 * i, sum);
    }
}

/* Reads one value of `bits` from a group at bit offset; the caller has checked the group's end. */
static inline uint32_t read_bits(const uint8_t *group, const uint8_t *end, uint32_t bit, int bits) {
    if (bits == 0) return 0;
    const uint8_t *at = group + bit / 8;
    uint64_t word = 0;
    size_t room = (size_t)(end - at);
    memcpy(&word, at, room < 8 ? room : 8);
    word >>= bit % 8;
    return (uint32_t)(bits == 32 ? word : word & ((1ull << bits) - 1));
}

#endif
