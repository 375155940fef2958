/* The packet sockets of net_af_packet, which the driver tells nobody; see packet_sockets.c. */
#pragma once
#include <stdint.h>

#define PACKET_SOCKET_MAX 64

struct packet_sockets {
    uint16_t count;
    int32_t descriptors[PACKET_SOCKET_MAX];
};

/* Redirects the driver's setsockopt once its library is loaded. Answers 0, or -1 when it has no such call. */
int packet_sockets_redirect(void);

/* Says that a device of so many queues is attached next, and then how many of its calls came through here. */
void packet_sockets_expect(unsigned queues);
unsigned packet_sockets_redirected_calls(void);

/* The sockets opened since packet_sockets_expect, from now on deaf to what their own host sends. */
void packet_sockets_take(struct packet_sockets *out);

/* Packets dropped because a ring was full, since the last call. */
uint64_t packet_sockets_drops(const struct packet_sockets *sockets);
