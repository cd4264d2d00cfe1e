// Keys from passphrases and authenticated encryption, by OpenSSL's libcrypto.
#ifndef PLUMB_VAULT_SHIM_H
#define PLUMB_VAULT_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The bytes that sealing adds to a text.
enum { PLUMB_VAULT_NONCE = 12, PLUMB_VAULT_TAG = 16 };

/// Derives `count` bytes from a passphrase with scrypt (N = 2^15, r = 8, p = 1: 32 MB); false if that fails.
bool plumb_vault_derive(
    const uint8_t *_Nonnull passphrase, size_t length, const uint8_t *_Nonnull salt, size_t salt_length,
    uint8_t *_Nonnull out, size_t count);

/// Encrypts with AES-256-GCM into `count` bytes and a tag after them; false if that fails.
bool plumb_vault_seal(
    const uint8_t *_Nonnull key, const uint8_t *_Nonnull nonce, const uint8_t *_Nonnull text, size_t count,
    uint8_t *_Nonnull out);

/// Decrypts `count` bytes and a tag after them; false if the key is another one or a byte was changed.
bool plumb_vault_open(
    const uint8_t *_Nonnull key, const uint8_t *_Nonnull nonce, const uint8_t *_Nonnull sealed, size_t count,
    uint8_t *_Nonnull out);

#endif
