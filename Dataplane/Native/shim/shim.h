/* What the shims share: only functions marked so leave the library. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define SHIM_EXPORT __attribute__((visibility("default")))

/* Dataplane.Native.Memory.PacketBytes, field by field. */
struct packet_bytes {
    const uint8_t *start;
    uint32_t length;
};
