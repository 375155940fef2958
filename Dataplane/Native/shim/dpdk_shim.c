/*
 * DPDK behind plain functions: its burst calls are inline and its layouts belong to C.
 * Start, ports and pools are for one control thread; bursts for the worker that owns (port, queue).
 */
#define _GNU_SOURCE
#include "packet_sockets.h"
#include "shim.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#define LOG_BYTES 4096
#define POOL_CACHE 256
#define RX_DESCRIPTORS 1024
#define TX_DESCRIPTORS 1024

/* The managed view of a buffer reads these fields directly; another DPDK must fail to compile or to start. */
_Static_assert(offsetof(struct rte_mbuf, buf_addr) == 0, "buf_addr");
_Static_assert(offsetof(struct rte_mbuf, data_off) == 16, "data_off");
_Static_assert(offsetof(struct rte_mbuf, refcnt) == 18, "refcnt");
_Static_assert(offsetof(struct rte_mbuf, port) == 22, "port");
_Static_assert(offsetof(struct rte_mbuf, ol_flags) == 24, "ol_flags");
_Static_assert(offsetof(struct rte_mbuf, pkt_len) == 36, "pkt_len");
_Static_assert(offsetof(struct rte_mbuf, data_len) == 40, "data_len");
_Static_assert(offsetof(struct rte_mbuf, buf_len) == 54, "buf_len");
_Static_assert(sizeof(struct rte_mbuf) == 128, "sizeof");

/* ---- log: the last lines, so that a failure can say what the driver said ---- */

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char log_text[LOG_BYTES];
static size_t log_length;

static ssize_t log_write(void *cookie, const char *text, size_t length)
{
    (void)cookie;
    size_t kept = length < LOG_BYTES ? length : LOG_BYTES;
    pthread_mutex_lock(&log_lock);
    if (log_length + kept > LOG_BYTES) {
        size_t dropped = log_length + kept - LOG_BYTES;
        memmove(log_text, log_text + dropped, log_length - dropped);
        log_length -= dropped;
    }
    memcpy(log_text + log_length, text + length - kept, kept);
    log_length += kept;
    pthread_mutex_unlock(&log_lock);
    return (ssize_t)length;
}

/* Takes the lines logged since the last call; not terminated. */
SHIM_EXPORT uint32_t dpdk_shim_take_log(char *out, uint32_t room)
{
    pthread_mutex_lock(&log_lock);
    size_t taken = log_length < room ? log_length : room;
    memcpy(out, log_text + log_length - taken, taken);
    log_length = 0;
    pthread_mutex_unlock(&log_lock);
    return (uint32_t)taken;
}

/* ---- start ---- */

struct start {
    int argc;
    char **argv;
    int result;
};

static void *start_thread(void *argument)
{
    struct start *start = argument;
    start->result = rte_eal_init(start->argc, start->argv);
    if (start->result < 0)
        start->result = -rte_errno;
    else
        packet_sockets_redirect(); /* where it fails, attaching an af_packet device does */
    return NULL;
}

/*
 * rte_eal_init pins its caller, and every thread made by a pinned thread is born pinned: so it runs on a
 * thread of its own, which ends. Answers 0 or -errno.
 */
SHIM_EXPORT int dpdk_shim_start(int argc, char **argv)
{
    struct start start = {argc, argv, 0};
    pthread_t thread;
    cookie_io_functions_t functions = {.write = log_write};
    FILE *log = fopencookie(NULL, "w", functions);
    if (!log)
        return -ENOMEM;
    setvbuf(log, NULL, _IOLBF, 0);
    rte_openlog_stream(log);
    int error = pthread_create(&thread, NULL, start_thread, &start);
    if (error)
        return -error;
    pthread_join(thread, NULL);
    return start.result < 0 ? start.result : 0;
}

SHIM_EXPORT const char *dpdk_shim_version(void)
{
    return rte_version();
}

SHIM_EXPORT int dpdk_shim_register_thread(void)
{
    if (rte_lcore_id() != LCORE_ID_ANY)
        return 0;
    return rte_thread_register() == 0 ? 0 : -rte_errno;
}

SHIM_EXPORT void dpdk_shim_unregister_thread(void)
{
    rte_thread_unregister();
}

/* ---- pools ---- */

struct numbering {
    uint32_t next;
    uint32_t index_offset;
    void **mbufs;
};

static void number(struct rte_mempool *pool, void *argument, void *object, unsigned index)
{
    struct numbering *numbering = argument;
    struct rte_mbuf *mbuf = object;
    uint8_t *own = rte_mbuf_to_priv(mbuf);
    (void)pool;
    (void)index;
    memset(own, 0, rte_pktmbuf_priv_size(pool));
    memcpy(own + numbering->index_offset, &numbering->next, sizeof numbering->next);
    numbering->mbufs[numbering->next++] = mbuf;
}

/*
 * A pool of `count` buffers with a private area each; a buffer's number stands at index_offset of it, and
 * mbufs[number] is its address.
 */
SHIM_EXPORT int dpdk_shim_pool_new(const char *name, uint32_t count, uint32_t private_bytes,
                                   uint32_t data_bytes, uint32_t index_offset, void **mbufs,
                                   struct rte_mempool **out)
{
    struct rte_mempool *pool = rte_pktmbuf_pool_create(name, count, POOL_CACHE, (uint16_t)private_bytes,
                                                       (uint16_t)(data_bytes + RTE_PKTMBUF_HEADROOM),
                                                       SOCKET_ID_ANY);
    struct numbering numbering = {0, index_offset, mbufs};
    if (!pool)
        return -rte_errno;
    rte_mempool_obj_iter(pool, number, &numbering);
    *out = pool;
    return 0;
}

SHIM_EXPORT void dpdk_shim_pool_free(struct rte_mempool *pool)
{
    rte_mempool_free(pool);
}

SHIM_EXPORT uint32_t dpdk_shim_pool_available(const struct rte_mempool *pool)
{
    return rte_mempool_avail_count(pool);
}

SHIM_EXPORT int dpdk_shim_allocate(struct rte_mempool *pool, struct rte_mbuf **mbufs, uint32_t count)
{
    return rte_pktmbuf_alloc_bulk(pool, mbufs, count);
}

SHIM_EXPORT void dpdk_shim_free(struct rte_mbuf **mbufs, uint32_t count)
{
    rte_pktmbuf_free_bulk(mbufs, count);
}

/* ---- devices ---- */

struct attached {
    uint32_t port;
    struct packet_sockets sockets;
};

_Static_assert(sizeof(struct attached) == 264, "the managed side gives room for 264 bytes");
_Static_assert(offsetof(struct attached, sockets.descriptors) == 8, "descriptors");

/* Packets that the kernel dropped since the last call because a receive ring was full. */
SHIM_EXPORT uint64_t dpdk_shim_kernel_drops(const struct attached *attached)
{
    return packet_sockets_drops(&attached->sockets);
}

static int is_af_packet(const char *name)
{
    return strncmp(name, "net_af_packet", strlen("net_af_packet")) == 0;
}

static pthread_mutex_t attach_lock = PTHREAD_MUTEX_INITIALIZER;

static int attach(const char *bus, const char *name, const char *arguments, uint32_t queues,
                  struct attached *out)
{
    uint16_t port;
    memset(out, 0, sizeof *out);
    packet_sockets_expect(queues);
    int error = rte_eal_hotplug_add(bus, name, arguments);
    if (error < 0)
        return error;
    if (is_af_packet(name) && packet_sockets_redirected_calls() == 0) {
        rte_eal_hotplug_remove(bus, name);
        return -EOPNOTSUPP; /* fragments would be reassembled and cut */
    }
    RTE_ETH_FOREACH_DEV(port)
    {
        struct rte_eth_dev_info details;
        if (rte_eth_dev_info_get(port, &details) == 0 && strcmp(rte_dev_name(details.device), name) == 0) {
            out->port = port;
            packet_sockets_take(&out->sockets);
            return 0;
        }
    }
    rte_eal_hotplug_remove(bus, name);
    return -ENODEV;
}

/*
 * Makes a device appear ("vdev", "net_null0", "size=64"). Answers 0 or -errno. One at a time: which sockets
 * are new, and which call was the driver's, is known by what changes meanwhile.
 */
SHIM_EXPORT int dpdk_shim_attach(const char *bus, const char *name, const char *arguments, uint32_t queues,
                                 struct attached *out)
{
    pthread_mutex_lock(&attach_lock);
    int error = attach(bus, name, arguments, queues, out);
    pthread_mutex_unlock(&attach_lock);
    return error;
}

SHIM_EXPORT int dpdk_shim_detach(const char *bus, const char *name)
{
    return rte_eal_hotplug_remove(bus, name);
}

struct port_details {
    uint16_t rx_queue_max;
    uint16_t tx_queue_max;
    uint16_t mtu;
    uint8_t mac[6];
    char driver[32];
};

_Static_assert(sizeof(struct port_details) == 44, "the managed side reads 44 bytes");

SHIM_EXPORT int dpdk_shim_port_details(uint16_t port, struct port_details *out)
{
    struct rte_eth_dev_info details;
    struct rte_ether_addr mac = {{0}};
    int error = rte_eth_dev_info_get(port, &details);
    if (error)
        return error;
    memset(out, 0, sizeof *out);
    rte_eth_macaddr_get(port, &mac);
    memcpy(out->mac, mac.addr_bytes, sizeof out->mac);
    rte_eth_dev_get_mtu(port, &out->mtu);
    out->rx_queue_max = details.max_rx_queues;
    out->tx_queue_max = details.max_tx_queues;
    strncpy(out->driver, details.driver_name ? details.driver_name : "", sizeof out->driver - 1);
    return 0;
}

static int set_up_queues(uint16_t port, uint16_t queues, struct rte_mempool *pool,
                         const struct rte_eth_dev_info *details)
{
    uint16_t receive = RX_DESCRIPTORS, send = TX_DESCRIPTORS;
    int error = rte_eth_dev_adjust_nb_rx_tx_desc(port, &receive, &send);
    for (uint16_t queue = 0; queue < queues && !error; queue++) {
        struct rte_eth_rxconf rx = details->default_rxconf;
        struct rte_eth_txconf tx = details->default_txconf;
        error = rte_eth_rx_queue_setup(port, queue, receive, SOCKET_ID_ANY, &rx, pool);
        if (!error)
            error = rte_eth_tx_queue_setup(port, queue, send, SOCKET_ID_ANY, &tx);
    }
    return error;
}

/* One receive and one send queue a worker; promiscuous. */
SHIM_EXPORT int dpdk_shim_port_start(uint16_t port, uint16_t queues, struct rte_mempool *pool)
{
    struct rte_eth_dev_info details;
    struct rte_eth_conf configuration = {0};
    int error = rte_eth_dev_info_get(port, &details);
    if (error)
        return error;
    error = rte_eth_dev_configure(port, queues, queues, &configuration);
    if (!error)
        error = set_up_queues(port, queues, pool, &details);
    if (!error)
        error = rte_eth_dev_start(port);
    if (error)
        return error;

    /* Drivers without the notion (net_null, net_ring) answer ENOTSUP and receive everything anyway. */
    rte_eth_promiscuous_enable(port);
    return 0;
}

SHIM_EXPORT void dpdk_shim_port_close(uint16_t port)
{
    rte_eth_dev_stop(port);
    rte_eth_dev_close(port);
}

SHIM_EXPORT int dpdk_shim_link_is_up(uint16_t port)
{
    struct rte_eth_link link;
    return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

struct port_counters {
    uint64_t received_packets;
    uint64_t received_bytes;
    uint64_t sent_packets;
    uint64_t sent_bytes;
    uint64_t missed_packets;
    uint64_t receive_errors;
    uint64_t send_errors;
    uint64_t no_buffer;
};

SHIM_EXPORT int dpdk_shim_port_counters(uint16_t port, struct port_counters *out)
{
    struct rte_eth_stats stats;
    int error = rte_eth_stats_get(port, &stats);
    if (error)
        return error;
    *out = (struct port_counters){
        .received_packets = stats.ipackets,
        .received_bytes = stats.ibytes,
        .sent_packets = stats.opackets,
        .sent_bytes = stats.obytes,
        .missed_packets = stats.imissed,
        .receive_errors = stats.ierrors,
        .send_errors = stats.oerrors,
        .no_buffer = stats.rx_nombuf,
    };
    return 0;
}

/* ---- bursts ---- */

/*
 * A VLAN tag that the kernel or the card took off goes back in, and a packet in several segments becomes one:
 * behind this line every packet is whole and contiguous. What cannot be made so is freed and counted.
 */
static uint16_t make_whole(struct rte_mbuf **mbufs, uint16_t count, uint32_t *spoiled)
{
    uint16_t kept = 0;
    for (uint16_t i = 0; i < count; i++) {
        struct rte_mbuf *mbuf = mbufs[i];
        int bad = 0;
        if (unlikely(mbuf->nb_segs > 1))
            bad = rte_pktmbuf_linearize(mbuf) != 0;
        if (!bad && unlikely(mbuf->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED)) {
            bad = rte_vlan_insert(&mbuf) != 0;
            mbuf->ol_flags &= ~(RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_TX_VLAN);
        }
        if (unlikely(bad)) {
            rte_pktmbuf_free(mbuf);
            ++*spoiled;
            continue;
        }
        mbufs[kept++] = mbuf;
    }
    return kept;
}

SHIM_EXPORT uint32_t dpdk_shim_receive(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint32_t count,
                                       uint32_t *spoiled)
{
    uint16_t received = rte_eth_rx_burst(port, queue, mbufs, (uint16_t)count);
    return received ? make_whole(mbufs, received, spoiled) : 0;
}

/* Those sent belong to the driver; the rest stays the caller's. */
SHIM_EXPORT uint32_t dpdk_shim_send(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint32_t count)
{
    return rte_eth_tx_burst(port, queue, mbufs, (uint16_t)count);
}
