/*
 * The C reference that time gates are ratios to: parse (Ethernet, VLAN, IPv4, IPv6, TCP, UDP), keyed
 * symmetric hash, bucketed lookup in three prefetching passes, and the update of one 64-byte line a flow.
 * One table belongs to one thread. A flow takes two lines: the state that is updated, and its key.
 */
#include "shim.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

#define BURST_MAX 64
#define LANES 8
#define NO_SLOT 0xffffffffu
#define PROBE_MAX 4 /* buckets that may hold a flow: the first is crowded rarely, two hardly ever */
#define HUGE_PAGE 0x200000u

struct key {
    uint64_t source[2]; /* the lower (address, port) pair's address, IPv4 in the first word */
    uint64_t target[2];
    uint16_t source_port, target_port;
    uint16_t vlan[2];
    uint32_t protocol;
    uint8_t pad[20];
};

struct flow {
    uint32_t hash, flags;
    uint64_t last_ns;
    uint64_t packets[2];
    uint64_t bytes[2];
    uint32_t next_sequence[2];
    uint64_t pad;
    struct key key;
};

struct bucket {
    uint32_t signature[LANES];
    uint32_t slot[LANES];
};

_Static_assert(sizeof(struct key) == 64, "the key is one line");
_Static_assert(sizeof(struct flow) == 128, "a flow is two lines");
_Static_assert(sizeof(struct bucket) == 64, "a bucket is one line");

struct reference {
    struct bucket *buckets;
    struct flow *flows;
    uint32_t bucket_mask, flow_max, flow_count;
    uint64_t seed[3];
};

struct parsed {
    struct key key;
    uint64_t hash;
    uint32_t sequence, length, side;
};

static inline uint16_t read16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap16(v);
}

static inline uint32_t read32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_key(const struct reference *t, const struct key *k)
{
    uint64_t ports = (uint64_t)k->source_port << 48 | (uint64_t)k->target_port << 32 | k->protocol;
    uint64_t tags = (uint64_t)k->vlan[0] << 16 | k->vlan[1];
    uint64_t a = fold(k->source[0] ^ t->seed[0], k->target[0] ^ t->seed[1]);
    uint64_t b = fold(k->source[1] ^ t->seed[1], k->target[1] ^ t->seed[2]);
    return fold(a ^ ports ^ t->seed[2], b ^ tags ^ t->seed[0]);
}

/* The two (address, port) pairs change places together, so both directions give one key. */
static inline uint32_t order(struct key *k)
{
    uint64_t a0 = k->source[0], a1 = k->source[1], b0 = k->target[0], b1 = k->target[1];
    uint16_t ap = k->source_port, bp = k->target_port;
    uint32_t swap = a0 != b0 ? a0 > b0 : a1 != b1 ? a1 > b1 : ap > bp;
    k->source[0] = swap ? b0 : a0;
    k->source[1] = swap ? b1 : a1;
    k->target[0] = swap ? a0 : b0;
    k->target[1] = swap ? a1 : b1;
    k->source_port = swap ? bp : ap;
    k->target_port = swap ? ap : bp;
    return swap;
}

static inline int parse(const struct reference *t, const struct packet_bytes *packet, struct parsed *out)
{
    const uint8_t *p = packet->start;
    uint32_t length = packet->length, at = 14, tags = 0;
    if (length < at)
        return 0;
    memset(&out->key, 0, sizeof out->key);
    uint16_t type = read16(p + 12);
    while ((type == 0x8100 || type == 0x88a8) && tags < 2) {
        if (length < at + 4)
            return 0;
        out->key.vlan[tags++] = read16(p + at) & 0xfff;
        type = read16(p + at + 2);
        at += 4;
    }
    if (type == 0x0800) {
        if (length < at + 20 || p[at] >> 4 != 4)
            return 0;
        uint32_t header = (p[at] & 15) * 4u;
        if (header < 20 || length < at + header)
            return 0;
        out->key.protocol = p[at + 9];
        out->key.source[0] = read32(p + at + 12);
        out->key.target[0] = read32(p + at + 16);
        at += header;
    } else if (type == 0x86dd) {
        if (length < at + 40 || p[at] >> 4 != 6)
            return 0;
        out->key.protocol = p[at + 6];
        memcpy(out->key.source, p + at + 8, 16);
        memcpy(out->key.target, p + at + 24, 16);
        at += 40;
    } else {
        return 0;
    }
    out->sequence = 0;
    if (out->key.protocol == 6) {
        if (length < at + 20)
            return 0;
        out->sequence = read32(p + at + 4);
    } else if (out->key.protocol != 17 || length < at + 8) {
        return 0;
    }
    out->key.source_port = read16(p + at);
    out->key.target_port = read16(p + at + 2);
    out->length = length;
    out->side = order(&out->key);
    out->hash = hash_key(t, &out->key);
    return 1;
}

static inline int same_key(const struct key *a, const struct key *b)
{
    uint64_t x[8], y[8], difference = 0;
    memcpy(x, a, sizeof x);
    memcpy(y, b, sizeof y);
    for (int i = 0; i < 8; i++)
        difference |= x[i] ^ y[i];
    return difference == 0;
}

static inline uint32_t signature_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1u; /* 0 means an empty lane */
}

static inline uint32_t other_bucket(uint32_t bucket, uint32_t signature)
{
    return bucket ^ (signature * 0x9e3779b1u >> 7 | 1u);
}

static inline uint32_t match(const struct bucket *b, uint32_t signature)
{
#ifdef __AVX2__
    __m256i lanes = _mm256_load_si256((const __m256i *)b->signature);
    __m256i equal = _mm256_cmpeq_epi32(lanes, _mm256_set1_epi32((int)signature));
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(equal));
#else
    uint32_t mask = 0;
    for (int lane = 0; lane < LANES; lane++)
        mask |= (uint32_t)(b->signature[lane] == signature) << lane;
    return mask;
#endif
}

static inline uint32_t probe(uint32_t first, uint32_t signature, uint32_t mask, int step)
{
    return step == 0 ? first : (other_bucket(first, signature) + (uint32_t)step - 1) & mask;
}

static uint32_t insert(struct reference *t, const struct parsed *p, uint32_t first, uint32_t signature)
{
    if (t->flow_count == t->flow_max)
        return NO_SLOT;
    for (int step = 0; step < PROBE_MAX; step++) {
        struct bucket *b = &t->buckets[probe(first, signature, t->bucket_mask, step)];
        uint32_t empty = match(b, 0);
        if (!empty)
            continue;
        uint32_t lane = (uint32_t)__builtin_ctz(empty), slot = t->flow_count++;
        b->signature[lane] = signature;
        b->slot[lane] = slot;
        t->flows[slot].hash = (uint32_t)p->hash;
        t->flows[slot].key = p->key;
        return slot;
    }
    return NO_SLOT;
}

static inline uint32_t candidate(const struct reference *t, uint64_t hash)
{
    uint32_t first = (uint32_t)hash & t->bucket_mask, signature = signature_of(hash);
    uint32_t mask = match(&t->buckets[first], signature);
    if (mask)
        return t->buckets[first].slot[__builtin_ctz(mask)];
    uint32_t second = probe(first, signature, t->bucket_mask, 1);
    mask = match(&t->buckets[second], signature);
    return mask ? t->buckets[second].slot[__builtin_ctz(mask)] : NO_SLOT;
}

/* The exact walk: every lane whose signature fits, compared by key. */
static uint32_t find_or_insert(struct reference *t, const struct parsed *p)
{
    uint32_t signature = signature_of(p->hash);
    uint32_t first = (uint32_t)p->hash & t->bucket_mask;
    for (int step = 0; step < PROBE_MAX; step++) {
        struct bucket *b = &t->buckets[probe(first, signature, t->bucket_mask, step)];
        for (uint32_t mask = match(b, signature); mask; mask &= mask - 1) {
            uint32_t slot = b->slot[__builtin_ctz(mask)];
            if (same_key(&t->flows[slot].key, &p->key))
                return slot;
        }
    }
    return insert(t, p, first, signature);
}

static inline void update(struct flow *flow, const struct parsed *p, uint64_t now_ns)
{
    flow->last_ns = now_ns;
    flow->packets[p->side]++;
    flow->bytes[p->side] += p->length;
    flow->next_sequence[p->side] = p->sequence;
    flow->flags |= 1u << p->side;
}

/* Writes each packet's flow slot (NO_SLOT: not parsed, or the table is full); answers how many have one. */
SHIM_EXPORT uint32_t reference_burst(struct reference *t, const struct packet_bytes *packets, uint32_t count,
                                     uint64_t now_ns, uint32_t *slots)
{
    struct parsed parsed[BURST_MAX];
    uint32_t guess[BURST_MAX], found = 0;
    uint64_t valid = 0;
    if (count > BURST_MAX)
        count = BURST_MAX;
    for (uint32_t i = 0; i < count; i++)
        __builtin_prefetch(packets[i].start);
    for (uint32_t i = 0; i < count; i++) {
        if (parse(t, &packets[i], &parsed[i])) {
            valid |= 1ull << i;
            __builtin_prefetch(&t->buckets[(uint32_t)parsed[i].hash & t->bucket_mask]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        guess[i] = valid >> i & 1 ? candidate(t, parsed[i].hash) : NO_SLOT;
        if (guess[i] != NO_SLOT) {
            __builtin_prefetch(&t->flows[guess[i]]);
            __builtin_prefetch(&t->flows[guess[i]].key);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = guess[i];
        if (!(valid >> i & 1)) {
            slots[i] = NO_SLOT;
            continue;
        }
        if (slot == NO_SLOT || !same_key(&t->flows[slot].key, &parsed[i].key))
            slot = find_or_insert(t, &parsed[i]);
        slots[i] = slot;
        if (slot != NO_SLOT) {
            update(&t->flows[slot], &parsed[i], now_ns);
            found++;
        }
    }
    return found;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

static void *lines(size_t count, size_t size)
{
    size_t bytes = (count * size + HUGE_PAGE - 1) & ~((size_t)HUGE_PAGE - 1);
    void *start = aligned_alloc(HUGE_PAGE, bytes);
    if (start) {
        madvise(start, bytes, MADV_HUGEPAGE);
        memset(start, 0, bytes);
    }
    return start;
}

SHIM_EXPORT void reference_free(struct reference *t)
{
    if (!t)
        return;
    free(t->buckets);
    free(t->flows);
    free(t);
}

/* Buckets are at most half full. */
SHIM_EXPORT struct reference *reference_new(uint32_t flow_max, uint64_t seed)
{
    struct reference *t = calloc(1, sizeof *t);
    uint32_t buckets = 2;
    if (!t)
        return NULL;
    while ((uint64_t)buckets * LANES < 2ull * flow_max && buckets < 1u << 31)
        buckets *= 2;
    t->bucket_mask = buckets - 1;
    t->flow_max = flow_max;
    t->buckets = lines(buckets, sizeof *t->buckets);
    t->flows = lines(flow_max, sizeof *t->flows);
    for (int i = 0; i < 3; i++)
        t->seed[i] = mix(seed + (uint64_t)(i + 1) * 0x9e3779b97f4a7c15ull) | 1;
    if (!t->buckets || !t->flows) {
        reference_free(t);
        return NULL;
    }
    return t;
}

SHIM_EXPORT uint32_t reference_flow_count(const struct reference *t)
{
    return t->flow_count;
}

SHIM_EXPORT uint64_t reference_packet_count(const struct reference *t, uint32_t slot)
{
    return slot < t->flow_count ? t->flows[slot].packets[0] + t->flows[slot].packets[1] : 0;
}
