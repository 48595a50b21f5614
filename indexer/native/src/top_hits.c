/* Hits kept while they come: a heap of few, a buffer of many that is cut down now and then.

   Of hits that share a code only the best is kept. What is left out stays right: a hit enters if it
   is better than the worst of as many hits of other codes as are wanted. */
#include "search.h"

#include <stdlib.h>

static int worse_by_keys(const Top *top, const Hit *a, const Hit *b) {
    for (int i = 0; i < top->n_keys; i++) {
        const Key *key = &top->keys[i];
        if (!key->name) {
            if (a->score != b->score) return a->score < b->score;
        } else if (a->keys[i] != b->keys[i]) {
            return key->descending ? a->keys[i] < b->keys[i] : a->keys[i] > b->keys[i];
        }
    }
    return a->doc > b->doc;
}

static inline int worse(const Top *top, const Hit *a, const Hit *b) {
    if (top->score_first && a->score != b->score) return a->score < b->score;
    if (top->score_first && top->n_keys == 1) return a->doc > b->doc;
    return worse_by_keys(top, a, b);
}

static void sift_down(const Top *top, Hit *hits, size_t n, size_t at) {
    Hit moved = hits[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= n) break;
        if (child + 1 < n && worse(top, &hits[child + 1], &hits[child])) child++;
        if (!worse(top, &hits[child], &moved)) break;
        hits[at] = hits[child];
        at = child;
    }
    hits[at] = moved;
}

static inline void swap(Hit *a, Hit *b) {
    Hit moved = *a;
    *a = *b;
    *b = moved;
}

/* Splits hits around one of them: its place, the better ones before it. */
static size_t split(const Top *top, Hit *hits, size_t n) {
    size_t middle = n / 2;
    if (worse(top, &hits[0], &hits[middle])) swap(&hits[0], &hits[middle]);
    if (worse(top, &hits[middle], &hits[n - 1])) swap(&hits[middle], &hits[n - 1]);
    if (worse(top, &hits[0], &hits[middle])) swap(&hits[0], &hits[middle]);
    swap(&hits[middle], &hits[n - 1]);
    size_t at = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (worse(top, &hits[n - 1], &hits[i])) swap(&hits[i], &hits[at++]);
    }
    swap(&hits[at], &hits[n - 1]);
    return at;
}

/* Puts the `wanted` best of n hits first, in any order, the worst of them last. */
static void select_exactly(const Top *top, Hit *hits, size_t n, size_t wanted) {
    size_t low = 0, high = n;
    while (high - low > 1) {
        size_t at = low + split(top, hits + low, high - low);
        if (at + 1 == wanted) return;
        if (at < wanted)
            low = at + 1;
        else
            high = at;
    }
}

#define BUCKETS 1024

/* Buckets of equal parts of the scores from the lowest to the highest. */
typedef struct {
    double lowest, per_score;
} Parting;

static inline uint32_t bucket_of(const Parting *by, double score) {
    const double bucket = (score - by->lowest) * by->per_score;
    return bucket > 0 ? bucket < BUCKETS ? (uint32_t)bucket : BUCKETS - 1 : 0;
}

static Parting part_scores(const Hit *hits, size_t n) {
    double low = hits[0].score, high = low;
    for (size_t i = 1; i < n; i++) {
        low = hits[i].score < low ? hits[i].score : low;
        high = hits[i].score > high ? hits[i].score : high;
    }
    return (Parting){low, BUCKETS / (high - low)};
}

/* Moves hits of buckets from `least` on before the others: how many they are. */
static size_t move_forward(const Parting *by, Hit *hits, size_t n, uint32_t least) {
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (bucket_of(by, hits[i].score) < least) continue;
        if (i != at) swap(&hits[i], &hits[at]);
        at++;
    }
    return at;
}

/* The same as select_exactly; of many hits, those whose scores are far from the worst that is wanted
   are told apart without comparing them to one another. */
static void select_best(const Top *top, Hit *hits, size_t n, size_t wanted) {
    if (!top->score_first || n < BUCKETS / 2) {
        select_exactly(top, hits, n, wanted);
        return;
    }
    uint32_t counts[BUCKETS] = {0}, least = BUCKETS - 1;
    const Parting by = part_scores(hits, n);
    for (size_t i = 0; i < n; i++) counts[bucket_of(&by, hits[i].score)]++;
    size_t above = 0;
    while (least && above + counts[least] < wanted) above += counts[least--];
    size_t better = move_forward(&by, hits, n, least + 1);
    size_t same = move_forward(&by, hits + better, n - better, least);
    select_exactly(top, hits + better, same, wanted - better);
}

static void sort_best(const Top *top, Hit *hits, size_t n) {
    for (size_t i = n / 2; i-- > 0;) sift_down(top, hits, n, i);
    for (size_t end = n; end > 1; end--) {
        swap(&hits[0], &hits[end - 1]);
        sift_down(top, hits, end - 1, 0);
    }
}

static int make_room(Top *top, size_t most) {
    if (top->n < top->room) return 0;
    size_t room = top->room ? 2 * top->room : 64;
    if (room > most) room = most;
    Hit *hits = realloc(top->hits, sizeof(Hit) * room);
    if (!hits) return -1;
    top->hits = hits;
    top->room = room;
    return 0;
}

int make_slots(Top *top, uint32_t codes) {
    if (top->limit <= FEW_HITS) return 0;
    top->slots = calloc((size_t)codes + 1, sizeof *top->slots);
    return top->slots ? 0 : -1;
}

/* Whether a hit of the same code was there; the better of the two stays. */
static int is_known(Top *top, const Hit *hit) {
    size_t at = 0;
    while (at < top->n && top->hits[at].code != hit->code) at++;
    if (at == top->n) return 0;
    if (worse(top, &top->hits[at], hit)) {
        top->hits[at] = *hit;
        sift_down(top, top->hits, top->n, at);
        top->worst = top->hits[0];
    }
    return 1;
}

/* Leaves the best hit of each code in a buffer. */
static void collapse(Top *top) {
    size_t n = 0;
    for (size_t at = 0; at < top->n; at++) {
        const Hit hit = top->hits[at];
        size_t known = hit.code ? top->slots[hit.code] : 0;
        if (known) {
            if (worse(top, &top->hits[known - 1], &hit)) top->hits[known - 1] = hit;
            continue;
        }
        top->hits[n++] = hit;
        if (hit.code) top->slots[hit.code] = (uint32_t)n;
    }
    for (size_t at = 0; at < n; at++) top->slots[top->hits[at].code] = 0;
    top->n = n;
}

static int push_to_heap(Top *top, const Hit *hit) {
    if (hit->code && is_known(top, hit)) return 0;
    if (top->is_full) {
        top->hits[0] = *hit;
        sift_down(top, top->hits, top->n, 0);
        top->worst = top->hits[0];
        return 0;
    }
    if (make_room(top, top->limit) < 0) return -1;
    size_t at = top->n++;
    while (at && worse(top, hit, &top->hits[(at - 1) / 2])) {
        top->hits[at] = top->hits[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    top->hits[at] = *hit;
    top->is_full = top->n == top->limit;
    top->worst = top->hits[0];
    return 0;
}

#define MORE_HITS 2048 /* in a buffer, so that it is cut down seldom */

static int push_to_buffer(Top *top, const Hit *hit) {
    const size_t most = 2 * top->limit + MORE_HITS;
    if (make_room(top, most) < 0) return -1;
    top->hits[top->n++] = *hit;
    if (top->n < most) return 0;
    if (top->slots) collapse(top);
    if (top->n < top->limit) return 0;
    select_best(top, top->hits, top->n, top->limit);
    top->n = top->limit;
    top->is_full = 1;
    top->worst = top->hits[top->limit - 1];
    return 0;
}

int push_hit(Top *top, const Hit *hit) {
    if (top->is_full && !worse(top, &top->worst, hit)) return 0;
    return top->limit > FEW_HITS ? push_to_buffer(top, hit) : push_to_heap(top, hit);
}

void sort_hits(Top *top, size_t first) {
    if (top->slots) collapse(top);
    if (top->n > top->limit) {
        select_best(top, top->hits, top->n, top->limit);
        top->n = top->limit;
    }
    if (first >= top->n) return;
    if (first) select_best(top, top->hits, top->n, first);
    sort_best(top, top->hits + first, top->n - first);
}
