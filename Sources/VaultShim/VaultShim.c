#include "VaultShim.h"

#include <limits.h>
#include <openssl/evp.h>

bool plumb_vault_derive(
    const uint8_t *passphrase, size_t length, const uint8_t *salt, size_t salt_length, uint8_t *out, size_t count) {
  const uint64_t rounds = 1 << 15, block_size = 8, parallelism = 1, most_memory = 64u << 20;
  return EVP_PBE_scrypt(
             (const char *)passphrase, length, salt, salt_length, rounds, block_size, parallelism, most_memory, out, count) == 1;
}

bool plumb_vault_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *text, size_t count, uint8_t *out) {
  if (count > INT_MAX) return false;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int written = 0, rest = 0;
  bool is_sealed = context && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                   EVP_EncryptUpdate(context, out, &written, text, (int)count) == 1 &&
                   EVP_EncryptFinal_ex(context, out + written, &rest) == 1 &&
                   EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, PLUMB_VAULT_TAG, out + count) == 1;
  EVP_CIPHER_CTX_free(context);
  return is_sealed;
}

bool plumb_vault_open(const uint8_t *key, const uint8_t *nonce, const uint8_t *sealed, size_t count, uint8_t *out) {
  if (count > INT_MAX) return false;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int written = 0, rest = 0;
  bool is_whole = context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                  EVP_DecryptUpdate(context, out, &written, sealed, (int)count) == 1 &&
                  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, PLUMB_VAULT_TAG, (void *)(sealed + count)) == 1 &&
                  EVP_DecryptFinal_ex(context, out + written, &rest) == 1;
  EVP_CIPHER_CTX_free(context);
  return is_whole;
}
