/* The positions of a posting. Postings are mostly asked for in ascending order, so that the sums
   that say where a posting's positions begin go on from those of the one before. */
#include "segment.h"
#include "bitpack.h"

#define MOST_TF (1u << 24)
#define GROUP 32 /* values */

static int bad(List *list, const char *what) {
    arena_damage(list->arena, list->segment, what);
    return -1;
}

static uint32_t in_block(const List *list, uint32_t block) {
    uint64_t left = list->df - (uint64_t)block * BLOCK;
    return list->is_short || left < BLOCK ? (uint32_t)left : BLOCK;
}

/* The sum of the tfs of a block, which have been read; -1 where they cannot be. */
static int sum_tfs(List *list, uint32_t n, uint32_t *total) {
    const uint32_t *tfs = list->tfs;
    uint32_t sum = 0, all = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += tfs[k];
        all |= tfs[k];
    }
    *total = sum;
    return all < MOST_TF ? 0 : bad(list, "too many positions");
}

static int open_short(List *list, Occurrences *at) {
    if (at->total > (uint64_t)(list->pos_end - list->pos)) return bad(list, "positions cut short");
    list->short_values = arena_alloc(list->arena, 4 * (size_t)at->total + 4);
    if (!list->short_values) return -1;
    const uint8_t *byte = list->pos;
    for (uint32_t i = 0; i < at->total; i++) {
        if (!(byte = read_varint(byte, list->pos_end, &list->short_values[i])))
            return bad(list, "positions cut short");
    }
    return 0;
}

static int open_groups(List *list, Occurrences *at, uint32_t block) {
    uint32_t offset = load_u32(list->skip + (size_t)SKIP_ENTRY * block + 8);
    uint64_t room = (uint64_t)(list->pos_end - list->pos);
    uint32_t groups = (at->total + GROUP - 1) / GROUP;
    if (!list->pos || offset > room || groups > room - offset)
        return bad(list, "positions cut short");
    at->bits = list->pos + offset;
    at->data = at->bits + groups;
    return 0;
}

/* Moves to a block; nothing is known of it before all has been checked. */
static int open_block(List *list, Occurrences *at, uint32_t block) {
    at->block = NO_BLOCK;
    at->i = at->before = at->group = at->held = 0;
    at->bytes = 0;
    if (!list->is_short && list_load_tfs(list, block) < 0) return -1;
    if (sum_tfs(list, in_block(list, block), &at->total) < 0) return -1;
    if ((list->is_short ? open_short(list, at) : open_groups(list, at, block)) < 0) return -1;
    at->block = block;
    return 0;
}

/* Counts the positions of the postings before number i of the block. */
static void move_to(const List *list, Occurrences *at, uint32_t i) {
    if (i < at->i) {
        at->i = at->before = at->group = 0;
        at->bytes = 0;
    }
    uint32_t before = at->before;
    for (uint32_t k = at->i; k < i; k++) before += list->tfs[k];
    at->i = i;
    at->before = before;
}

/* Counts the bytes of the groups before one; full groups are of 4 * bits bytes. */
static const uint8_t *group_at(Occurrences *at, uint32_t group) {
    uint32_t bits = 0;
    for (uint32_t g = at->group; g < group; g++) bits += at->bits[g];
    at->group = group;
    at->bytes += 4 * (uint64_t)bits;
    return at->data + at->bytes;
}

/* Reads n values of groups, each added to the one before. */
static int read_groups(List *list, Occurrences *at, uint32_t n, uint32_t *out) {
    uint32_t value = 0, done = 0, g = at->before / GROUP;
    const uint8_t *group = group_at(at, g);
    while (done < n) {
        const int bits = at->bits[g];
        uint32_t first = (at->before + done) % GROUP, left = at->total - GROUP * g;
        uint32_t in_group = left < GROUP ? left : GROUP, bytes = (in_group * (uint32_t)bits + 7) / 8;
        if (bits > 32 || group > list->pos_end || (uint64_t)(list->pos_end - group) < bytes)
            return bad(list, "positions cut short");
        uint32_t count = in_group - first < n - done ? in_group - first : n - done;
        uint32_t bit = first * (uint32_t)bits;
        if (bits && bits < 32 && list->pos_end - group >= bytes + 8) {
            const uint64_t mask = (1ull << bits) - 1;
            for (uint32_t i = 0; i < count; i++, bit += (uint32_t)bits) {
                value += (uint32_t)(load_u64(group + bit / 8) >> (bit % 8) & mask);
                out[done + i] = value;
            }
        } else {
            for (uint32_t i = 0; i < count; i++, bit += (uint32_t)bits)
                out[done + i] = value += read_bits(group, group + bytes, bit, bits);
        }
        done += count;
        group += bytes;
        g++;
    }
    return 0;
}

static int reserve(List *list, Occurrences *at, uint32_t n) {
    if (n <= at->room) return 0;
    uint32_t size = n + n / 2 + 64;
    at->values = arena_alloc(list->arena, 4 * (size_t)size);
    at->room = at->values ? size : 0;
    return at->values ? 0 : -1;
}

/* Reads the positions of posting i into the values, which then are held. */
static int read_posting(List *list, Occurrences *at, uint32_t i) {
    const uint32_t n = list->tfs[i];
    at->held = 0;
    move_to(list, at, i);
    if (reserve(list, at, n) < 0) return -1;
    if (list->is_short) {
        uint32_t value = 0;
        for (uint32_t k = 0; k < n; k++) at->values[k] = value += list->short_values[at->before + k];
    } else if (read_groups(list, at, n, at->values) < 0) {
        return -1;
    }
    at->held = 1;
    return 0;
}

int64_t list_positions(List *list, const uint32_t **values) {
    Occurrences *at = &list->at;
    if (list->field->kind != POSITIONS) return 0;
    const uint32_t i = list->i, block = list->is_short ? 0 : list->current;
    if (at->block != block || (!list->is_short && list->tf_block != block)) {
        int failed = open_block(list, at, block) < 0;
        list->i = i;
        list->current = block;
        if (failed) return -1;
    }
    if ((!at->held || at->i != i) && read_posting(list, at, i) < 0) return -1;
    *values = at->values;
    return list->tfs[i];
}
