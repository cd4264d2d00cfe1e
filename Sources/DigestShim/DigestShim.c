#include "DigestShim.h"

// The interface that OpenSSL 3 recommends instead takes three times as long for a short text, and its
// providers more than half a millisecond at each start of the program.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>

void plumb_digest_md5(const uint8_t *text, size_t count, uint8_t *digest) {
  MD5_CTX state;
  MD5_Init(&state);
  MD5_Update(&state, text, count);
  MD5_Final(digest, &state);
}

void plumb_digest_sha1(const uint8_t *text, size_t count, uint8_t *digest) {
  SHA_CTX state;
  SHA1_Init(&state);
  SHA1_Update(&state, text, count);
  SHA1_Final(digest, &state);
}

void plumb_digest_sha256(const uint8_t *text, size_t count, uint8_t *digest) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, text, count);
  SHA256_Final(digest, &state);
}
