/* Keeps the kernel from reassembling what net_af_packet receives; see packet_fanout.c. */
#pragma once

/* Redirects the driver's call once its library is loaded. Answers 0, or -1 when there is no such call. */
int packet_fanout_redirect(void);

/* How many queues the device has that is attached next, and whether its calls came through here. */
void packet_fanout_expect(unsigned queues);
unsigned packet_fanout_seen(void);
