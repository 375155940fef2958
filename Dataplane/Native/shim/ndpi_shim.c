/*
 * nDPI 4.2 behind plain functions, so that its structure layouts stay in C. The order of calls for a flow is
 * ndpiReader's, because its answers are what identification is compared with.
 * One module belongs to one thread.
 */
#include "shim.h"

#include <ndpi_api.h>
#include <ndpi_main.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 96

enum step { STEP_GO_ON = 0, STEP_DECIDED = 1 };

/* Dataplane.Native.Ndpi.NdpiAnswer, field by field. */
struct answer {
    uint16_t master;
    uint16_t app;
    uint16_t category;
    uint8_t confidence;
    uint8_t guessed;
    uint64_t risks;
};

_Static_assert(sizeof(struct answer) == 16, "the managed side reads 16 bytes");

SHIM_EXPORT int ndpi_shim_api_matches(void)
{
    return ndpi_get_api_version() == NDPI_API_VERSION
           && ndpi_detection_get_sizeof_ndpi_flow_struct() == sizeof(struct ndpi_flow_struct);
}

SHIM_EXPORT uint32_t ndpi_shim_flow_bytes(void)
{
    return (uint32_t)sizeof(struct ndpi_flow_struct);
}

SHIM_EXPORT struct ndpi_detection_module_struct *ndpi_shim_module_new(void)
{
    struct ndpi_detection_module_struct *module = ndpi_init_detection_module(ndpi_no_prefs);
    NDPI_PROTOCOL_BITMASK all;
    if (!module)
        return NULL;
    NDPI_BITMASK_SET_ALL(all);
    ndpi_set_protocol_detection_bitmask2(module, &all);
    ndpi_finalize_initialization(module);
    return module;
}

SHIM_EXPORT void ndpi_shim_module_free(struct ndpi_detection_module_struct *module)
{
    if (module)
        ndpi_exit_detection_module(module);
}

SHIM_EXPORT void ndpi_shim_flow_open(struct ndpi_flow_struct *flow)
{
    memset(flow, 0, sizeof *flow);
}

/* Frees what the flow refers to; the structure itself is the caller's. */
SHIM_EXPORT void ndpi_shim_flow_close(struct ndpi_flow_struct *flow)
{
    ndpi_free_flow_data(flow);
}

static void write_answer(const struct ndpi_flow_struct *flow, ndpi_protocol protocol, uint8_t guessed,
                         struct answer *answer)
{
    answer->master = protocol.master_protocol;
    answer->app = protocol.app_protocol;
    answer->category = (uint16_t)protocol.category;
    answer->confidence = (uint8_t)flow->confidence;
    answer->guessed = guessed;
    answer->risks = flow->risk;
}

/*
 * One packet from its IP header on. `last` says that the caller's packet limit is passed: then the flow is
 * decided now, by guessing if need be. A decided flow must get no more packets.
 */
SHIM_EXPORT int ndpi_shim_packet(struct ndpi_detection_module_struct *module, struct ndpi_flow_struct *flow,
                                 const uint8_t *layer3, uint32_t length, uint64_t now_ms, int last,
                                 struct answer *answer)
{
    uint8_t guessed = 0;
    ndpi_protocol protocol = ndpi_detection_process_packet(
        module, flow, layer3, length > UINT16_MAX ? UINT16_MAX : (uint16_t)length, now_ms);
    int known = protocol.app_protocol != NDPI_PROTOCOL_UNKNOWN;
    int decided = last || (known && !ndpi_extra_dissection_possible(module, flow));
    if (decided && !known)
        protocol = ndpi_detection_giveup(module, flow, 1, &guessed);
    write_answer(flow, protocol, guessed, answer);
    return decided ? STEP_DECIDED : STEP_GO_ON;
}

/* The best answer for a flow that ended before it was decided. */
SHIM_EXPORT void ndpi_shim_give_up(struct ndpi_detection_module_struct *module, struct ndpi_flow_struct *flow,
                                   struct answer *answer)
{
    uint8_t guessed = 0;
    ndpi_protocol protocol = ndpi_detection_giveup(module, flow, 1, &guessed);
    write_answer(flow, protocol, guessed, answer);
}

static uint32_t copy_text(const char *text, char *out, uint32_t room)
{
    size_t length = text ? strnlen(text, room) : 0;
    memcpy(out, text ? text : "", length);
    return (uint32_t)length;
}

/* Host name, SNI or SSH client signature, as ndpiReader prints it; not terminated. */
SHIM_EXPORT uint32_t ndpi_shim_host_name(const struct ndpi_flow_struct *flow, char *out, uint32_t room)
{
    const uint16_t *protocols = flow->detected_protocol_stack;
    if (protocols[0] == NDPI_PROTOCOL_SSH || protocols[1] == NDPI_PROTOCOL_SSH)
        return copy_text(flow->protos.ssh.client_signature, out, room);
    return copy_text(flow->host_server_name, out, room);
}

/* "master.app", or the single name. */
SHIM_EXPORT uint32_t ndpi_shim_protocol_name(struct ndpi_detection_module_struct *module, uint16_t master,
                                             uint16_t app, char *out, uint32_t room)
{
    ndpi_protocol protocol = {.master_protocol = master, .app_protocol = app};
    char name[NAME_MAX_BYTES];
    return copy_text(ndpi_protocol2name(module, protocol, name, sizeof name), out, room);
}

SHIM_EXPORT uint32_t ndpi_shim_category_name(struct ndpi_detection_module_struct *module, uint16_t category,
                                             char *out, uint32_t room)
{
    return copy_text(ndpi_category_get_name(module, (ndpi_protocol_category_t)category), out, room);
}

/* How safe the protocol is to have: Safe, Acceptable, Fun, Unsafe, ... */
SHIM_EXPORT uint8_t ndpi_shim_breed(struct ndpi_detection_module_struct *module, uint16_t protocol)
{
    return (uint8_t)ndpi_get_proto_breed(module, protocol);
}

SHIM_EXPORT uint32_t ndpi_shim_breed_name(struct ndpi_detection_module_struct *module, uint8_t breed, char *out,
                                          uint32_t room)
{
    return copy_text(ndpi_get_proto_breed_name(module, (ndpi_protocol_breed_t)breed), out, room);
}

SHIM_EXPORT uint32_t ndpi_shim_confidence_name(uint8_t confidence, char *out, uint32_t room)
{
    return copy_text(ndpi_confidence_get_name((ndpi_confidence_t)confidence), out, room);
}

SHIM_EXPORT uint32_t ndpi_shim_risk_name(uint8_t risk, char *out, uint32_t room)
{
    return copy_text(ndpi_risk2str((ndpi_risk_enum)risk), out, room);
}

SHIM_EXPORT uint32_t ndpi_shim_protocol_count(struct ndpi_detection_module_struct *module)
{
    return ndpi_get_num_supported_protocols(module);
}
