/* What each zone of a column holds at least and at most, so that whole zones are left out. */
#include "segment.h"

#include <stdatomic.h>
#include <stdlib.h>

static Zone *make_zones(const Column *column, uint32_t docs) {
    Zone *zones = malloc(sizeof *zones * (docs / ZONE_DOCS + 1));
    for (uint32_t first = 0; zones && first < docs; first += ZONE_DOCS) {
        const uint32_t end = docs - first < ZONE_DOCS ? docs : first + ZONE_DOCS;
        Zone zone = {INT64_MAX, INT64_MIN};
        for (uint32_t doc = first; doc < end; doc++) {
            const int64_t value = column_value(column, doc);
            zone.low = value < zone.low ? value : zone.low;
            zone.high = value > zone.high ? value : zone.high;
        }
        zones[first / ZONE_DOCS] = zone;
    }
    return zones;
}

const Zone *column_zones(const Column *column, uint32_t docs) {
    Zone *known = atomic_load_explicit(&column->zones, memory_order_acquire);
    if (known) return known;
    Zone *made = make_zones(column, docs);
    /* What is remembered of a column changes nothing that it is. */
    if (made && !atomic_compare_exchange_strong(&((Column *)column)->zones, &known, made)) {
        free(made); /* another thread was first */
        return known;
    }
    return made;
}
