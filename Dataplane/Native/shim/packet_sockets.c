/*
 * net_af_packet 22.11 puts each of its sockets into a fanout group with PACKET_FANOUT_FLAG_DEFRAG: the kernel
 * then reassembles IPv4 fragments, and the ring cuts the result off at its frame size. A bridge must see
 * fragments as they were on the wire. The driver has no argument for it (later versions do), so its one
 * setsockopt call is redirected: with one queue there is no group at all, with several it is without
 * reassembly and rollover.
 */
#define _GNU_SOURCE
#include "packet_sockets.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_packet.h>

#define LIBRARY "librte_net_af_packet.so"
#define WORDS 64 /* descriptors below 4,096 are looked at */
#define FLAGS_TAKEN_OUT ((PACKET_FANOUT_FLAG_DEFRAG | PACKET_FANOUT_FLAG_ROLLOVER) << 16)

static unsigned expected_queues = 1;
static unsigned seen_calls;
static uint64_t known_sockets[WORDS];

static int redirected_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    int fanout;
    if (level != SOL_PACKET || name != PACKET_FANOUT || length != sizeof fanout)
        return setsockopt(fd, level, name, value, length);
    seen_calls++;
    if (expected_queues == 1)
        return 0;
    memcpy(&fanout, value, sizeof fanout);
    fanout &= ~FLAGS_TAKEN_OUT;
    return setsockopt(fd, level, name, &fanout, sizeof fanout);
}

struct tables {
    const ElfW(Rela) *relocations[2];
    size_t counts[2];
    const ElfW(Sym) *symbols;
    const char *names;
};

static struct tables read_tables(const ElfW(Dyn) *entry)
{
    struct tables tables = {0};
    for (; entry->d_tag != DT_NULL; entry++) {
        /* The loader has turned offsets into addresses already. */
        switch (entry->d_tag) {
        case DT_JMPREL: tables.relocations[0] = (const void *)entry->d_un.d_ptr; break;
        case DT_PLTRELSZ: tables.counts[0] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
        case DT_RELA: tables.relocations[1] = (const void *)entry->d_un.d_ptr; break;
        case DT_RELASZ: tables.counts[1] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
        case DT_SYMTAB: tables.symbols = (const void *)entry->d_un.d_ptr; break;
        case DT_STRTAB: tables.names = (const void *)entry->d_un.d_ptr; break;
        default: break;
        }
    }
    return tables;
}

static const ElfW(Phdr) *segment(const struct dl_phdr_info *object, ElfW(Word) type)
{
    for (int i = 0; i < object->dlpi_phnum; i++) {
        if (object->dlpi_phdr[i].p_type == type)
            return &object->dlpi_phdr[i];
    }
    return NULL;
}

/* A slot among those that the loader made read-only after binding is made so again. */
static int write_slot(const struct dl_phdr_info *object, uintptr_t offset)
{
    const ElfW(Phdr) *read_only = segment(object, PT_GNU_RELRO);
    int was_read_only = read_only && offset - read_only->p_vaddr < read_only->p_memsz;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), address = object->dlpi_addr + offset;
    void *start = (void *)(address & ~(page - 1)), *target = (void *)redirected_setsockopt;
    if (was_read_only && mprotect(start, page, PROT_READ | PROT_WRITE) != 0)
        return -1;
    memcpy((void *)address, &target, sizeof target);
    return was_read_only ? mprotect(start, page, PROT_READ) : 0;
}

static int redirect_in(struct dl_phdr_info *object, size_t size, void *result)
{
    const ElfW(Phdr) *dynamic = segment(object, PT_DYNAMIC);
    (void)size;
    if (!object->dlpi_name || !strstr(object->dlpi_name, LIBRARY) || !dynamic)
        return 0;
    struct tables tables = read_tables((const void *)(object->dlpi_addr + dynamic->p_vaddr));
    for (int t = 0; t < 2 && tables.symbols && tables.names; t++) {
        for (size_t r = 0; r < tables.counts[t]; r++) {
            const ElfW(Rela) *relocation = &tables.relocations[t][r];
            const ElfW(Sym) *symbol = &tables.symbols[ELF64_R_SYM(relocation->r_info)];
            if (strcmp(tables.names + symbol->st_name, "setsockopt") == 0
                && write_slot(object, relocation->r_offset) == 0)
                *(int *)result = 0;
        }
    }
    return 1;
}

int packet_sockets_redirect(void)
{
    int result = -1;
    dl_iterate_phdr(redirect_in, &result);
    return result;
}

static void find_packet_sockets(uint64_t *open)
{
    memset(open, 0, WORDS * sizeof *open);
    for (int fd = 0; fd < 64 * WORDS; fd++) {
        int domain = 0;
        socklen_t length = sizeof domain;
        if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_PACKET)
            open[fd / 64] |= 1ull << (fd % 64);
    }
}

void packet_sockets_expect(unsigned queues)
{
    expected_queues = queues;
    seen_calls = 0;
    find_packet_sockets(known_sockets);
}

unsigned packet_sockets_redirected_calls(void)
{
    return seen_calls;
}

/* Only these sockets know what the kernel dropped; and a bridge must not take up what its own host sends. */
void packet_sockets_take(struct packet_sockets *out)
{
    uint64_t now[WORDS];
    int yes = 1;
    find_packet_sockets(now);
    out->count = 0;
    for (int fd = 0; fd < 64 * WORDS && out->count < PACKET_SOCKET_MAX; fd++) {
        if (!((now[fd / 64] & ~known_sockets[fd / 64]) >> (fd % 64) & 1))
            continue;
        out->descriptors[out->count++] = fd;
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
    }
}

uint64_t packet_sockets_drops(const struct packet_sockets *sockets)
{
    uint64_t drops = 0;
    for (uint16_t i = 0; i < sockets->count; i++) {
        struct tpacket_stats stats = {0};
        socklen_t length = sizeof stats;
        if (getsockopt(sockets->descriptors[i], SOL_PACKET, PACKET_STATISTICS, &stats, &length) == 0)
            drops += stats.tp_drops;
    }
    return drops;
}
