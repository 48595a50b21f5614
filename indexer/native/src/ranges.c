/* Documents whose column lies in a range. */
#include "bitpack.h"
#include "sets.h"

/* Bits of the 64 four-byte values of which low <= value <= low + span. */
static inline uint64_t inside_range(const uint8_t *values, uint32_t low, uint32_t span) {
    uint64_t inside = 0;
#if defined(__SSE2__)
    typedef float v4f __attribute__((vector_size(16)));
    const v4u lows = (v4u){0} + low, spans = (v4u){0} + span;
    for (int k = 0; k < 16; k++) {
        v4u found = (v4u)(load_v4u(values + 16 * k) - lows <= spans);
        inside |= (uint64_t)(uint32_t)__builtin_ia32_movmskps((v4f)found) << (4 * k);
    }
#else
    for (int k = 0; k < 64; k++) inside |= (uint64_t)(load_u32(values + 4 * k) - low <= span) << k;
#endif
    return inside;
}

int set_keep_range(Bound *bound, Set *set, const Node *node) {
    const Column *column = node->column;
    if (!column) {
        *set = no_set();
        return 0;
    }
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            int64_t value = column_value(column, set->docs[i]);
            if (value >= node->low && value <= node->high) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (set->kind == SET_NONE) return 0;
    int64_t least = column->type == 'i' ? INT32_MIN : 0;
    int64_t most = column->type == 'i' ? INT32_MAX : UINT32_MAX;
    int64_t first = node->low > least ? node->low : least;
    int64_t final = node->high < most ? node->high : most;
    /* Four-byte columns: one subtraction and comparison tell, whatever the sign. */
    const int narrow = (column->type == 'i' || column->type == 'I') && first <= final;
    const uint32_t low = (uint32_t)first, span = (uint32_t)(final - first);
    if (set_to_bits(bound, set) < 0) return -1;
    for (uint32_t w = 0; w < bound->words; w++) {
        uint64_t left = set->bits[w], kept = left;
        if (!left) continue;
        if (narrow && 64 * (uint64_t)(w + 1) <= bound->docs) {
            set->bits[w] = left & inside_range(column->values + 256 * (size_t)w, low, span);
            continue;
        }
        for (; left; left &= left - 1) {
            uint32_t bit = (uint32_t)__builtin_ctzll(left);
            int64_t value = column_value(column, 64 * w + bit);
            if (value < node->low || value > node->high) kept &= ~(1ull << bit);
        }
        set->bits[w] = kept;
    }
    return 0;
}
