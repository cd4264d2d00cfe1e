// Digests of whole texts by libcrypto's plain functions.
#ifndef PLUMB_DIGEST_SHIM_H
#define PLUMB_DIGEST_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// Each writes its 16, 20 or 32 bytes to `digest`. `text` may be NULL when `count` is 0.
void plumb_digest_md5(const uint8_t *_Nullable text, size_t count, uint8_t *_Nonnull digest);
void plumb_digest_sha1(const uint8_t *_Nullable text, size_t count, uint8_t *_Nonnull digest);
void plumb_digest_sha256(const uint8_t *_Nullable text, size_t count, uint8_t *_Nonnull digest);

#endif
